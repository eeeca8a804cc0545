using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Tests.Tokenizers;

/// <summary>The published vocabulary of GPT-2, on texts for which its own tokenizer's ids are known.</summary>
public class Gpt2VocabularyTests
{
    [Fact]
    public void Every_known_text_gets_the_ids_of_the_original()
    {
        string? data = TestFiles.SharedData();
        Assert.SkipWhen(data is null, "the development data (shared/data) is not here");
        string gguf = Path.Combine(data!, "tokenizers", "ggml-vocab-gpt-2.gguf");
        GgufVocabulary vocabulary = GgufVocabulary.Read(gguf);
        Assert.Equal(50257, vocabulary.Tokens.Length);
        Assert.Equal(50000, vocabulary.Merges.Length);

        using var folder = new TemporaryFolder();
        Tokenizer tokenizer = Tokenizer.Load(folder.Write("tokenizer.json",
            TestFiles.Json(vocabulary.Tokens, vocabulary.Merges, TestFiles.Added(50256, "<|endoftext|>", special: true))));

        string[] texts = File.ReadAllText(gguf + ".inp").Split("\n__ggml_vocab_test__\n")[..^1];
        string[] expected = File.ReadAllLines(gguf + ".out");
        Assert.Equal(expected.Length, texts.Length);
        Assert.All(texts.Zip(expected), entry =>
        {
            Assert.Equal(entry.Second.Trim(), string.Join(' ', tokenizer.Encode(entry.First)));
            Assert.Equal(entry.First, tokenizer.Decode(tokenizer.Encode(entry.First)));
        });
    }
}

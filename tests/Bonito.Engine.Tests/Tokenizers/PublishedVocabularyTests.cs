using System.Diagnostics;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Tests.Tokenizers;

/// <summary>The published vocabularies of GPT-2 and Llama 2, on texts for which their own tokenizers' ids are known.</summary>
public class PublishedVocabularyTests
{
    private const string Separator = "\n__ggml_vocab_test__\n";

    [Theory]
    [InlineData("gpt-2", 50257)]
    [InlineData("llama-spm", 32000)]
    public void Every_known_text_gets_the_ids_of_the_original(string name, int size)
    {
        Tokenizer tokenizer = Load(name, out string gguf);
        Assert.Equal(size, tokenizer.VocabularySize);

        string[] texts = File.ReadAllText(gguf + ".inp").Split(Separator)[..^1];
        string[] expected = File.ReadAllLines(gguf + ".out");
        Assert.Equal(expected.Length, texts.Length);
        Assert.All(texts.Zip(expected), entry =>
        {
            Assert.Equal(entry.Second.Trim(), string.Join(' ', tokenizer.Encode(entry.First)));
            Assert.Equal(entry.First, tokenizer.Decode(tokenizer.Encode(entry.First)));
        });
    }

    [Theory]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    public void Every_text_round_trips_and_means_the_same_when_saved(string name)
    {
        Tokenizer tokenizer = Load(name, out _);
        using var folder = new TemporaryFolder();
        tokenizer.Save(folder.File("tokenizer.json"));
        Tokenizer saved = Tokenizer.Load(folder.Path);
        Assert.Equal(tokenizer.Beginning, saved.Beginning);
        Samples.ForAll(Samples.Texts(), text =>
        {
            int[] ids = tokenizer.Encode(text);
            Assert.Equal(text, tokenizer.Decode(ids));
            Assert.Equal(ids, saved.Encode(text));
            var decoder = new StreamingDecoder(tokenizer);
            Assert.Equal(text, string.Concat(ids.Select(decoder.Push)) + decoder.Flush());
        });
    }

    [Fact]
    public void Special_tokens_of_llama_are_text_unless_allowed()
    {
        Tokenizer llama = Load("llama-spm", out _);
        Assert.Equal([1], llama.Beginning);
        Assert.Empty(llama.End);
        Assert.Equal([1, 15043, 2], llama.EncodeSequence("Hello</s>", allowSpecial: true));
        Assert.DoesNotContain(2, llama.Encode("Hello</s>"));
        Assert.Equal("Hello</s>", llama.Decode(llama.Encode("Hello</s>")));
    }

    [Theory]
    [InlineData("gpt-2")]
    [InlineData("llama-spm")]
    public void Hostile_texts_do_not_take_quadratic_time(string name)
    {
        Tokenizer tokenizer = Load(name, out _);
        foreach (string unit in (string[])["a", " ", "\n", "ab", "天", "🐟", "1", " \n", "'", "<s", "\u0301"])
        {
            string text = string.Concat(Enumerable.Repeat(unit, 100_000));
            long start = Stopwatch.GetTimestamp();
            int[] ids = tokenizer.Encode(text);
            // Quadratic time would be hours.
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20), $"'{unit}' took {Stopwatch.GetElapsedTime(start)}");
            Assert.Equal(text, tokenizer.Decode(ids));
        }
    }

    private static Tokenizer Load(string name, out string path)
    {
        string? data = TestFiles.SharedData();
        Assert.SkipWhen(data is null, "the development data (shared/data) is not here");
        path = Path.Combine(data!, "tokenizers", $"ggml-vocab-{name}.gguf");
        return Tokenizer.Load(path);
    }
}

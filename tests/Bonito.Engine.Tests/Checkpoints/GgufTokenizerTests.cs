using System.Text.Json.Nodes;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Tokenizers;
using TestFiles = Bonito.Engine.Tests.Tokenizers.TestFiles;

namespace Bonito.Engine.Tests.Checkpoints;

/// <summary>Tokenizers between <c>tokenizer.json</c> and the metadata of GGUF files.</summary>
public class GgufTokenizerTests
{
    private const string SentencePiece = """
        {"normalizer":{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]},
         "pre_tokenizer":null,"post_processor":{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}]},
         "added_tokens":[{"id":0,"content":"<unk>","special":true},{"id":1,"content":"<s>","special":true},{"id":2,"content":"</s>","special":true},{"id":9,"content":"<tool>","special":false}],
         "model":{"type":"BPE","unk_token":"<unk>","byte_fallback":true,"vocab":{"<unk>":0,"<s>":1,"</s>":2,"<0x0A>":3,"ab":4,"▁ab":5,"a":6,"b":7,"▁":8},"merges":["a b","▁ ab"]}}
        """;

    [Fact]
    public void SentencePiece_vocabularies_get_scores_kinds_and_the_space_in_front()
    {
        OrderedDictionary<string, object> metadata = ToMetadata(SentencePiece, rows: 11);
        Assert.Equal("llama", metadata["tokenizer.ggml.model"]);
        Assert.Equal(["<unk>", "<s>", "</s>", "<0x0A>", "ab", "▁ab", "a", "b", "▁", "<tool>", "[PAD10]"], (string[])metadata["tokenizer.ggml.tokens"]);
        Assert.Equal([2, 3, 3, 6, 1, 1, 1, 1, 1, 4, 5], (int[])metadata["tokenizer.ggml.token_type"]);
        Assert.Equal([0f, 0, 0, 0, 0, -1, -2, -2, -2, 0, 0], (float[])metadata["tokenizer.ggml.scores"]);
        Assert.Equal((true, true, 0u), (metadata["tokenizer.ggml.add_space_prefix"], metadata["tokenizer.ggml.add_bos_token"], metadata["tokenizer.ggml.unknown_token_id"]));
    }

    [Fact]
    public void Scores_become_the_merges_that_they_came_from()
    {
        JsonObject back = Saved("m.gguf", new GgufMetadata("m.gguf", ToMetadata(SentencePiece, rows: 11)));
        JsonNode original = JsonNode.Parse(SentencePiece)!;
        Assert.True(JsonNode.DeepEquals(original["model"]!["merges"], back["model"]!["merges"]), back["model"]!["merges"]!.ToJsonString());
        Assert.True(JsonNode.DeepEquals(original["normalizer"], back["normalizer"]), back["normalizer"]!.ToJsonString());
        Assert.Equal("<unk>", (string?)back["model"]!["unk_token"]);
        Assert.Equal(["<unk>", "<s>", "</s>", "<tool>"], back["added_tokens"]!.AsArray().Select(token => (string)token!["content"]!));
        Assert.False((bool)back["added_tokens"]![3]!["special"]!);
        Assert.Equal(3, (int)back["model"]!["vocab"]!["<0x0A>"]!);
    }

    [Theory]
    [InlineData("gpt-2")]
    [InlineData("llama-bpe")]
    [InlineData("qwen2")]
    [InlineData("smollm")]
    public void Ways_of_splitting_text_keep_their_names(string name)
    {
        TokenizerFile file = GgufTokenizer.Read(new GgufVocabulary { Source = "m.gguf", Model = "gpt2", Pre = name, Tokens = ["a", "b", "ab"], Merges = ["a b"], AddBosToken = false });
        Assert.Equal(name, PreTokenizers.NameOf(JsonNode.Parse(file.Setting("pre_tokenizer").GetRawText())));
    }

    [Theory]
    [InlineData("""{"type":"Whitespace"}""")]
    [InlineData("""{"type":"ByteLevel","use_regex":false}""")]
    [InlineData("""{"type":"ByteLevel","add_prefix_space":true}""")]
    [InlineData("""{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\d"},"behavior":"Isolated"},{"type":"ByteLevel","use_regex":false}]}""")]
    [InlineData("null")]
    public void A_way_without_a_name_is_refused(string preTokenizer)
    {
        string json = "{\"pre_tokenizer\":" + preTokenizer + ",\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]}}";
        Assert.Contains("its pre_tokenizer is none of those", Assert.Throws<EngineException>(() => ToMetadata(json, 1)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "not as the format demands")]
    [InlineData("{}", "expected an object 'model'")]
    [InlineData("{\"model\":{\"type\":\"Unigram\",\"vocab\":[]}}", "expected an object 'model.vocab'")]
    [InlineData("{\"model\":{\"type\":\"WordPiece\",\"vocab\":{}}}", "expected the model BPE, got 'WordPiece'")]
    [InlineData("{\"model\":{\"byte_fallback\":true,\"vocab\":{\"a\":7}}}", "token 'a' has the id 7, but the model has 1 rows")]
    [InlineData("{\"model\":{\"byte_fallback\":true,\"vocab\":{\"a\":\"x\"}}}", "not as the format demands")]
    [InlineData("{\"model\"", "not valid JSON")]
    public void What_is_no_such_tokenizer_is_told(string json, string problem) =>
        Assert.Contains(problem, Assert.Throws<EngineException>(() => ToMetadata(json, 1)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("ggml-vocab-gpt-2.gguf")]
    [InlineData("ggml-vocab-llama-spm.gguf")]
    public void Published_vocabularies_survive_the_way_there_and_back(string name)
    {
        string? data = TestFiles.SharedData();
        Assert.SkipWhen(data is null, "the folder of shared data is not here");
        using GgufFile file = GgufFile.Open(Path.Combine(data!, "tokenizers", name));
        JsonObject json = Saved(name, file.Metadata);
        IReadOnlyList<string> tokens = file.Metadata.FindStrings("tokenizer.ggml.tokens")!;
        OrderedDictionary<string, object> again = ToMetadata(json.ToJsonString(), tokens.Count);
        Assert.Equal(tokens, (string[])again["tokenizer.ggml.tokens"]);
        Assert.Equal(file.Metadata.FindIntegers("tokenizer.ggml.token_type"), (int[])again["tokenizer.ggml.token_type"]);
        if (file.Metadata.FindStrings("tokenizer.ggml.merges") is { } merges) Assert.Equal(merges, (string[])again["tokenizer.ggml.merges"]);
        else
        {
            // Other numbers, but merging in the same order.
            float[] scores = [.. file.Metadata.FindSingles("tokenizer.ggml.scores")!], ranks = (float[])again["tokenizer.ggml.scores"];
            float last = ranks.Min();
            int[] merged = [.. Enumerable.Range(0, tokens.Count).Where(id => ranks[id] < 0 && ranks[id] > last)];
            Assert.InRange(merged.Length, 28_000, 32_000);
            Assert.Equal(merged.OrderByDescending(id => scores[id]), merged.OrderByDescending(id => ranks[id]));
        }
    }

    /// <summary>The tokenizer of a GGUF file as it is written for a Hugging Face folder.</summary>
    private static JsonObject Saved(string source, GgufMetadata metadata)
    {
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "tokenizer.json");
        Tokenizer.Read(metadata, source).Save(path);
        return JsonNode.Parse(File.ReadAllBytes(path))!.AsObject();
    }

    private static OrderedDictionary<string, object> ToMetadata(string json, int rows)
    {
        using var folder = new TemporaryFolder();
        folder.Write("tokenizer.json", json);
        OrderedDictionary<string, object> metadata = new(StringComparer.Ordinal);
        GgufTokenizerMetadata.Add(folder.Path, rows, metadata);
        return metadata;
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bonito.Engine.Checkpoints;

/// <summary>The tokenizer of a GGUF file as Hugging Face's <c>tokenizer.json</c>.</summary>
internal static class TokenizerJson
{
    private const string Prefix = "tokenizer.ggml.";
    private const char Space = '\u2581';

    private static readonly JsonSerializerOptions Options = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <exception cref="EngineException">The file has no tokenizer, or one that cannot be said in <c>tokenizer.json</c> here.</exception>
    public static JsonObject Create(string source, GgufMetadata metadata)
    {
        string model = metadata.String(Prefix + "model");
        if (model is not ("gpt2" or "llama")) throw Bad(source, $"its model is {ErrorText.Quote(model)}; 'gpt2' and 'llama' can be written");
        IReadOnlyList<string> tokens = metadata.FindStrings(Prefix + "tokens") ?? throw Bad(source, "the tokens are missing");
        IReadOnlyList<int> types = metadata.FindIntegers(Prefix + "token_type") ?? [.. tokens.Select(_ => GgufTokenizer.Normal)];
        if (types.Count != tokens.Count) throw Bad(source, $"{tokens.Count} tokens have {types.Count} types");
        return model == "gpt2" ? ByteLevel(source, metadata, tokens, types) : SentencePiece(source, metadata, tokens, types);
    }

    public static void Write(string path, JsonObject tokenizer) => AtomicFile.Write(path, stream => JsonSerializer.Serialize(stream, tokenizer, Options));

    private static JsonObject ByteLevel(string source, GgufMetadata metadata, IReadOnlyList<string> tokens, IReadOnlyList<int> types)
    {
        string pre = metadata.FindString(Prefix + "pre") ?? "default";
        JsonNode words = PreTokenizers.Of(pre) ?? throw Bad(source, $"its way of splitting text ({Prefix}pre) is {ErrorText.Quote(pre)}; gpt-2, llama-bpe, qwen2 and smollm can be written");
        IReadOnlyList<string> merges = metadata.FindStrings(Prefix + "merges") ?? throw Bad(source, "the merges are missing");
        JsonObject normalizer = new() { ["type"] = "NFC" };
        return Whole(
            tokens, types, merges, normalizer: pre == "qwen2" ? normalizer : null, words, new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = true },
            unknown: null, byteFallback: false, ignoreMerges: pre is "llama-bpe" or "llama3" or "llama-v3");
    }

    private static JsonObject SentencePiece(string source, GgufMetadata metadata, IReadOnlyList<string> tokens, IReadOnlyList<int> types)
    {
        IReadOnlyList<float> scores = metadata.FindSingles(Prefix + "scores") ?? throw Bad(source, "the scores are missing");
        if (scores.Count != tokens.Count) throw Bad(source, $"{tokens.Count} tokens have {scores.Count} scores");
        JsonObject spaces = new() { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = " " }, ["content"] = $"{Space}" };
        bool prefix = metadata.FindBoolean(Prefix + "add_space_prefix") ?? true;
        JsonNode normalizer = prefix
            ? new JsonObject { ["type"] = "Sequence", ["normalizers"] = new JsonArray(new JsonObject { ["type"] = "Prepend", ["prepend"] = $"{Space}" }, spaces) } : spaces;
        JsonArray decoders =
        [
            new JsonObject { ["type"] = "Replace", ["pattern"] = new JsonObject { ["String"] = $"{Space}" }, ["content"] = " " },
            new JsonObject { ["type"] = "ByteFallback" }, new JsonObject { ["type"] = "Fuse" },
        ];
        if (prefix) decoders.Add((JsonNode)new JsonObject { ["type"] = "Strip", ["content"] = " ", ["start"] = 1, ["stop"] = 0 });
        int unknown = types.ToList().IndexOf(GgufTokenizer.Unknown);
        return Whole(
            tokens, types, Merges(tokens, types, scores), normalizer, words: null, new JsonObject { ["type"] = "Sequence", ["decoders"] = decoders },
            unknown: unknown < 0 ? null : tokens[unknown], byteFallback: true, ignoreMerges: false);
    }

    /// <summary>
    /// The pairs of tokens that make a token, those of the highest score first. SentencePiece looks at scores, the merges of <c>tokenizer.json</c> are
    /// that order written down.
    /// </summary>
    private static List<string> Merges(IReadOnlyList<string> tokens, IReadOnlyList<int> types, IReadOnlyList<float> scores)
    {
        var ids = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int id = 0; id < tokens.Count; id++)
            if (types[id] == GgufTokenizer.Normal) ids.TryAdd(tokens[id], id);
        List<string> merges = [];
        foreach ((string token, int _) in ids.OrderByDescending(entry => scores[entry.Value]).ThenBy(entry => entry.Value))
        {
            IEnumerable<(int Left, int Right)> pairs = Enumerable.Range(1, token.Length - 1)
                .Where(at => ids.ContainsKey(token[..at]) && ids.ContainsKey(token[at..])).Select(at => (ids[token[..at]], ids[token[at..]]));
            merges.AddRange(pairs.Order().Select(pair => $"{tokens[pair.Left]} {tokens[pair.Right]}"));
        }
        return merges;
    }

    private static JsonObject Whole(
        IReadOnlyList<string> tokens, IReadOnlyList<int> types, IReadOnlyList<string> merges, JsonNode? normalizer, JsonNode? words, JsonNode decoder, string? unknown, bool byteFallback, bool ignoreMerges)
    {
        JsonObject vocabulary = [];
        JsonArray added = [];
        for (int id = 0; id < tokens.Count; id++)
        {
            int type = types[id];
            if (type is GgufTokenizer.Unused) continue;
            bool special = type is GgufTokenizer.Control or GgufTokenizer.Unknown;
            // Hugging Face finds added tokens before it splits words; SentencePiece's own are in both lists.
            if (special || type == GgufTokenizer.UserDefined)
                added.Add((JsonNode)new JsonObject { ["id"] = id, ["content"] = tokens[id], ["single_word"] = false, ["lstrip"] = false, ["rstrip"] = false, ["normalized"] = false, ["special"] = special });
            vocabulary.TryAdd(tokens[id], (JsonNode)id);
        }
        return new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["padding"] = null,
            ["added_tokens"] = added,
            ["normalizer"] = normalizer,
            ["pre_tokenizer"] = words,
            ["post_processor"] = null,
            ["decoder"] = decoder,
            ["model"] = new JsonObject
            {
                ["type"] = "BPE",
                ["dropout"] = null,
                ["unk_token"] = unknown,
                ["continuing_subword_prefix"] = null,
                ["end_of_word_suffix"] = null,
                ["fuse_unk"] = byteFallback,
                ["byte_fallback"] = byteFallback,
                ["ignore_merges"] = ignoreMerges,
                ["vocab"] = vocabulary,
                ["merges"] = new JsonArray([.. merges.Select(merge => (JsonNode)merge)]),
            },
        };
    }

    private static EngineException Bad(string source, string problem) => new($"{source}: the tokenizer cannot be written as tokenizer.json: {problem}.");
}

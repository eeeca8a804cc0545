using System.Text.Json.Nodes;

namespace Bonito.Engine.Checkpoints;

/// <summary>The ways of splitting text into words that GGUF files know by name, as <c>tokenizer.json</c> spells them out.</summary>
internal static class PreTokenizers
{
    private const string Llama3Words =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Qwen2Words =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>The name in <c>tokenizer.ggml.pre</c>; null for a way that none of the names stands for.</summary>
    public static string? NameOf(JsonNode? preTokenizer)
    {
        JsonNode[] steps = (string?)preTokenizer?["type"] == "Sequence" ? [.. preTokenizer["pretokenizers"]!.AsArray().Select(step => step!)] : preTokenizer is null ? [] : [preTokenizer];
        return steps switch
        {
            [var bytes] when IsBytes(bytes, words: true) => "gpt-2",
            [var digits, var bytes] when (string?)digits["type"] == "Digits" && (bool?)digits["individual_digits"] == true && IsBytes(bytes, words: true) => "smollm",
            [var split, var bytes] when IsSplit(split, Llama3Words) && IsBytes(bytes, words: false) => "llama-bpe",
            [var split, var bytes] when IsSplit(split, Qwen2Words) && IsBytes(bytes, words: false) => "qwen2",
            _ => null,
        };
    }

    /// <summary>What a name stands for; null for an unknown one.</summary>
    public static JsonNode? Of(string name) => name switch
    {
        "gpt-2" => Bytes(words: true),
        "smollm" => Sequence(new JsonObject { ["type"] = "Digits", ["individual_digits"] = true }, Bytes(words: true)),
        "llama-bpe" or "llama3" or "llama-v3" => Sequence(Split(Llama3Words), Bytes(words: false)),
        "qwen2" => Sequence(Split(Qwen2Words), Bytes(words: false)),
        _ => null,
    };

    private static bool IsBytes(JsonNode step, bool words) =>
        (string?)step["type"] == "ByteLevel" && ((bool?)step["use_regex"] ?? true) == words && (bool?)step["add_prefix_space"] != true;

    private static bool IsSplit(JsonNode step, string words) =>
        (string?)step["type"] == "Split" && (string?)step["pattern"]?["Regex"] == words && (string?)step["behavior"] == "Isolated" && (bool?)step["invert"] != true;

    private static JsonObject Bytes(bool words) => new() { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true, ["use_regex"] = words };

    private static JsonObject Split(string words) =>
        new() { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = words }, ["behavior"] = "Isolated", ["invert"] = false };

    private static JsonObject Sequence(params JsonNode[] steps) => new() { ["type"] = "Sequence", ["pretokenizers"] = new JsonArray(steps) };
}

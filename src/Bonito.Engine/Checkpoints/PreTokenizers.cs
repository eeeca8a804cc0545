using System.Text.Json.Nodes;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Checkpoints;

/// <summary>Finds the name that GGUF files have for the way in which a <c>tokenizer.json</c> splits text into words.</summary>
internal static class PreTokenizers
{
    /// <summary>The name in <c>tokenizer.ggml.pre</c>; null for a way that none of the names stands for.</summary>
    public static string? NameOf(JsonNode? preTokenizer)
    {
        JsonNode[] steps = (string?)preTokenizer?["type"] == "Sequence" ? [.. preTokenizer["pretokenizers"]!.AsArray().Select(step => step!)] : preTokenizer is null ? [] : [preTokenizer];
        return steps switch
        {
            [var bytes] when IsBytes(bytes, words: true) => "gpt-2",
            [var digits, var bytes] when (string?)digits["type"] == "Digits" && (bool?)digits["individual_digits"] == true && IsBytes(bytes, words: true) => "smollm",
            [var split, var bytes] when IsSplit(split, Llama3Words.Expression) && IsBytes(bytes, words: false) => "llama-bpe",
            [var split, var bytes] when IsSplit(split, Llama3Words.QwenExpression) && IsBytes(bytes, words: false) => "qwen2",
            _ => null,
        };
    }

    private static bool IsBytes(JsonNode step, bool words) =>
        (string?)step["type"] == "ByteLevel" && ((bool?)step["use_regex"] ?? true) == words && (bool?)step["add_prefix_space"] != true;

    private static bool IsSplit(JsonNode step, string words) =>
        (string?)step["type"] == "Split" && (string?)step["pattern"]?["Regex"] == words && (string?)step["behavior"] == "Isolated" && (bool?)step["invert"] != true;
}

using System.Text.Json;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// The settings of a <c>tokenizer.json</c> for tokenizers that come from elsewhere: trained here, GGUF, SentencePiece. Saved,
/// they make the files that are published with models of these families.
/// </summary>
internal static class StandardSettings
{
    private const string ByteLevelStep = """{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": USE_REGEX}""";

    /// <summary>A byte-level tokenizer with the words of GPT-2.</summary>
    public static (string, JsonElement)[] Gpt2 => ByteLevel("null", UsingRegex);

    /// <summary>The same with each digit alone.</summary>
    public static (string, JsonElement)[] Gpt2DigitsApart => ByteLevel("null",
        $$"""{"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true}, {{UsingRegex}}]}""");

    private static string UsingRegex => ByteLevelStep.Replace("USE_REGEX", "true", StringComparison.Ordinal);

    /// <summary>A byte-level tokenizer with the words of an expression.</summary>
    /// <param name="normalizer">The normalizer as JSON.</param>
    public static (string, JsonElement)[] Split(string expression, string normalizer)
    {
        string afterSplit = ByteLevelStep.Replace("USE_REGEX", "false", StringComparison.Ordinal);
        string pattern = JsonEncodedText.Encode(expression).ToString();
        return ByteLevel(normalizer,
            $$$"""{"type": "Sequence", "pretokenizers": [{"type": "Split", "pattern": {"Regex": "{{{pattern}}}"}, "behavior": "Isolated", "invert": false}, {{{afterSplit}}}]}""");
    }

    /// <summary>A SentencePiece tokenizer.</summary>
    /// <param name="addSpacePrefix">Whether text between special tokens gets a space before it, which decoding takes off.</param>
    public static (string, JsonElement)[] Pieces(bool addSpacePrefix)
    {
        string prepend = addSpacePrefix ? """{"type": "Prepend", "prepend": "▁"}, """ : "";
        string strip = addSpacePrefix ? """, {"type": "Strip", "content": " ", "start": 1, "stop": 0}""" : "";
        return TokenizerFile.Fields($$$"""
            {
              "version": "1.0",
              "truncation": null,
              "padding": null,
              "normalizer": {"type": "Sequence", "normalizers": [{{{prepend}}}{"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]},
              "pre_tokenizer": null,
              "post_processor": null,
              "decoder": {"type": "Sequence", "decoders": [{"type": "Replace", "pattern": {"String": "▁"}, "content": " "}, {"type": "ByteFallback"}, {"type": "Fuse"}{{{strip}}}]}
            }
            """);
    }

    /// <summary>The settings with the tokens that begin and end a sequence.</summary>
    public static IReadOnlyList<(string, JsonElement)> WithTemplate(
        IEnumerable<(string Name, JsonElement Value)> settings, AddedToken? beginning, AddedToken? end)
    {
        if (beginning is null && end is null)
            return [.. settings];
        static string Step(AddedToken token) => $$$"""{"SpecialToken": {"id": {{{Quoted(token)}}}, "type_id": 0}}""";
        static string Definition(AddedToken token) =>
            $$$"""{{{Quoted(token)}}}: {"id": {{{Quoted(token)}}}, "ids": [{{{token.Id}}}], "tokens": [{{{Quoted(token)}}}]}""";
        static string Quoted(AddedToken token) => $"\"{JsonEncodedText.Encode(token.Content)}\"";
        string Steps(string sequence, int type) => string.Join(", ",
            new[] { beginning is null ? null : Step(beginning), $$$"""{"Sequence": {"id": "{{{sequence}}}", "type_id": {{{type}}}}}""", end is null ? null : Step(end) }.OfType<string>());
        string definitions = string.Join(", ", new[] { beginning, end }.OfType<AddedToken>().DistinctBy(token => token.Id).Select(Definition));
        JsonElement template = JsonElement.Parse($$$"""
            {"type": "TemplateProcessing", "single": [{{{Steps("A", 0)}}}], "pair": [{{{Steps("A", 0)}}}, {{{Steps("B", 1)}}}], "special_tokens": {{{{definitions}}}}}
            """);
        return [.. settings.Select(field => field.Name == "post_processor" ? (field.Name, template) : field)];
    }

    /// <summary>The settings of a BPE model.</summary>
    /// <param name="unknown">The unknown token, or null.</param>
    public static (string, JsonElement)[] Model(bool byteFallback = false, bool ignoreMerges = false, string? unknown = null) => TokenizerFile.Fields($$"""
        {
          "type": "BPE",
          "dropout": null,
          "unk_token": {{(unknown is null ? "null" : $"\"{JsonEncodedText.Encode(unknown)}\"")}},
          "continuing_subword_prefix": null,
          "end_of_word_suffix": null,
          "fuse_unk": {{(byteFallback ? "true" : "false")}},
          "byte_fallback": {{(byteFallback ? "true" : "false")}},
          "ignore_merges": {{(ignoreMerges ? "true" : "false")}}
        }
        """);

    private static (string, JsonElement)[] ByteLevel(string normalizer, string preTokenizer) => TokenizerFile.Fields($$"""
        {
          "version": "1.0",
          "truncation": null,
          "padding": null,
          "normalizer": {{normalizer}},
          "pre_tokenizer": {{preTokenizer}},
          "post_processor": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": true},
          "decoder": {{UsingRegex}}
        }
        """);
}

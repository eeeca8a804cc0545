using System.Text;
using System.Text.Json;

namespace Bonito.Engine.Tokenizers;

/// <summary>Reads the field <c>normalizer</c> of a <c>tokenizer.json</c>.</summary>
internal static class NormalizerReader
{
    private const string Known = "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Prepend, Replace of a string, or a Sequence of them";

    /// <summary>The normalizer; null where text stays as it is.</summary>
    public static Normalizer? Read(JsonElement normalizer, TokenizerJson json)
    {
        if (TokenizerJson.IsNothing(normalizer))
            return null;
        Normalizer[] steps = [.. json.Steps(normalizer, "normalizer", "normalizers").Select(step => ReadStep(step.Component, step.Field, json))];
        return steps.Length switch { 0 => null, 1 => steps[0], _ => new NormalizerSequence(steps) };
    }

    private static Normalizer ReadStep(JsonElement step, string field, TokenizerJson json)
    {
        string prefix = field + ".";
        return json.TypeOf(step, field) switch
        {
            "NFC" => new UnicodeNormalizer(NormalizationForm.FormC),
            "NFD" => new UnicodeNormalizer(NormalizationForm.FormD),
            "NFKC" => new UnicodeNormalizer(NormalizationForm.FormKC),
            "NFKD" => new UnicodeNormalizer(NormalizationForm.FormKD),
            "Lowercase" => new LowercaseNormalizer(),
            "StripAccents" => new StripAccentsNormalizer(),
            "Strip" => new StripNormalizer(json.Flag(step, prefix, "strip_left", true), json.Flag(step, prefix, "strip_right", true)),
            "Prepend" => new PrependNormalizer(json.Text(json.Member(step, prefix, "prepend"), prefix + "prepend")),
            "Replace" => ReadReplace(step, prefix, json),
            _ => throw json.Trouble(field, Known, TokenizerJson.Excerpt(step)),
        };
    }

    private static ReplaceNormalizer ReadReplace(JsonElement step, string prefix, TokenizerJson json)
    {
        string found = json.StringPattern(step, prefix);
        json.Expect(found.Length > 0, prefix + "pattern", "a string that is not empty", step);
        return new ReplaceNormalizer(found, json.Text(json.Member(step, prefix, "content"), prefix + "content"));
    }
}

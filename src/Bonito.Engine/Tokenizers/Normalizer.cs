using System.Globalization;
using System.Text;

namespace Bonito.Engine.Tokenizers;

/// <summary>Changes text before it is cut into tokens. What it changes is lost: decoding gives normalised text.</summary>
internal abstract class Normalizer
{
    public abstract string Apply(string text);
}

/// <summary>Several, one after another.</summary>
internal sealed class NormalizerSequence(IReadOnlyList<Normalizer> steps) : Normalizer
{
    public override string Apply(string text) => steps.Aggregate(text, (changed, step) => step.Apply(changed));
}

/// <summary>Puts something before a text that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    public override string Apply(string text) => text.Length == 0 ? text : prefix + text;
}

/// <summary>Replaces every occurrence of a text.</summary>
internal sealed class ReplaceNormalizer(string found, string content) : Normalizer
{
    public override string Apply(string text) => text.Replace(found, content, StringComparison.Ordinal);
}

/// <summary>Takes white space off the ends.</summary>
internal sealed class StripNormalizer(bool left, bool right) : Normalizer
{
    public override string Apply(string text)
    {
        text = left ? text.TrimStart() : text;
        return right ? text.TrimEnd() : text;
    }
}

/// <summary>Maps every code point to lower case, whatever stands around it.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    // The one code point whose lower case is two.
    private const int CapitalDottedI = 0x130;

    public override string Apply(string text)
    {
        var lower = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (rune.Value == CapitalDottedI)
                lower.Append("i\u0307");
            else
                lower.Append(Rune.ToLowerInvariant(rune).ToString());
        }

        return lower.ToString();
    }
}

/// <summary>Takes the non-spacing marks out.</summary>
internal sealed class StripAccentsNormalizer : Normalizer
{
    public override string Apply(string text) => string.Concat(
        text.EnumerateRunes().Where(rune => Rune.GetUnicodeCategory(rune) != UnicodeCategory.NonSpacingMark).Select(rune => rune.ToString()));
}

/// <summary>One of the four normalisation forms of Unicode.</summary>
internal sealed class UnicodeNormalizer(NormalizationForm form) : Normalizer
{
    public override string Apply(string text) => UnicodeForms.Normalize(text, form);
}

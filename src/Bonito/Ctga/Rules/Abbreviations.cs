using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>Words whose full stop does not end a sentence.</summary>
internal static class Abbreviations
{
    static readonly FrozenSet<string> Known = Words.Set(
        "mr mrs ms dr st prof rev gen col capt lt sgt maj hon sen rep gov pres jr sr vs v c ca cf al e.g i.e eg ie fig figs " +
        "no nos vol vols pp ed eds approx inc ltd co corp dept est jan feb mar apr jun jul aug sep sept oct nov dec " +
        "ave blvd rd mt ft u.s u.k u.n d.c a.d b.c a.m p.m ph.d b.a m.a");

    static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Lookup =
        Known.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>Whether the text, which stands before a full stop, ends with an abbreviation or an initial.</summary>
    public static bool EndsWithOne(ReadOnlySpan<char> text)
    {
        int start = text.Length;
        while (start > 0 && (char.IsLetterOrDigit(text[start - 1]) || text[start - 1] == '.')) start--;
        ReadOnlySpan<char> word = text[start..];
        if (word.Length is 0 or > 7) return false;
        if (word.Length == 1) return char.IsUpper(word[0]) || Lookup.Contains(word);
        Span<char> lower = stackalloc char[word.Length];
        word.ToLowerInvariant(lower);
        return Lookup.Contains(lower);
    }
}

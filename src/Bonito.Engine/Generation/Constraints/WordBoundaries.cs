using System.Globalization;
using System.Text;

namespace Bonito.Engine.Generation.Constraints;

/// <summary>
/// Where a quotation may begin and end. Never inside a word: a run of letters, digits and their marks, a single sign between two
/// of them included, as in "don't", "3.5", "COVID-19" and "x.org". White space is at neither end, closing brackets and
/// the like are not at the beginning, opening brackets and the like not at the end. Scripts that are written without spaces may be
/// cut between any two characters.
/// </summary>
public static class WordBoundaries
{
    const string Joiners = "'\u2019.,:-\u2010\u2011_/@&", NotFirst = ".,;:!?%\u3001\u3002\uFF0C\uFF0E\uFF1A\uFF1B\uFF01\uFF1F", NotLast = ",;:\u3001\uFF0C\uFF1A\uFF1B";

    // Soft hyphen, zero-width non-joiner and joiner: invisible, and inside of words.
    const string Invisible = "\u00AD\u200C\u200D";

    // Thai and Lao, Burmese, Khmer, kana and Chinese characters.
    static readonly (int First, int Last)[] Unspaced =
        [(0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF)];

    /// <summary>Offsets into the text's UTF-8 bytes, ascending. Either both lists are empty or every start has an end after it.</summary>
    public static (IReadOnlyList<int> Starts, IReadOnlyList<int> Ends) Find(string text)
    {
        Rune[] runes = [.. text.EnumerateRunes()];
        List<int> starts = [], ends = [];
        int offset = 0;
        for (int i = 0; i <= runes.Length; i++)
        {
            bool divided = i == 0 || i == runes.Length || !Joined(runes, i);
            if (divided && i > 0 && MayBeLast(runes[i - 1]) && starts.Count > 0) ends.Add(offset);
            if (i == runes.Length) break;
            if (divided && MayBeFirst(runes[i])) starts.Add(offset);
            offset += runes[i].Utf8SequenceLength;
        }
        int last = ends.Count > 0 ? ends[^1] : 0;
        starts.RemoveAll(start => start >= last);
        return (starts, ends);
    }

    /// <summary>Whether the characters before and after a place belong together.</summary>
    static bool Joined(Rune[] runes, int place)
    {
        Rune before = runes[place - 1], after = runes[place];
        if (IsMark(after) || Contains(Invisible, after) || Contains(Invisible, before)) return true;
        if (InWord(before)) return InWord(after) || (IsJoiner(after) && place + 1 < runes.Length && InWord(runes[place + 1]));
        return IsJoiner(before) && InWord(after) && place >= 2 && InWord(runes[place - 2]);
    }

    /// <summary>Whether it is part of a word that may not be cut.</summary>
    static bool InWord(Rune rune) =>
        (Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber || IsMark(rune))
        && !Array.Exists(Unspaced, range => rune.Value >= range.First && rune.Value <= range.Last);

    static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    static bool IsJoiner(Rune rune) => Contains(Joiners, rune);

    static bool MayBeFirst(Rune rune) =>
        !IsBlank(rune) && !Contains(NotFirst, rune)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.ClosePunctuation or UnicodeCategory.FinalQuotePunctuation);

    static bool MayBeLast(Rune rune) =>
        !IsBlank(rune) && !Contains(NotLast, rune)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.OpenPunctuation or UnicodeCategory.InitialQuotePunctuation);

    static bool IsBlank(Rune rune) => Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format;

    static bool Contains(string characters, Rune rune) => rune.IsBmp && characters.Contains((char)rune.Value, StringComparison.Ordinal);
}

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
        Traits[] traits = [.. runes.Select(TraitsOf)];
        List<int> starts = [], ends = [];
        int offset = 0;
        for (int i = 0; i <= runes.Length; i++)
        {
            bool divided = i == 0 || i == runes.Length || !Joined(traits, i);
            if (divided && i > 0 && traits[i - 1].HasFlag(Traits.MayBeLast) && starts.Count > 0) ends.Add(offset);
            if (i == runes.Length) break;
            if (divided && traits[i].HasFlag(Traits.MayBeFirst)) starts.Add(offset);
            offset += runes[i].Utf8SequenceLength;
        }
        int last = ends.Count > 0 ? ends[^1] : 0;
        starts.RemoveAll(start => start >= last);
        return (starts, ends);
    }

    /// <summary>Whether the characters before and after a place belong together.</summary>
    static bool Joined(Traits[] traits, int place)
    {
        Traits before = traits[place - 1], after = traits[place];
        if (after.HasFlag(Traits.Attached) || before.HasFlag(Traits.Invisible)) return true;
        if (before.HasFlag(Traits.Word)) return after.HasFlag(Traits.Word) || (after.HasFlag(Traits.Joiner) && place + 1 < traits.Length && traits[place + 1].HasFlag(Traits.Word));
        return before.HasFlag(Traits.Joiner) && after.HasFlag(Traits.Word) && place >= 2 && traits[place - 2].HasFlag(Traits.Word);
    }

    static Traits TraitsOf(Rune rune)
    {
        UnicodeCategory category = Rune.GetUnicodeCategory(rune);
        Traits traits = Traits.None;
        bool mark = category is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;
        if ((mark || Rune.IsLetterOrDigit(rune) || category is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber) && !IsUnspaced(rune)) traits |= Traits.Word;
        if (Contains(Joiners, rune)) traits |= Traits.Joiner;
        if (Contains(Invisible, rune)) traits |= Traits.Invisible | Traits.Attached;
        if (mark) traits |= Traits.Attached;
        if (Rune.IsWhiteSpace(rune) || category is UnicodeCategory.Control or UnicodeCategory.Format) return traits;
        if (category is not (UnicodeCategory.ClosePunctuation or UnicodeCategory.FinalQuotePunctuation) && !Contains(NotFirst, rune)) traits |= Traits.MayBeFirst;
        if (category is not (UnicodeCategory.OpenPunctuation or UnicodeCategory.InitialQuotePunctuation) && !Contains(NotLast, rune)) traits |= Traits.MayBeLast;
        return traits;
    }

    static bool IsUnspaced(Rune rune)
    {
        if (rune.Value < Unspaced[0].First) return false;
        foreach ((int first, int last) in Unspaced)
            if (rune.Value >= first && rune.Value <= last) return true;
        return false;
    }

    static bool Contains(string characters, Rune rune) => rune.IsBmp && characters.Contains((char)rune.Value, StringComparison.Ordinal);

    [Flags]
    enum Traits
    {
        None = 0,

        /// <summary>Part of a word that may not be cut.</summary>
        Word = 1,

        /// <summary>May stand in a word.</summary>
        Joiner = 2,
        Invisible = 4,

        /// <summary>Belongs to the character before it.</summary>
        Attached = 8,
        MayBeFirst = 16,
        MayBeLast = 32,
    }
}

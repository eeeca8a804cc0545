using System.Collections.Frozen;

namespace Bonito.Documents;

/// <summary>What a full stop after a word says about the end of an English sentence. Words are given without the stop.</summary>
static class Abbreviations
{
    static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_neverLast = Set(
        "Mr Mrs Ms Dr Prof Rev Hon Gen Col Maj Capt Lt Sgt Gov Sen Rep Pres Messrs Mt St Ft " +
        "Fig Figs fig figs Eq Eqs eq eqs Sec Secs Art Arts Ch Chap Cl Cls Reg Regs Vol Vols vol Ed Eds Tab Ref Refs " +
        "e.g i.e eg ie cf vs viz ca approx resp incl excl Dept Assoc");

    static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_beforeNumber = Set(
        "No Nos no nos p pp para paras sec art cl ch Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec tel Tel ext Ext");

    static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_sometimesLast = Set(
        "Inc Ltd Co Corp Bros Plc LLC Jr Sr Esq etc al a.m p.m am pm seq Ave Blvd Rd Jan Feb Mar Apr Jun Jul Aug Sep Sept Oct Nov Dec");

    static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> s_firstWords = Set(
        "The This That These Those A An In On At By For From To With Without Under Upon After Before During Until Within " +
        "It Its He She They We You I His Her Their Our Your If When Where While Once Since Because Although Unless " +
        "However Therefore Moreover Otherwise Thus Then There Here No Not All Any Each Every Both Some Such As But And Or " +
        "What Who Which Why How Does Do Is Are Was Were Can May Must Should Please");

    /// <summary>Never the last word of a sentence: titles, and words that refer to what follows.</summary>
    public static bool IsNeverLast(ReadOnlySpan<char> word) => s_neverLast.Contains(word);

    /// <summary>Abbreviated when a number follows ("No. 5", "Mar. 3"), a word of its own otherwise.</summary>
    public static bool IsBeforeNumber(ReadOnlySpan<char> word) => s_beforeNumber.Contains(word);

    /// <summary>May stand within a sentence or end it: known ones, and all with stops inside ("U.S", "Ph.D").</summary>
    public static bool IsSometimesLast(ReadOnlySpan<char> word) => s_sometimesLast.Contains(word) || HasInnerStops(word);

    static bool HasInnerStops(ReadOnlySpan<char> word)
    {
        int part = 0;
        foreach (char c in word)
        {
            if (char.IsLetter(c) ? ++part > 2 : c != '.') return false;
            if (c == '.') part = 0;
        }

        return word.Contains('.');
    }

    /// <summary>Capitalised words that mostly open a sentence: they decide after an abbreviation that may end one.</summary>
    public static bool OpensSentence(ReadOnlySpan<char> word) => s_firstWords.Contains(word);

    static FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> Set(string words) =>
        words.Split(' ').ToFrozenSet(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
}

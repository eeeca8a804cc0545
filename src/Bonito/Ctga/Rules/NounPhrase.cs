using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>What a noun phrase looks like from its words.</summary>
internal static class NounPhrase
{
    static readonly FrozenSet<string> Starts = Words.Set("the a an some many several both various different its");

    static readonly FrozenSet<string> Particles = Words.Set("up out off down away back place part");

    static readonly string[] HumanEndings = ["er", "or", "ist", "ian", "man", "men", "ee", "ant", "ent"];

    /// <summary>Whether it names a person by what he or she is: "a German chemist", "the king".</summary>
    public static bool IsHuman(ReadOnlySpan<Token> phrase)
    {
        for (int i = 0; i < phrase.Length; i++)
        {
            string word = phrase[i].Lower;
            if (Words.Humans.Contains(word)) return true;
            if (i > 0 && (Words.Prepositions.Contains(word) || Words.Subordinators.Contains(word) || phrase[i].Text == "," ||
                word.EndsWith("ing", StringComparison.Ordinal))) return false;
        }
        return false;
    }

    /// <summary>Whether the form of its head leaves it open whether it is a person: "computer", "farmer".</summary>
    public static bool MayBeHuman(ReadOnlySpan<Token> phrase)
    {
        int end = 1;
        while (end < phrase.Length && !Words.Prepositions.Contains(phrase[end].Lower)) end++;
        string head = phrase[end - 1].Lower.TrimEnd('s');
        return !head.EndsWith("ment", StringComparison.Ordinal) && Array.Exists(HumanEndings, e => head.EndsWith(e, StringComparison.Ordinal));
    }

    /// <summary>Whether a noun phrase can start with this word.</summary>
    public static bool CanStart(Token token)
    {
        string word = token.Lower;
        if (Starts.Contains(word) || token.IsCapital) return true;
        return token.IsLowerWord && !Words.IsClosedClass(word) && !Words.IsMidAdverb(word) && !Particles.Contains(word) &&
            !word.EndsWith("ing", StringComparison.Ordinal);
    }

    /// <summary>Whether a clause of its own starts in it.</summary>
    public static bool HasClause(ReadOnlySpan<Token> phrase)
    {
        foreach (Token token in phrase)
        {
            string word = token.Lower;
            if (Words.Subordinators.Contains(word) || Words.Be.Contains(word) || token.IsLowerWord && Words.Modals.Contains(word)) return true;
        }
        return false;
    }
}

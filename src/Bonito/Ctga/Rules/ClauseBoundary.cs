using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>Finds where the first clause of a sentence may end without changing what it says.</summary>
internal static class ClauseBoundary
{
    const int LongestLastMember = 6, LongestNextSubject = 9;

    static readonly FrozenSet<string> AfterComma = Words.Set(
        "which who whom whose where when while although though but and or so as with because since after before including such if unless " +
        "until making leaving causing resulting giving becoming allowing creating leading forming being having thus thereby especially " +
        "particularly for both");

    static readonly FrozenSet<string> WithoutComma = Words.Set("but while whereas although though because");

    /// <summary>Index of the first token after the clause, and what follows; null where a comma is not understood.</summary>
    public static (int? End, ClauseEnd Kind) Find(Token[] tokens, int start)
    {
        for (int i = start; i < tokens.Length; i++)
        {
            Token token = tokens[i];
            // "a more active but still private role": no clause at all.
            bool joins = token.Is("but") && i + 1 < tokens.Length && !StartsVerbPhrase(tokens, i + 1);
            if (joins && !Words.Determiners.Contains(tokens[i + 1].Lower)) return (null, default);
            bool opens = token.Text == ";" || token.IsLowerWord && WithoutComma.Contains(token.Lower) || IsDueTo(tokens, i) ||
                token.Is("and") && i > start && (StartsVerbPhrase(tokens, i + 1) || StartsClause(tokens, start, i));
            if (opens) return (i, ClauseEnd.Clause);
            if (token.Text == "," && i + 1 < tokens.Length && !IsInsideDate(tokens, i) && !IsInsidePlace(tokens, i))
                return AtComma(tokens, i);
        }
        return (tokens.Length, ClauseEnd.Sentence);
    }

    /// <summary>What follows "because (of)" or "due to" at the end of a clause, up to the next boundary.</summary>
    public static Token[] ReasonAt(Token[] tokens, int end)
    {
        int start = end < tokens.Length && tokens[end].Text == "," ? end + 1 : end;
        if (start >= tokens.Length) return Tokens.None;
        if (tokens[start].Is("because")) start += start + 1 < tokens.Length && tokens[start + 1].Is("of") ? 2 : 1;
        else if (IsDueTo(tokens, start)) start += 2;
        else return Tokens.None;
        int stop = start;
        while (stop < tokens.Length && tokens[stop].Text is not (";" or ",")) stop++;
        return tokens[start..stop];
    }

    static bool IsDueTo(Token[] tokens, int at) =>
        tokens[at].Is("due") && at + 1 < tokens.Length && tokens[at + 1].Is("to") && !Words.Be.Contains(tokens[at - 1].Lower);

    static (int?, ClauseEnd) AtComma(Token[] tokens, int comma)
    {
        if (comma + 1 == tokens.Length) return (null, default);
        string next = tokens[comma + 1].Lower;
        if (AfterComma.Contains(next)) return (comma, ClauseEnd.Clause);
        if (IsSeries(tokens, comma)) return (tokens.Length, ClauseEnd.Sentence);
        return Words.Articles.Contains(next) ? (comma, ClauseEnd.Apposition) : (null, default);
    }

    // "wool, timber, and glass": an enumeration that ends with the sentence.
    static bool IsSeries(Token[] tokens, int comma)
    {
        int last = tokens.Length - 1;
        while (last > comma && tokens[last].Text != ",") last--;
        if (last == comma || last + 1 == tokens.Length || tokens[last + 1].Lower is not ("and" or "or")) return false;
        if (tokens.Length - last - 2 > LongestLastMember || StartsVerbPhrase(tokens, last + 2)) return false;
        for (int i = comma; i < tokens.Length; i++)
            if (Words.Subordinators.Contains(tokens[i].Lower) || Words.Be.Contains(tokens[i].Lower) || tokens[i].Text == ";") return false;
        return true;
    }

    static bool StartsVerbPhrase(Token[] tokens, int at)
    {
        while (at < tokens.Length && Words.IsMidAdverb(tokens[at].Lower)) at++;
        if (at >= tokens.Length) return false;
        Token token = tokens[at];
        string word = token.Lower;
        if (Words.Be.Contains(word) || Words.Have.Contains(word) || Words.Modals.Contains(word) || Words.Pronouns.Contains(word)) return true;
        if (!token.IsLowerWord) return false;
        if (Verbs.TryFind(word, out _, out VerbForms forms)) return forms != VerbForms.Base;
        // "advanced" may be an adjective: "professional and technologically advanced armies".
        bool last = at + 1 == tokens.Length || !tokens[at + 1].IsWord || Words.IsClosedClass(tokens[at + 1].Lower);
        return Verbs.IsParticiple(word) && last;
    }

    // "... and the black market grew": another subject with its own verb, unless both depend on a "that" before.
    static bool StartsClause(Token[] tokens, int start, int and)
    {
        for (int i = start; i < and; i++)
            if (Words.Complementizers.Contains(tokens[i].Lower)) return false;
        for (int i = and + 2; i < Math.Min(tokens.Length, and + LongestNextSubject); i++)
        {
            string word = tokens[i].Lower;
            if (!tokens[i].IsWord || Words.Subordinators.Contains(word)) return false;
            if (!tokens[i].IsLowerWord) continue;
            if (Words.Be.Contains(word) || Words.Have.Contains(word) || Words.Modals.Contains(word)) return true;
            if (Verbs.TryFind(word, out _, out VerbForms forms) && (forms & (VerbForms.Past | VerbForms.Base)) == VerbForms.Past &&
                !Words.Articles.Contains(tokens[i - 1].Lower)) return true;
        }
        return false;
    }

    static bool IsInsideDate(Token[] tokens, int comma) =>
        comma > 0 && Spans.LooksLikeYear(tokens[comma + 1].Text) && char.IsAsciiDigit(tokens[comma - 1].Text[0]);

    // "in Lisbon, Portugal": the second name belongs to the first; but "France, Spain, and Italy" is an enumeration.
    static bool IsInsidePlace(Token[] tokens, int comma)
    {
        if (!tokens[comma - 1].IsCapital || !tokens[comma + 1].IsCapital || Gazetteer.IsCountry(tokens.AsSpan(comma - 1, 1))) return false;
        int next = comma + 1;
        while (next < tokens.Length && tokens[next].IsCapital) next++;
        if (Names.KindOf(tokens.AsSpan(comma + 1, next - comma - 1)) != SpanKind.Place) return false;
        if (next == tokens.Length || Words.Prepositions.Contains(tokens[next].Lower)) return true;
        if (tokens[next].Text != "," || next + 1 >= tokens.Length) return false;
        return !tokens[next + 1].IsCapital && tokens[next + 1].Lower is not ("and" or "or");
    }
}

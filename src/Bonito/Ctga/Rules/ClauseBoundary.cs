using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>Finds where the first clause of a sentence may end without changing what it says.</summary>
internal static class ClauseBoundary
{
    static readonly FrozenSet<string> AfterComma = Words.Set(
        "which who whom whose where when while although though but and or so as with because since after before including such if unless until making " +
        "leaving causing resulting giving becoming allowing creating leading forming being having thus thereby especially particularly for both");

    static readonly FrozenSet<string> WithoutComma = Words.Set("but while whereas although though because");

    public static (int End, ClauseEnd Kind) Find(Token[] tokens, int start)
    {
        for (int i = start; i < tokens.Length; i++)
        {
            Token token = tokens[i];
            if (token.Text == ";") return (i, ClauseEnd.Clause);
            if (token.IsLowerWord && WithoutComma.Contains(token.Lower)) return (i, ClauseEnd.Clause);
            if (IsDueTo(tokens, i)) return (i, ClauseEnd.Clause);
            if (token.Is("and") && i + 1 < tokens.Length && i > start && StartsVerbPhrase(tokens, i + 1)) return (i, ClauseEnd.Clause);
            if (token.Text == "," && i + 1 < tokens.Length && !IsInsideDate(tokens, i) && !IsInsidePlace(tokens, i))
                return AtComma(tokens, i);
        }
        return (tokens.Length, ClauseEnd.Sentence);
    }

    /// <summary>What follows "because (of)" or "due to" at the end of a clause, up to the next boundary.</summary>
    public static Token[] ReasonAt(Token[] tokens, int end)
    {
        if (end < tokens.Length && tokens[end].Text == ",") end++;
        int start = end;
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

    static (int, ClauseEnd) AtComma(Token[] tokens, int comma)
    {
        Token next = tokens[comma + 1];
        bool series = false;
        for (int i = comma + 1; i < tokens.Length && tokens[i].Text != ";"; i++)
            series |= tokens[i].Text == "," && i + 1 < tokens.Length && tokens[i + 1].Lower is "and" or "or";
        if (AfterComma.Contains(next.Lower)) return (comma, ClauseEnd.Clause);
        if (!series) return (comma, ClauseEnd.Phrase);
        // An enumeration is kept whole if nothing but its last member follows the comma before "and".
        int last = tokens.Length - 1;
        while (last > comma && tokens[last].Text != ",") last--;
        bool whole = tokens[last + 1].Lower is "and" or "or" && tokens.Length - last <= 7 && !StartsVerbPhrase(tokens, last + 2);
        for (int i = comma; whole && i < tokens.Length; i++)
            whole = !Words.Subordinators.Contains(tokens[i].Lower) && tokens[i].Text != ";" && !Words.Be.Contains(tokens[i].Lower);
        return whole ? (tokens.Length, ClauseEnd.Sentence) : (comma, ClauseEnd.Phrase);
    }

    static bool StartsVerbPhrase(Token[] tokens, int at)
    {
        while (at < tokens.Length && (Words.MidAdverbs.Contains(tokens[at].Lower) || tokens[at].Lower.EndsWith("ly", StringComparison.Ordinal))) at++;
        if (at >= tokens.Length) return false;
        Token token = tokens[at];
        if (Words.Be.Contains(token.Lower) || Words.Have.Contains(token.Lower) || Words.Modals.Contains(token.Lower)) return true;
        if (Words.Pronouns.Contains(token.Lower)) return true;
        return token.IsLowerWord && (Verbs.IsParticiple(token.Lower) || Verbs.TryFind(token.Lower, out _, out VerbForms forms) &&
            (forms.HasFlag(VerbForms.Past) || forms.HasFlag(VerbForms.ThirdPerson)));
    }

    static bool IsInsideDate(Token[] tokens, int comma) =>
        comma > 0 && comma + 1 < tokens.Length && Spans.LooksLikeYear(tokens[comma + 1].Text) && char.IsAsciiDigit(tokens[comma - 1].Text[0]);

    // "in Paris, France": the second name belongs to the first.
    static bool IsInsidePlace(Token[] tokens, int comma)
    {
        if (!tokens[comma - 1].IsCapital || !tokens[comma + 1].IsCapital) return false;
        int next = comma + 1;
        while (next < tokens.Length && tokens[next].IsCapital) next++;
        SpanKind kind = Names.KindOf(tokens.AsSpan(comma + 1, next - comma - 1));
        return kind == SpanKind.Place && (next == tokens.Length || tokens[next].Text == "," || Words.Prepositions.Contains(tokens[next].Lower));
    }
}

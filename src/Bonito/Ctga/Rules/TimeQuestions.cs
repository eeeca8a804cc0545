namespace Bonito.Ctga.Rules;

/// <summary>"When", "In which year" and "Why": they ask for a phrase that the predicate can lose.</summary>
internal static class TimeQuestions
{
    const int LongestReason = 20;

    public static void Add(Asker asker, Clause clause)
    {
        if (clause.Opening.Length == 0) AskForTimeInside(asker, clause);
        else if (Spans.TryTime(clause.Opening, 1, out Span span) && span.End == clause.Opening.Length)
            AskForTime(asker, clause, clause.Opening, span, clause.Rest);

        Token[] reason = clause.Reason;
        if (reason.Length is > 1 and < LongestReason && clause.Opening.Length == 0 && !Words.Pointers.Contains(reason[0].Lower))
            asker.Add(QuestionRule.Why, asker.Invert("Why", clause, clause.Rest), reason, SpanKind.Reason);
    }

    /// <summary>Index of the first "in 1990", "on 4 May" or the like; the length where there is none.</summary>
    public static int PhraseAt(ReadOnlySpan<Token> tokens, int start, out Span time)
    {
        for (int i = start; i < tokens.Length - 1; i++)
            if (tokens[i].Lower is "in" or "on" or "during" && Spans.TryTime(tokens, i + 1, out time)) return i;
        time = default;
        return tokens.Length;
    }

    static void AskForTimeInside(Asker asker, Clause clause)
    {
        Token[] rest = clause.Rest;
        int at = PhraseAt(rest, 0, out Span time);
        if (at == rest.Length) return;
        bool ends = time.End == rest.Length;
        if (!ends && (!Words.Prepositions.Contains(rest[time.End].Lower) || rest[time.End].Lower is "to" or "of" or "until")) return;
        AskForTime(asker, clause, rest, time, [.. rest[..at], .. rest[time.End..]]);
    }

    static void AskForTime(Asker asker, Clause clause, Token[] tokens, Span time, Token[] kept)
    {
        string preposition = tokens[time.Start - 1].Lower;
        if (preposition is not ("in" or "on" or "during") || HasTime(kept) || clause.Finite.Lower is "is" or "are") return;
        if (clause.IsBe && (kept.Length == 0 || kept.Length == 1 && !Verbs.IsParticiple(kept[0].Lower))) return;
        ReadOnlySpan<Token> answer = tokens.AsSpan(time.Start, time.Length);
        string asked = time.Kind switch
        {
            SpanKind.Year => asker.Pick("When", "In what year", "In which year"),
            SpanKind.Date when preposition == "on" && HasDay(answer) => asker.Pick("When", "On what date", "On which date"),
            SpanKind.Date => "When",
            _ when answer[^1].Is("century") => asker.Pick("When", "In which century", "In what century"),
            _ => asker.Pick("When", "In which decade"),
        };
        asker.Add(QuestionRule.When, asker.Invert(asked, clause, kept), answer, time.Kind);
    }

    static bool HasDay(ReadOnlySpan<Token> date)
    {
        foreach (Token token in date)
            if (token.Text.Length <= 2 && char.IsAsciiDigit(token.Text[0])) return true;
        return false;
    }

    static bool HasTime(Token[] tokens)
    {
        for (int i = 0; i < tokens.Length; i++)
            if (Spans.TryTime(tokens, i, out _) || tokens[i].Lower is "years" or "ago" or "when" or "after" or "until") return true;
        return false;
    }
}

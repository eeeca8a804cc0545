using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>"How many", "How long" and questions for measures such as a population.</summary>
internal static class NumberQuestions
{
    const int MostAdjectives = 2;

    static readonly FrozenSet<string> Units = Words.Set(
        "miles metres meters feet kilometers kilometres inches acres tons tonnes times others various previous hours");

    static readonly FrozenSet<string> Measures = Words.Set(
        "population area length height depth elevation capacity diameter mass width density speed membership enrollment volume lifespan");

    static readonly FrozenSet<string> Dimensions = Words.Set("long tall high wide deep thick old");

    static readonly FrozenSet<string> AfterMeasured = Words.Set("of and or to long old wide tall high deep away ago later earlier before after");

    public static void Add(Asker asker, Clause clause)
    {
        if (clause.Opening.Length > 0 && !Spans.TryTime(clause.Opening, 1, out _)) return;
        AskForCountOfObject(asker, clause);
        AskForCountOfSubject(asker, clause);
        AskForMeasure(asker, clause);
    }

    static void AskForCountOfObject(Asker asker, Clause clause)
    {
        Token[] rest = clause.Rest;
        if (clause.Full is null || !TryCount(rest, out int number, out int noun)) return;
        if (noun < rest.Length && (!rest[noun].IsWord || AfterMeasured.Contains(rest[noun].Lower) || Verbs.IsParticiple(rest[noun].Lower))) return;
        string opening = "How many " + Tokens.Join(rest.AsSpan(number, noun - number));
        string question = asker.Invert(opening, clause, [.. rest[noun..], .. clause.OpeningAtEnd]);
        asker.Add(QuestionRule.HowMany, question, rest.AsSpan(0, number), SpanKind.Number);
    }

    static void AskForCountOfSubject(Asker asker, Clause clause)
    {
        Token[] subject = clause.Subject;
        if (!TryCount(subject, out int number, out int noun)) return;
        if (noun < subject.Length && subject[noun].Lower is not ("of" or "in" or "from")) return;
        Token[] question =
        [
            Token.Word("How many"), .. subject[number..], clause.Finite with { Spaced = true }, .. clause.Rest, .. clause.OpeningAtEnd,
        ];
        asker.Add(QuestionRule.HowMany, Tokens.Join(question) + "?", subject.AsSpan(0, number), SpanKind.Number);
    }

    // "more than 22 northern provinces": the number ends at [number], the counted noun at [noun].
    static bool TryCount(Token[] tokens, out int number, out int noun)
    {
        number = noun = 0;
        int i = NumberAt(tokens, 0);
        if (i >= tokens.Length || !Spans.TryNumber(tokens, i, out Span span)) return false;
        if (tokens[i].Text.Contains('$') || tokens[i].Text.Contains('.')) return false;
        number = span.End;
        int limit = Math.Min(tokens.Length, number + MostAdjectives + 1);
        for (int at = number; at < limit && tokens[at].IsLowerWord && !Words.IsClosedClass(tokens[at].Lower); at++)
        {
            string word = tokens[at].Lower;
            if (Units.Contains(word)) return false;
            if (!Words.IrregularPlurals.Contains(word) && !Words.HasPluralEnding(word)) continue;
            noun = at + 1;
            return true;
        }
        return false;
    }

    // After "more than", "about" and the like.
    static int NumberAt(Token[] tokens, int start)
    {
        if (start + 1 < tokens.Length && tokens[start].Lower is "more" or "fewer" or "less" && tokens[start + 1].Is("than")) return start + 2;
        bool rough = start < tokens.Length && (tokens[start].Is("over") || Words.Approximations.Contains(tokens[start].Lower));
        return rough ? start + 1 : start;
    }

    static void AskForMeasure(Asker asker, Clause clause)
    {
        Token[] rest = clause.Rest;
        if (clause.Full == Verbs.Have && rest.Length > 3 && rest[0].Lower is "a" or "an")
        {
            int of = Array.FindIndex(rest, t => t.Is("of"));
            if (of is 2 or 3 && Measures.Contains(rest[of - 1].Lower)) AskForValue(asker, clause, of + 1);
        }
        else if (clause.IsBe && rest.Length is > 2 and < 8 && Dimensions.Contains(rest[^1].Lower))
        {
            int number = NumberAt(rest, 0);
            if (Spans.TryNumber(rest, number, out _))
                asker.Add(QuestionRule.Measure, asker.Invert("How " + rest[^1].Lower, clause), rest.AsSpan(0, rest.Length - 1), SpanKind.Number);
        }
    }

    // "The village has a population of about 3,400."
    static void AskForValue(Asker asker, Clause clause, int value)
    {
        Token[] rest = clause.Rest;
        int number = NumberAt(rest, value);
        if (number >= rest.Length || !Spans.TryNumber(rest, number, out Span span)) return;
        int end = span.End;
        while (end < rest.Length && (rest[end].Is("per") || rest[end].IsLowerWord && !Words.IsClosedClass(rest[end].Lower))) end++;
        string opening = "What " + (clause.Finite.Is("had") ? "was" : "is") + " the " + Tokens.Join(rest.AsSpan(1, value - 1));
        Token[] question = [Token.Word(opening), .. asker.Vocabulary.InsideSentence(clause.Subject)];
        asker.Add(QuestionRule.Measure, Tokens.Join(question) + "?", rest.AsSpan(value, end - value), SpanKind.Number);
    }
}

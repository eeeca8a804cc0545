namespace Bonito.Ctga.Rules;

/// <summary>"How many", "What percentage" and questions for measures such as a population.</summary>
internal static class NumberQuestions
{
    public static void Add(Asker asker, Clause clause, List<Question> questions)
    {
        if (clause.Opening.Length > 0 && !Spans.TryTime(clause.Opening, 1, out _)) return;
        Token[] opening = clause.Opening.Length == 0 ? [] : [Token.Word(clause.Opening[0].Lower), .. clause.Opening[1..]];
        AddCountOfObject(asker, clause, opening, questions);
        AddCountOfSubject(clause, opening, questions);
        AddMeasure(asker, clause, questions);
    }

    static void AddCountOfObject(Asker asker, Clause clause, Token[] opening, List<Question> questions)
    {
        Token[] rest = clause.Rest;
        if (clause.Full is null) return;
        if (!TryCount(rest, 0, out int number, out int noun)) return;
        string counted = Tokens.Join(rest.AsSpan(number, noun - number));
        if (noun < rest.Length && rest[noun].Lower is "of" or "and" or "or" or "to" or "long" or "old" or "wide" or "tall" or "high" or "deep" or "away" or ",") return;
        string asked = clause.Ask("How many " + counted, [.. rest[noun..], .. opening], asker.Vocabulary);
        questions.Add(new Question(QuestionRule.HowMany, asked, Tokens.Join(rest.AsSpan(0, number)), SpanKind.Number));
    }

    static void AddCountOfSubject(Clause clause, Token[] opening, List<Question> questions)
    {
        Token[] subject = clause.Subject;
        if (!TryCount(subject, 0, out int number, out int noun)) return;
        Token[] asked = [Token.Word("How"), Token.Word("many"), .. subject[number..], clause.Finite with { Spaced = true }, .. clause.Rest, .. opening];
        if (noun == subject.Length || subject[noun].Lower is "of" or "in" or "from")
            questions.Add(new Question(QuestionRule.HowMany, Tokens.Join(asked) + "?", Tokens.Join(subject.AsSpan(0, number)), SpanKind.Number));
    }

    // "more than 22 northern provinces": the number ends at [number], the counted noun at [noun].
    static bool TryCount(Token[] tokens, int start, out int number, out int noun)
    {
        number = noun = start;
        int i = start;
        if (i >= tokens.Length) return false;
        if (i + 1 < tokens.Length && tokens[i].Lower is "more" or "fewer" && tokens[i + 1].Is("than")) i += 2;
        else if (tokens[i].Is("over") || Words.Approximations.Contains(tokens[i].Lower)) i++;
        if (i >= tokens.Length || !Spans.TryNumber(tokens, i, out Span span) || tokens[i].Text.Contains('$') || tokens[i].Text.Contains('.')) return false;
        number = span.End;
        int end = number;
        while (end < tokens.Length && end - number < 3 && tokens[end].IsLowerWord && !Words.Prepositions.Contains(tokens[end].Lower) &&
            !Words.Conjunctions.Contains(tokens[end].Lower) && !Words.Subordinators.Contains(tokens[end].Lower))
        {
            end++;
            if (IsCountable(tokens[end - 1].Lower))
            {
                noun = end;
                return true;
            }
        }
        return false;
    }

    static bool IsCountable(string word) =>
        Words.IrregularPlurals.Contains(word) ||
        word.Length > 3 && word[^1] == 's' && word[^2] is not ('s' or 'u' or 'i') && word is not ("others" or "miles" or "metres" or "meters" or "feet" or "kilometers" or "kilometres" or "times" or "acres" or "tons" or "tonnes" or "various" or "previous");

    static void AddMeasure(Asker asker, Clause clause, List<Question> questions)
    {
        Token[] rest = clause.Rest;
        if (clause.Full?.Base is "have" && rest.Length > 3 && rest[0].Lower is "a" or "an")
        {
            int of = Array.FindIndex(rest, t => t.Is("of"));
            if (of is 2 or 3 && rest[of - 1].Lower is "population" or "area" or "length" or "height" or "depth" or "elevation" or "capacity" or "diameter" or "mass" or "width" or "density" or "speed" or "membership" or "enrollment")
                AddValue("What " + (clause.Finite.Is("had") ? "was" : "is") + " the " + Tokens.Join(rest.AsSpan(1, of - 1)) + " of", of + 1);
            return;
        }
        if (clause.IsBe && rest.Length is > 2 and < 8 && rest[^1].Lower is "long" or "tall" or "high" or "wide" or "deep" or "thick" or "old" && Spans.TryNumber(rest, Words.Approximations.Contains(rest[0].Lower) ? 1 : 0, out _))
            questions.Add(new Question(QuestionRule.Measure, clause.Ask("How " + rest[^1].Lower, [], asker.Vocabulary), Tokens.Join(rest.AsSpan(0, rest.Length - 1)), SpanKind.Number));

        void AddValue(string asked, int value)
        {
            int number = value;
            while (number < rest.Length && (Words.Approximations.Contains(rest[number].Lower) || rest[number].Lower is "more" or "than" or "over")) number++;
            if (number >= rest.Length || !Spans.TryNumber(rest, number, out Span span)) return;
            int end = span.End;
            while (end < rest.Length && rest[end].IsLowerWord && !Words.Prepositions.Contains(rest[end].Lower) && !Words.Conjunctions.Contains(rest[end].Lower) || end < rest.Length && rest[end].Is("per")) end++;
            string text = Tokens.Join([Token.Word(asked), .. asker.Vocabulary.InsideSentence(clause.Subject)]) + "?";
            questions.Add(new Question(QuestionRule.Measure, text, Tokens.Join(rest.AsSpan(value, end - value)), SpanKind.Number));
        }
    }
}

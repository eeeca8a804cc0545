namespace Bonito.Ctga.Rules;

/// <summary>"When", "In which year", "Where" and "Why" questions: they ask for a phrase that the predicate can lose.</summary>
internal static class TimeQuestions
{
    public static void Add(Asker asker, Clause clause, List<Question> questions)
    {
        AddWhen(asker, clause, questions);
        AddWhere(asker, clause, questions);
        if (clause.Reason.Length is > 1 and < 20 && clause.Opening.Length == 0 && !Words.Pointers.Contains(clause.Reason[0].Lower))
            questions.Add(new Question(QuestionRule.Why, clause.Ask("Why", clause.Rest, asker.Vocabulary), Tokens.Join(clause.Reason), SpanKind.Reason));
    }

    static void AddWhen(Asker asker, Clause clause, List<Question> questions)
    {
        if (clause.Opening.Length > 1)
        {
            if (Spans.TryTime(clause.Opening, 1, out Span span) && span.End == clause.Opening.Length && clause.Opening[0].Lower is "in" or "on" or "during")
                AddTime(clause, clause.Opening, span, clause.Rest);
            return;
        }
        Token[] rest = clause.Rest;
        for (int i = 1; i < rest.Length - 1; i++)
        {
            if (rest[i].Lower is not ("in" or "on" or "during") || !Spans.TryTime(rest, i + 1, out Span span)) continue;
            if (span.End < rest.Length && (!Words.Prepositions.Contains(rest[span.End].Lower) || rest[span.End].Lower is "to" or "of" or "until")) return;
            AddTime(clause, rest, span, [.. rest[..i], .. rest[span.End..]]);
            return;
        }

        void AddTime(Clause clause, Token[] tokens, Span span, Token[] kept)
        {
            if (kept.Length == 0 || HasTime(kept) || clause.Finite.Lower is "is" or "are" || clause.IsBe && kept.Length < 2 && !clause.IsPassive) return;
            string last = tokens[span.End - 1].Lower;
            string asked = span.Kind switch
            {
                SpanKind.Year => asker.Pick("When", "In what year", "In which year", "When"),
                SpanKind.Date => tokens[span.Start - 1].Is("on") ? asker.Pick("When", "On what date", "On which date") : "When",
                _ => last == "century" ? asker.Pick("When", "In which century", "During what century") : asker.Pick("When", "In which decade"),
            };
            questions.Add(new Question(QuestionRule.When, clause.Ask(asked, kept, asker.Vocabulary), Tokens.Join(tokens.AsSpan(span.Start, span.Length)), span.Kind));
        }
    }

    static bool HasTime(Token[] tokens)
    {
        for (int i = 0; i < tokens.Length; i++)
            if (Spans.TryTime(tokens, i, out _) || tokens[i].Lower is "years" or "ago" or "when" or "after" or "until") return true;
        return false;
    }

    static void AddWhere(Asker asker, Clause clause, List<Question> questions)
    {
        Token[] rest = clause.Rest;
        int verb = clause.VerbAt;
        bool located = clause.IsBe && rest[verb].Lower is "located" or "situated" or "born" or "buried" or "held" or "found" or "built" or "headquartered"
            or "based" or "educated" or "raised" or "produced" or "opened" or "established" or "founded" or "stored" or "fought" or "signed" or "baptized";
        bool active = clause.Full?.Base is "die" or "live" or "settle" or "move" or "grow" or "study" or "arrive" or "occur" or "originate" or "lie" or "stand" or "begin" or "work";
        if (!located && !active) return;
        int first = located ? verb + 1 : 0;
        for (int i = first; i < Math.Min(rest.Length - 1, first + 3); i++)
        {
            if (rest[i].Lower is not ("in" or "at" or "near" or "to") || rest[i].Is("to") && clause.Full?.Base != "move") continue;
            if (Spans.TryTime(rest, i + 1, out _)) return;
            int end = i + 1;
            while (end < rest.Length && !(rest[end].Lower is "in" or "on" or "during" && end + 1 < rest.Length && Spans.TryTime(rest, end + 1, out _))) end++;
            bool time = end < rest.Length;
            ReadOnlySpan<Token> place = rest.AsSpan(i + 1, end - i - 1);
            if (place.Length is 0 or > 9 || !IsPlace(place)) return;
            if (time && !(Spans.TryTime(rest, end + 1, out Span span) && span.End == rest.Length)) return;
            Token[] opening = clause.Opening.Length > 0 ? [Token.Word(clause.Opening[0].Lower), .. clause.Opening[1..]] : [];
            questions.Add(new Question(QuestionRule.Where, clause.Ask("Where", [.. rest[..i], .. rest[end..], .. opening], asker.Vocabulary), Tokens.Join(place), SpanKind.Place));
            return;
        }
    }

    static bool IsPlace(ReadOnlySpan<Token> tokens)
    {
        bool article = Words.Articles.Contains(tokens[0].Lower);
        if (!article && !tokens[0].IsCapital) return false;
        bool name = false;
        foreach (Token token in tokens)
        {
            if (Words.Subordinators.Contains(token.Lower) || token.Text == ";" || Verbs.IsParticiple(token.Lower) && token.IsLowerWord ||
                token.Lower is "age" or "time" or "order" or "form" or "case" or "way" or "process" or "response" or "by" or "for" or "to" or "as" or "with" or "from" or "war" or "battle" or "beginning" or "end") return false;
            name |= token.IsCapital;
        }
        return name || tokens[^1].Lower is "blood" or "body" or "brain" or "liver" or "kidney" or "heart" or "cell" or "nucleus" or "cytoplasm" or "marrow" or "skin" or "lungs" or "cells" or "muscles" or "neck" or "abdomen" or "chest";
    }
}

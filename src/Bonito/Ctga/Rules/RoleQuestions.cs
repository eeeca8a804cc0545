namespace Bonito.Ctga.Rules;

/// <summary>"Who" and "What" questions for the subject of a clause, and for the doer of a passive one.</summary>
internal static class RoleQuestions
{
    public static void Add(Asker asker, Clause clause, List<Question> questions)
    {
        AddAgent(asker, clause, questions);
        AddSubject(asker, clause, questions);
    }

    static void AddAgent(Asker asker, Clause clause, List<Question> questions)
    {
        if (!clause.IsPassive || clause.Finite.Lower is not ("was" or "were")) return;
        Token[] rest = clause.Rest;
        int verb = clause.VerbAt;
        string participle = rest[verb].Lower;
        string? past = Verbs.PastOf(participle);
        if (past is null || !Verbs.TryFind(participle, out Verb known, out _) || !Verbs.Agentive.Contains(known.Base)) return;
        int by = Array.FindIndex(rest, verb, t => t.Is("by"));
        if (by < 0 || by > verb + 4 || by + 1 >= rest.Length) return;
        Span? agent = Spans.Find(rest).Find(s => s.Start == by + 1) is { Length: > 0 } found ? found : null;
        if (agent is not { Kind: SpanKind.Person or SpanKind.Organisation or SpanKind.Name } name) return;
        if (name.End < rest.Length && !(rest[name.End].Lower is "in" or "on" or "at" or "for")) return;
        Token[] opening = clause.Opening.Length == 0 ? [] : [Token.Word(clause.Opening[0].Lower), .. clause.Opening[1..]];
        Token[] asked = [Token.Word("Who"), Token.Word(past), .. asker.Vocabulary.InsideSentence(clause.Subject), .. rest[(verb + 1)..by], .. rest[name.End..], .. opening];
        questions.Add(new Question(QuestionRule.Agent, Tokens.Join(asked) + "?", Tokens.Join(rest.AsSpan(name.Start, name.Length)), name.Kind == SpanKind.Organisation ? SpanKind.Organisation : SpanKind.Person));
    }

    static void AddSubject(Asker asker, Clause clause, List<Question> questions)
    {
        Token[] subject = clause.Subject, rest = clause.Rest;
        if (rest.Length < 3 || rest.Length > 18 || clause.End == ClauseEnd.Phrase || Array.Exists(rest, t => t.Lower is "its" or "his" or "her" or "their")) return;
        SpanKind? name = Spans.IsName(subject, out SpanKind named) ? named : null;
        bool person = asker.Vocabulary.IsPerson(subject);
        bool human = person || name is null && PhraseQuestions.IsHuman(subject);
        if (!person && (name is SpanKind.Name or SpanKind.Person || name is null && asker.Vocabulary.IsName(subject))) return;
        if (subject.Any(t => t.Is("and")) || subject[0].Lower is "example" or "examples") return;
        if (!human && name is null && MayBeHuman(subject)) return;
        if (clause.IsBe && rest[0].Lower is "a" or "an" or "one" || clause.IsBe && !clause.IsPassive && !rest[0].Is("the")) return;
        if (!human && name is null && !clause.IsPassive && rest.Length < 4) return;
        string asked = (person ? null : name) switch
        {
            SpanKind.Place => subject[^1].Lower is "river" or "city" or "lake" or "island" or "mountain" ? "Which " + subject[^1].Lower : "Which place",
            SpanKind.Organisation => subject.FirstOrDefault(t => t.Lower is "university" or "company" or "museum" or "party" or "church" or "school" or "college" or "bank") is { Text: not null } body ? "Which " + body.Lower : "Which organization",
            _ => human ? "Who" : "What",
        };
        Token[] opening = clause.Opening.Length == 0 ? [] : [Token.Word(clause.Opening[0].Lower), .. clause.Opening[1..]];
        Token[] question = [Token.Word(asked), Token.Word(Singular(clause)), .. rest, .. opening];
        questions.Add(new Question(QuestionRule.Subject, Tokens.Join(question) + "?", Tokens.Join(subject), person ? SpanKind.Person : name ?? SpanKind.Phrase));
    }

    // "What are found in ...": questions with "what" and "who" take the singular.
    static string Singular(Clause clause)
    {
        string finite = clause.Finite.Lower;
        if (clause.Full is { } verb) return finite == verb.Base && finite != verb.Past ? verb.ThirdPerson : finite;
        return finite switch { "are" => "is", "were" => "was", "have" => "has", _ => finite };
    }

    static bool MayBeHuman(ReadOnlySpan<Token> subject)
    {
        int end = 1;
        while (end < subject.Length && !Words.Prepositions.Contains(subject[end].Lower)) end++;
        string head = subject[end - 1].Lower.TrimEnd('s');
        foreach (string suffix in (ReadOnlySpan<string>)["er", "or", "ist", "ian", "man", "men", "ee", "ant", "ent"])
            if (head.EndsWith(suffix, StringComparison.Ordinal) && !head.EndsWith("ment", StringComparison.Ordinal)) return true;
        return false;
    }
}

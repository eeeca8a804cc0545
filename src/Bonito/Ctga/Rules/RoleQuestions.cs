using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>"Who" and "What" for the subject of a clause, and for the doer of a passive one.</summary>
internal static class RoleQuestions
{
    const int FewestRest = 3, MostRest = 18;

    static readonly FrozenSet<string> PlaceNouns = Words.Set("river city lake island mountain province county street bay park district");

    static readonly FrozenSet<string> BodyNouns = Words.Set("university company museum party church school college bank club court army");

    public static void Add(Asker asker, Clause clause)
    {
        AskForDoer(asker, clause);
        AskForSubject(asker, clause);
    }

    // "The chapel was designed by Thomas Hale." -> "Who designed the chapel?"
    static void AskForDoer(Asker asker, Clause clause)
    {
        if (PassiveDoer.Find(clause) is not { } passive) return;
        Token[] question =
        [
            Token.Word("Who"), Token.Word(passive.Verb.Past), .. asker.Vocabulary.InsideSentence(clause.Subject), .. passive.Before,
            .. passive.After, .. clause.OpeningAtEnd,
        ];
        SpanKind kind = passive.Kind == SpanKind.Organisation ? SpanKind.Organisation : SpanKind.Person;
        asker.Add(QuestionRule.Agent, Tokens.Join(question) + "?", passive.Doer, kind);
    }

    static void AskForSubject(Asker asker, Clause clause)
    {
        Token[] subject = clause.Subject, rest = clause.Rest;
        if (rest.Length is < FewestRest or > MostRest || !TellsApart(clause)) return;
        if (Array.Exists(rest, t => Words.Possessives.Contains(t.Lower))) return;
        if (Array.Exists(subject, t => t.Is("and")) || subject[0].Lower is "example" or "examples") return;
        if (Interrogative(asker.Vocabulary, subject) is not ({ } asked, var kind)) return;
        Token[] question = [Token.Word(asked), Token.Word(Singular(clause)), .. rest, .. clause.OpeningAtEnd];
        asker.Add(QuestionRule.Subject, Tokens.Join(question) + "?", subject, kind);
    }

    // "What is a river?" asks for something else than the name of a river.
    static bool TellsApart(Clause clause)
    {
        if (clause.Full?.Base == "include") return false;
        if (!clause.IsBe || clause.IsPassive) return true;
        return clause.Finite.Lower is "is" or "was" && clause.Rest[0].Is("the") && !Array.Exists(clause.Rest, t => t.Is("and"));
    }

    /// <summary>"Who", "What", "Which city", ... and the kind of the answer; null where it is not known which.</summary>
    static (string? Asked, SpanKind Kind) Interrogative(Vocabulary vocabulary, Token[] subject)
    {
        if (vocabulary.IsPerson(subject)) return ("Who", SpanKind.Person);
        bool article = Words.Articles.Contains(subject[0].Lower);
        ReadOnlySpan<Token> name = subject.AsSpan(article ? 1 : 0);
        if (Spans.IsName(subject, out SpanKind kind))
            return kind switch
            {
                SpanKind.Place => ("Which " + (Gazetteer.NounOf(name) ?? PlaceNoun(name[^1].Lower)), kind),
                SpanKind.Organisation => ("Which " + BodyNoun(name), kind),
                SpanKind.Name when article && name.Length > 1 && name[^1].Text[^1] != 's' => ("What", SpanKind.Phrase),
                _ => (null, kind),
            };
        if (vocabulary.IsName(subject)) return (null, kind);
        if (NounPhrase.IsHuman(subject)) return ("Who", SpanKind.Phrase);
        // "The alchemist Robert Boyle"; with an unknown name at the end it may be anybody or anything.
        Span last = Spans.Find(subject).LastOrDefault();
        if (last.Length > 1 && last.End == subject.Length && !Array.Exists(subject, t => Words.Prepositions.Contains(t.Lower)))
            return last.Kind == SpanKind.Person ? ("Who", SpanKind.Phrase) : (null, kind);
        return NounPhrase.MayBeHuman(subject) ? (null, kind) : ("What", SpanKind.Phrase);
    }

    static string PlaceNoun(string last) => PlaceNouns.Contains(last) ? last : "place";

    static string BodyNoun(ReadOnlySpan<Token> name)
    {
        foreach (Token token in name)
            if (BodyNouns.Contains(token.Lower)) return token.Lower;
        return "organization";
    }

    // "What are found in ...": questions with "what" and "who" take the singular.
    static string Singular(Clause clause)
    {
        string finite = clause.Finite.Lower;
        if (clause.Full is { } verb) return finite == verb.Base && finite != verb.Past ? verb.ThirdPerson : finite;
        return finite switch { "are" => "is", "were" => "was", "have" => "has", _ => finite };
    }
}

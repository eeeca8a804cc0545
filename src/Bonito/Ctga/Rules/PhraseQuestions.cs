using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>Questions for what something is, what it is called, what it does something to.</summary>
internal static class PhraseQuestions
{
    const int LongestName = 6, LongestThing = 10, LongestDefinition = 17, LongestDefined = 7;

    /// <summary>Verbs and participles that keep their preposition at the end of a question.</summary>
    static readonly FrozenSet<string> Stranding = Words.Set(
        "consist_of depend_on refer_to lead_to result_in belong_to contribute_to focus_on deal_with rely_on respond_to relate_to feed_on " +
        "specialize_in participate_in originate_from emerge_from suffer_from arise_from apply_to attach_to bind_to composed_of made_of " +
        "made_from named_after named_for known_for based_on derived_from associated_with surrounded_by caused_by covered_by followed_by " +
        "replaced_by characterized_by controlled_by connected_to related_to linked_to divided_into used_for formed_by famous_for " +
        "responsible_for converted_into opposed_to dedicated_to influenced_by inspired_by produced_by regulated_by measured_in attached_to");

    /// <summary>After an article: words that say little about what something is.</summary>
    static readonly FrozenSet<string> Empty = Words.Set("result example case matter lot reason only first last most bit problem same");

    public static void Add(Asker asker, Clause clause)
    {
        if (clause.Rest.Length == 0 || clause.Opening.Length > 0) return;
        AskForName(asker, clause);
        AskForDefinition(asker, clause);
        AskForObject(asker, clause);
        AskForPrepositionalObject(asker, clause);
    }

    // "is called", "is also known as", "are referred to as"
    static void AskForName(Asker asker, Clause clause)
    {
        Token[] rest = clause.Rest;
        if (!clause.IsBe) return;
        int verb = clause.VerbAt;
        int start = rest[verb].Lower switch
        {
            "called" or "named" or "termed" or "nicknamed" => verb + 1,
            "known" when Has(verb + 1, "as") => verb + 2,
            "referred" when Has(verb + 1, "to") && Has(verb + 2, "as") => verb + 3,
            _ => rest.Length,
        };
        if (start >= rest.Length || rest.Length - start > LongestName || NounPhrase.HasClause(rest.AsSpan(start))) return;
        if (Words.Prepositions.Contains(rest[start].Lower) || rest[start].Is("to")) return;
        asker.Add(QuestionRule.Called, asker.Invert("What", clause, rest.AsSpan(0, start)), rest.AsSpan(start), SpanKind.Phrase);

        bool Has(int at, string word) => at < rest.Length && rest[at].Is(word);
    }

    static void AskForDefinition(Asker asker, Clause clause)
    {
        Token[] rest = clause.Rest;
        if (clause.Finite.Lower is not ("is" or "was") || rest.Length is < 3 or > LongestDefinition) return;
        if (rest[0].Is("defined") && rest[1].Is("as"))
        {
            asker.Add(QuestionRule.Definition, asker.Invert("How", clause, rest[0]), rest.AsSpan(2), SpanKind.Phrase);
            return;
        }
        bool noun = Words.Articles.Contains(rest[0].Lower) || rest[0].Is("one") && rest[1].Is("of");
        // "the largest of them": says which, not what.
        bool superlative = rest[1].Lower.EndsWith("est", StringComparison.Ordinal) && Words.Prepositions.Contains(rest[2].Lower);
        if (!noun || Empty.Contains(rest[1].Lower) || superlative || clause.Subject.Length > LongestDefined) return;
        bool human = NounPhrase.IsHuman(rest);
        bool person = asker.Vocabulary.IsPerson(clause.Subject) || NounPhrase.IsHuman(clause.Subject);
        // A name that could be anything is a person's if what it is said to be is human.
        if (human ? !person && !asker.Vocabulary.IsName(clause.Subject) : person) return;
        asker.Add(QuestionRule.Definition, asker.Invert(human ? "Who" : "What", clause), rest, SpanKind.Phrase);
    }

    static void AskForObject(Asker asker, Clause clause)
    {
        Token[] rest = clause.Rest;
        if (clause.Full is not { } verb || !Verbs.WithObject.Contains(verb.Base)) return;
        int end = TimeQuestions.PhraseAt(rest, 0, out _);
        ReadOnlySpan<Token> thing = rest.AsSpan(0, end);
        if (!IsThing(thing) || NounPhrase.IsHuman(thing) || HasNumberOrPerson(thing)) return;
        asker.Add(QuestionRule.Object, asker.Invert("What", clause, rest.AsSpan(end)), thing, SpanKind.Phrase);
    }

    static void AskForPrepositionalObject(Asker asker, Clause clause)
    {
        Token[] rest = clause.Rest;
        int at = clause.Full is null ? clause.VerbAt + 1 : 0;
        if (clause.Full is null && !clause.IsBe || at + 1 >= rest.Length) return;
        string verb = clause.Full?.Base ?? rest[at - 1].Lower;
        if (!Stranding.Contains(verb + "_" + rest[at].Lower) || TimeQuestions.PhraseAt(rest, at, out _) < rest.Length) return;
        ReadOnlySpan<Token> thing = rest.AsSpan(at + 1);
        if (!IsThing(thing)) return;
        bool human = NounPhrase.IsHuman(thing) || Spans.Find(thing) is [{ Start: 0, Kind: SpanKind.Person }, ..];
        if (human && rest[at].Lower is not ("by" or "after")) return;
        asker.Add(QuestionRule.Preposition, asker.Invert(human ? "Who" : "What", clause, rest.AsSpan(0, at + 1)), thing, SpanKind.Phrase);
    }

    static bool IsThing(ReadOnlySpan<Token> phrase) =>
        phrase.Length is > 0 and <= LongestThing && NounPhrase.CanStart(phrase[0]) && !NounPhrase.HasClause(phrase) && !HasWith(phrase);

    // "provided Grant with more troops": two things.
    static bool HasWith(ReadOnlySpan<Token> phrase)
    {
        foreach (Token token in phrase)
            if (token.Lower is "with" or "to" or "into" or "as") return true;
        return false;
    }

    static bool HasNumberOrPerson(ReadOnlySpan<Token> phrase) => Spans.Find(phrase).Exists(s => s.Kind is SpanKind.Number or SpanKind.Person);
}

using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>Questions for what something is, what it is called, what it does something to.</summary>
internal static class PhraseQuestions
{
    /// <summary>Verbs and participles that keep their preposition at the end of a question.</summary>
    static readonly FrozenSet<string> Stranding = Words.Set(
        "consist_of depend_on refer_to lead_to result_in belong_to contribute_to focus_on deal_with rely_on respond_to relate_to feed_on specialize_in " +
        "participate_in originate_from emerge_from suffer_from arise_from apply_to attach_to bind_to " +
        "composed_of made_of made_from named_after named_for known_for based_on derived_from associated_with surrounded_by caused_by covered_by " +
        "followed_by replaced_by characterized_by controlled_by connected_to related_to linked_to divided_into used_for formed_by famous_for " +
        "responsible_for converted_into opposed_to dedicated_to influenced_by inspired_by produced_by regulated_by measured_in attached_to broken_into");

    public static void Add(Asker asker, Clause clause, List<Question> questions)
    {
        if (clause.Rest.Length == 0 || clause.Opening.Length > 0 || clause.End == ClauseEnd.Phrase) return;
        AddCalled(asker, clause, questions);
        AddDefinition(asker, clause, questions);
        AddObject(asker, clause, questions);
        AddPreposition(asker, clause, questions);
    }

    static void AddCalled(Asker asker, Clause clause, List<Question> questions)
    {
        Token[] rest = clause.Rest;
        int verb = clause.VerbAt;
        if (!clause.IsBe) return;
        int end = rest[verb].Lower is "called" or "named" or "termed" or "nicknamed" ? verb + 1 : rest[verb].Is("known") || rest[verb].Is("referred") ? verb + 2 : 0;
        if (rest[verb].Is("referred") && end + 1 < rest.Length && rest[verb + 1].Is("to") && rest[verb + 2].Is("as")) end = verb + 3;
        else if (end == verb + 2 && (end >= rest.Length || !rest[verb + 1].Is("as"))) return;
        if (end == 0 || end >= rest.Length || rest[end].Lower is "by" or "for" or "after" or "to" or "in" or "on" || rest.Length - end > 6 || HasClauseWord(rest.AsSpan(end))) return;
        questions.Add(new Question(QuestionRule.Called, clause.Ask("What", rest.AsSpan(0, end), asker.Vocabulary), Tokens.Join(rest.AsSpan(end)), SpanKind.Phrase));
    }

    static void AddDefinition(Asker asker, Clause clause, List<Question> questions)
    {
        Token[] rest = clause.Rest;
        if (!clause.IsBe || rest.Length < 3 || rest.Length > 17) return;
        if (rest[0].Is("defined") && rest[1].Is("as"))
        {
            questions.Add(new Question(QuestionRule.Definition, clause.Ask(asker.Pick("How", "What"), clause.Finite.Is("is") ? rest.AsSpan(0, 1) : rest.AsSpan(0, 1), asker.Vocabulary).Replace("What is", "How is", StringComparison.Ordinal), Tokens.Join(rest.AsSpan(2)), SpanKind.Phrase));
            return;
        }
        if (!(Words.Articles.Contains(rest[0].Lower) || rest[0].Is("one") && rest[1].Is("of")) || clause.Finite.Lower is "are" or "were") return;
        if (clause.Subject.Length > 7 || rest[1].Lower is "result" or "example" or "case" or "matter" or "lot" or "reason" or "same" or "only" or "first" or "most") return;
        bool human = IsHuman(rest);
        bool named = asker.Vocabulary.IsPerson(clause.Subject);
        if (human != named && (human || named)) return;
        questions.Add(new Question(QuestionRule.Definition, clause.Ask(human ? "Who" : "What", [], asker.Vocabulary), Tokens.Join(rest), SpanKind.Phrase));
    }

    static void AddObject(Asker asker, Clause clause, List<Question> questions)
    {
        Token[] rest = clause.Rest;
        if (clause.Full is not { } verb || !Verbs.WithObject.Contains(verb.Base) || rest.Length is 0 or > 12) return;
        int end = 0;
        while (end < rest.Length && !(rest[end].Lower is "in" or "on" or "during" && end + 1 < rest.Length && Spans.TryTime(rest, end + 1, out _))) end++;
        ReadOnlySpan<Token> thing = rest.AsSpan(0, end);
        if (thing.Length is 0 or > 10 || !StartsNounPhrase(thing[0]) || IsHuman(thing) || HasClauseWord(thing) || Spans.Find(thing).Exists(s => s.Kind is SpanKind.Number or SpanKind.Person)) return;
        questions.Add(new Question(QuestionRule.Object, clause.Ask("What", rest.AsSpan(end), asker.Vocabulary), Tokens.Join(thing), SpanKind.Phrase));
    }

    static void AddPreposition(Asker asker, Clause clause, List<Question> questions)
    {
        Token[] rest = clause.Rest;
        int at;
        string key;
        if (clause.Full is { } verb) (at, key) = (0, verb.Base + "_" + rest[0].Lower);
        else
        {
            at = clause.VerbAt + 1;
            if (!clause.IsBe || at >= rest.Length) return;
            key = rest[at - 1].Lower + "_" + rest[at].Lower;
        }
        if (!Stranding.Contains(key) || at + 1 >= rest.Length) return;
        int end = at + 1;
        while (end < rest.Length && !(rest[end].Lower is "in" or "on" or "during" && end + 1 < rest.Length && Spans.TryTime(rest, end + 1, out _))) end++;
        if (end < rest.Length) return;
        ReadOnlySpan<Token> thing = rest.AsSpan(at + 1);
        if (thing.Length > 10 || !StartsNounPhrase(thing[0]) || HasClauseWord(thing)) return;
        bool human = IsHuman(thing) || Spans.Find(thing) is [{ Start: 0, Kind: SpanKind.Person }, ..];
        if (human && !key.EndsWith("_by", StringComparison.Ordinal) && !key.EndsWith("_after", StringComparison.Ordinal)) return;
        questions.Add(new Question(QuestionRule.Preposition, clause.Ask(human ? "Who" : "What", rest.AsSpan(0, at + 1), asker.Vocabulary), Tokens.Join(thing), SpanKind.Phrase));
    }

    static bool StartsNounPhrase(Token token) =>
        token.Lower is "the" or "a" or "an" or "some" or "many" or "several" or "both" or "various" or "different" or "its" ||
        token.IsCapital || token.IsLowerWord && !Words.Prepositions.Contains(token.Lower) && !Words.Pronouns.Contains(token.Lower) &&
        !Words.Subordinators.Contains(token.Lower) && !Words.MidAdverbs.Contains(token.Lower) && !Words.Determiners.Contains(token.Lower) &&
        !token.Lower.EndsWith("ly", StringComparison.Ordinal) && !token.Lower.EndsWith("ing", StringComparison.Ordinal) && token.Lower is not ("up" or "out" or "off" or "down" or "away" or "back" or "to");

    static bool HasClauseWord(ReadOnlySpan<Token> tokens)
    {
        foreach (Token token in tokens)
            if (Words.Subordinators.Contains(token.Lower) || Words.Be.Contains(token.Lower) || Words.Modals.Contains(token.Lower) && token.IsLowerWord || token.Text == ";") return true;
        return false;
    }

    public static bool IsHuman(ReadOnlySpan<Token> phrase)
    {
        foreach (Token token in phrase)
        {
            if (Words.Humans.Contains(token.Lower)) return true;
            if (Words.Prepositions.Contains(token.Lower)) return false;
        }
        return false;
    }
}

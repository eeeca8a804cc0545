using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>"Where": a phrase of place after a verb that calls for one.</summary>
internal static class PlaceQuestions
{
    const int LongestPlace = 9;

    static readonly FrozenSet<string> Placed = Words.Set(
        "located situated born buried held found built headquartered based educated raised produced opened established founded stored " +
        "fought signed baptized grown crowned killed published stationed");

    static readonly FrozenSet<string> Placing = Words.Set(
        "die live settle move grow study arrive occur originate lie stand begin work teach meet perform");

    static readonly FrozenSet<string> BodyParts = Words.Set(
        "blood body brain liver kidney heart cell nucleus cytoplasm marrow skin lungs cells muscles neck abdomen chest stomach bone cord");

    /// <summary>Nouns after "in" and "at" that are no places, and words that no phrase of place goes on with.</summary>
    static readonly FrozenSet<string> Unplaced = Words.Set(
        "age time order form case way process response by for to as with from war battle beginning end years days rate cost expense risk");

    public static void Add(Asker asker, Clause clause)
    {
        Token[] rest = clause.Rest;
        bool placed = clause.IsBe && Placed.Contains(rest[clause.VerbAt].Lower);
        if (!placed && !(clause.Full is { } verb && Placing.Contains(verb.Base))) return;
        int first = placed ? clause.VerbAt + 1 : 0;
        for (int at = first; at < Math.Min(rest.Length - 1, first + 2); at++)
        {
            bool opens = rest[at].Lower is "in" or "at" or "near" || rest[at].Is("to") && clause.Full?.Base == "move";
            if (!opens) continue;
            int end = TimeQuestions.PhraseAt(rest, at, out Span time);
            ReadOnlySpan<Token> place = rest.AsSpan(at + 1, Math.Max(0, end - at - 1));
            if (!IsPlace(place) || end < rest.Length && time.End != rest.Length) return;
            string question = asker.Invert("Where", clause, [.. rest[..at], .. rest[end..], .. clause.OpeningAtEnd]);
            asker.Add(QuestionRule.Where, question, place, SpanKind.Place);
            return;
        }
    }

    static bool IsPlace(ReadOnlySpan<Token> tokens)
    {
        if (tokens.Length is 0 or > LongestPlace || !Words.Articles.Contains(tokens[0].Lower) && !tokens[0].IsCapital) return false;
        bool named = false;
        foreach (Token token in tokens)
        {
            if (Words.Subordinators.Contains(token.Lower) || Unplaced.Contains(token.Lower)) return false;
            if (token.IsLowerWord && Verbs.IsParticiple(token.Lower)) return false;
            named |= token.IsCapital;
        }
        return named || BodyParts.Contains(tokens[^1].Lower);
    }
}

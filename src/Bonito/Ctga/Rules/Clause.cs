namespace Bonito.Ctga.Rules;

/// <summary>How a clause ends in its sentence.</summary>
internal enum ClauseEnd
{
    /// <summary>With the sentence.</summary>
    Sentence,

    /// <summary>Before another clause.</summary>
    Clause,

    /// <summary>Before an apposition to its last phrase.</summary>
    Apposition,
}

/// <summary>
/// A finite, affirmative clause: subject, finite verb, the rest of the predicate; and an opening phrase of time or place.
/// </summary>
internal sealed record Clause
{
    /// <summary>"In 1990" of "In 1990, the town grew."; empty for none.</summary>
    public required Token[] Opening { get; init; }

    public required Token[] Subject { get; init; }

    /// <summary>The finite verb: an auxiliary, a form of "be", or another verb.</summary>
    public required Token Finite { get; init; }

    /// <summary>The finite verb where questions need "do"; null for auxiliaries and "be".</summary>
    public required Verb? Full { get; init; }

    /// <summary>The predicate after the finite verb; empty only for a full verb without object ("The factory closed").</summary>
    public required Token[] Rest { get; init; }

    /// <summary>What follows "because", "because of" or "due to"; empty for none.</summary>
    public required Token[] Reason { get; init; }

    public required ClauseEnd End { get; init; }

    public bool IsBe => Words.Be.Contains(Finite.Lower);

    /// <summary>Whether the predicate is in the passive voice ("was built in ...").</summary>
    public bool IsPassive => IsBe && Verbs.IsParticiple(Rest[VerbAt].Lower);

    /// <summary>Index in <see cref="Rest"/> after leading adverbs.</summary>
    public int VerbAt
    {
        get
        {
            int i = 0;
            while (i < Rest.Length - 1 && Words.IsMidAdverb(Rest[i].Lower)) i++;
            return i;
        }
    }

    /// <summary>The opening as it stands at the end of a sentence.</summary>
    public Token[] OpeningAtEnd =>
        Opening.Length == 0 ? Opening : [new Token(Opening[0].Lower, Opening[0].Lower, true), .. Opening[1..]];

    /// <summary>The clause as a sentence of its own, its opening moved to the end.</summary>
    public Token[] ToStatement() => [Raised(Subject[0]), .. Subject[1..], Finite with { Spaced = true }, .. Rest, .. OpeningAtEnd];

    /// <summary>The question that <paramref name="asked"/> opens ("When", "In which year"), or a yes-no question for null.</summary>
    /// <remarks><paramref name="rest"/> is the predicate without the part that is asked for.</remarks>
    public string Ask(string? asked, ReadOnlySpan<Token> rest, Vocabulary vocabulary)
    {
        string auxiliary = Full is null ? Finite.Lower : FormOfDo(Full);
        string opening = asked is null ? char.ToUpperInvariant(auxiliary[0]) + auxiliary[1..] : asked + " " + auxiliary;
        Token[] verb = Full is null ? Tokens.None : [Token.Word(Full.Base)];
        return Tokens.Join([Token.Word(opening), .. vocabulary.InsideSentence(Subject), .. verb, .. rest]) + "?";
    }

    string FormOfDo(Verb verb) => verb.Past == Finite.Lower ? "did" : verb.ThirdPerson == Finite.Lower ? "does" : "do";

    static Token Raised(Token token) => token with { Text = char.ToUpperInvariant(token.Text[0]) + token.Text[1..] };
}

namespace Bonito.Ctga.Rules;

/// <summary>The rule that a question was made by; rules take turns so that none dominates.</summary>
internal enum QuestionRule
{
    When,
    Where,
    HowMany,
    Measure,
    Definition,
    Subject,
    Agent,
    Object,
    Preposition,
    Called,
    Why,
}

/// <summary>A question that a clause answers with words of its own; distractors need the kind of the answer.</summary>
internal sealed record Question(QuestionRule Rule, string Text, string Answer, SpanKind Kind);

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

/// <summary>Asks everything that a clause answers for certain.</summary>
internal sealed class Asker(Vocabulary vocabulary, Random random)
{
    const int LongestQuestion = 24, LongestAnswer = 18;

    public List<Question> Ask(Clause clause, string sentence)
    {
        List<Question> questions = [];
        if (!vocabulary.Knows(clause.Subject)) return questions;
        TimeQuestions.Add(this, clause, questions);
        NumberQuestions.Add(this, clause, questions);
        PhraseQuestions.Add(this, clause, questions);
        RoleQuestions.Add(this, clause, questions);
        questions.RemoveAll(q => !IsSound(q, sentence));
        return questions;
    }

    public Vocabulary Vocabulary => vocabulary;

    public string Pick(params ReadOnlySpan<string> wordings) => wordings[random.Next(wordings.Length)];

    static bool IsSound(Question question, string sentence)
    {
        if (question.Answer.Length == 0 || Count(question.Text) > LongestQuestion || Count(question.Answer) > LongestAnswer) return false;
        return sentence.Contains(question.Answer, StringComparison.Ordinal) &&
            !question.Text.Contains(question.Answer, StringComparison.OrdinalIgnoreCase);
    }

    static int Count(string text) => text.AsSpan().Count(' ') + 1;
}

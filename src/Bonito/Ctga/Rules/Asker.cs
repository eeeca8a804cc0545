namespace Bonito.Ctga.Rules;

/// <summary>Asks everything that a clause answers for certain.</summary>
internal sealed class Asker(Vocabulary vocabulary, Random random)
{
    const int LongestQuestion = 24, LongestAnswer = 18;

    readonly List<Question> asked = [];

    public Vocabulary Vocabulary => vocabulary;

    /// <summary>Sound questions about a clause of this sentence.</summary>
    public Question[] Ask(Clause clause, string sentence)
    {
        if (!vocabulary.Knows(clause.Subject)) return [];
        asked.Clear();
        TimeQuestions.Add(this, clause);
        PlaceQuestions.Add(this, clause);
        NumberQuestions.Add(this, clause);
        PhraseQuestions.Add(this, clause);
        RoleQuestions.Add(this, clause);
        return [.. asked.Where(q => IsSound(q, sentence))];
    }

    public void Add(QuestionRule rule, string text, ReadOnlySpan<Token> answer, SpanKind kind) =>
        asked.Add(new Question(rule, text, Tokens.Join(answer), kind));

    /// <summary>The question that <paramref name="opening"/> opens about the clause, its predicate cut to <paramref name="rest"/>.</summary>
    public string Invert(string opening, Clause clause, params ReadOnlySpan<Token> rest) => clause.Ask(opening, rest, vocabulary);

    public string Pick(params ReadOnlySpan<string> wordings) => wordings[random.Next(wordings.Length)];

    // The answer stands in the sentence, the question does not hold it.
    static bool IsSound(Question question, string sentence) =>
        question.Answer.Length > 0 && Count(question.Text) <= LongestQuestion && Count(question.Answer) <= LongestAnswer &&
        sentence.Contains(question.Answer, StringComparison.Ordinal) &&
        !question.Text.Contains(question.Answer, StringComparison.OrdinalIgnoreCase);

    static int Count(string text) => text.AsSpan().Count(' ') + 1;
}

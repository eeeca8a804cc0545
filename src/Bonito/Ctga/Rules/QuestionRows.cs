using Bonito.Tasks;

namespace Bonito.Ctga.Rules;

/// <summary>Rows that ask what a sentence answers: exqa, qa, qg and mcqa.</summary>
internal sealed class QuestionRows(DocumentIndex index, Random random)
{
    const int Distractors = 3;
    const double SubjectShare = 0.5;

    readonly Dictionary<QuestionRule, int> turns = [];

    public RuleRow? Open(TaskType type, Passage passage, HashSet<string> used)
    {
        foreach (Question question in ByTurn(passage, used))
        {
            if (!passage.Text.Contains(question.Answer, StringComparison.Ordinal)) continue;
            Take(question, used);
            return new RuleRow(type, new Dictionary<string, string>
            {
                ["context"] = passage.Text,
                ["question"] = question.Text,
                ["answer"] = question.Answer,
            });
        }
        return null;
    }

    public RuleRow? Choice(TaskType type, Passage passage, HashSet<string> used)
    {
        foreach (Question question in ByTurn(passage, used))
        {
            List<string> choices = [question.Answer];
            while (choices.Count <= Distractors && DrawDistractor(question, choices) is { } other) choices.Add(other);
            if (choices.Count <= Distractors) continue;
            Take(question, used);
            string[] shuffled = [.. choices];
            random.Shuffle(shuffled);
            return new RuleRow(type, new Dictionary<string, string>
            {
                ["context"] = passage.Text,
                ["question"] = question.Text,
                ["choices"] = string.Join('\n', shuffled),
                ["answer"] = question.Answer,
            });
        }
        return null;
    }

    Question[] ByTurn(Passage passage, HashSet<string> used) =>
        passage.Sentences.SelectMany(s => s.Questions).Where(q => !used.Contains(q.Text) && !Prevails(q.Rule))
            .Select(q => (Question: q, Turn: turns.GetValueOrDefault(q.Rule) + random.NextDouble()))
            .OrderBy(q => q.Turn).Select(q => q.Question).ToArray();

    // Nearly every clause has a subject to ask for; the others must keep up.
    bool Prevails(QuestionRule rule) =>
        rule == QuestionRule.Subject && turns.GetValueOrDefault(rule) > 1 + SubjectShare * (turns.Values.Sum() - turns.GetValueOrDefault(rule));

    void Take(Question question, HashSet<string> used)
    {
        used.Add(question.Text);
        turns[question.Rule] = turns.GetValueOrDefault(question.Rule) + 1;
    }

    // Phrases of about the same length, with a name in all or none.
    static bool AreAlike(string one, string other)
    {
        int length = one.AsSpan().Count(' ') + 1, wanted = other.AsSpan().Count(' ') + 1;
        return length <= 2 * wanted + 1 && wanted <= 2 * length + 1 && HasName(one) == HasName(other);
    }

    static bool Overlap(string one, string other) =>
        one.Contains(other, StringComparison.OrdinalIgnoreCase) || other.Contains(one, StringComparison.OrdinalIgnoreCase);

    static bool HasName(string phrase) => phrase.AsSpan(1).ContainsAnyInRange('A', 'Z');

    string? DrawDistractor(Question question, List<string> taken)
    {
        Pool pool = question.Kind is SpanKind.Phrase ? index.AnswersLike(question) : index.Spans(question.Kind);
        return pool.DrawNear(question.Answer, random, other =>
            !question.Text.Contains(other, StringComparison.OrdinalIgnoreCase) &&
            !taken.Exists(t => Overlap(t, other)) &&
            (question.Kind is not SpanKind.Place || Gazetteer.NounOf(other) == Gazetteer.NounOf(question.Answer)) &&
            (question.Kind is SpanKind.Phrase ? AreAlike(other, question.Answer) : Alteration.SameShape(other, question.Answer)));
    }
}

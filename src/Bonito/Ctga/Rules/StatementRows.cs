using Bonito.Tasks;

namespace Bonito.Ctga.Rules;

/// <summary>Rows about whether a statement follows from the passage: ynqa, nli and te. Labels take turns, so they are balanced.</summary>
internal sealed class StatementRows(DocumentIndex index, Random random)
{
    const int MostDraws = 12;

    static readonly string[] InferenceLabels = ["entailment", "neutral", "contradiction"];

    readonly Alteration alteration = new(index, random);
    readonly Rewording rewording = new(index.Vocabulary, random);
    int yesNoTurn = random.Next(2), inferenceTurn = random.Next(3), entailmentTurn = random.Next(2);

    public RuleRow? YesNo(TaskType type, Passage passage, HashSet<string> used)
    {
        bool yes = yesNoTurn % 2 == 0;
        foreach (Sentence sentence in Candidates(passage, used))
        {
            // Only clauses that could be made false are asked about, or else those that cannot would always be true.
            Clause clause = sentence.Clause!;
            if (!IsAskable(clause) || alteration.TryAlter(clause, passage.Text) is not { } altered) continue;
            Clause asked = yes ? clause : altered;
            yesNoTurn++;
            used.Add(sentence.Text);
            return new RuleRow(type, new Dictionary<string, string>
            {
                ["context"] = passage.Text,
                ["question"] = asked.Ask(null, asked.Rest, index.Vocabulary),
                ["answer"] = yes ? "Yes" : "No",
            });
        }
        return null;
    }

    // "May the town grow?" asks for leave.
    bool IsAskable(Clause clause) =>
        clause.Opening.Length == 0 && clause.Finite.Lower is not ("may" or "might") && index.Vocabulary.Knows(clause.Subject);

    public RuleRow? Inference(TaskType type, Passage passage, HashSet<string> used)
    {
        string label = InferenceLabels[inferenceTurn % 3];
        if (Hypothesis(label, passage, used) is not { } hypothesis) return null;
        inferenceTurn++;
        return Row(type, passage, hypothesis, label);
    }

    public RuleRow? Entailment(TaskType type, Passage passage, HashSet<string> used)
    {
        bool follows = entailmentTurn % 2 == 0;
        string label = follows ? "entailment" : "contradiction";
        string? neutral = entailmentTurn % 4 == 1 ? NeutralStatement(passage) : null;
        if ((neutral ?? Hypothesis(label, passage, used)) is not { } hypothesis) return null;
        entailmentTurn++;
        return Row(type, passage, hypothesis, follows ? "entailment" : "not_entailment");
    }

    static RuleRow Row(TaskType type, Passage passage, string hypothesis, string label) => new(type, new Dictionary<string, string>
    {
        ["context"] = passage.Text,
        ["hypothesis"] = hypothesis,
        ["label"] = label,
    });

    string? Hypothesis(string label, Passage passage, HashSet<string> used)
    {
        if (label == "neutral") return NeutralStatement(passage);
        foreach (Sentence sentence in Candidates(passage, used))
        {
            Clause clause = sentence.Clause!;
            if (alteration.TryAlter(clause, passage.Text) is not { } altered) continue;
            used.Add(sentence.Text);
            return rewording.ToStatement(label == "entailment" ? clause : altered);
        }
        return null;
    }

    // A statement of another paragraph that shares a name with the passage but little else.
    string? NeutralStatement(Passage passage)
    {
        string[] names = [.. passage.Sentences.SelectMany(s => s.Tokens.Skip(1)).Where(t => t.IsCapital).Select(t => t.Text).Distinct()];
        if (names.Length == 0) return null;
        HashSet<string> words = [.. passage.Sentences.SelectMany(s => s.Tokens).Where(Words.IsContent).Select(t => t.Lower)];
        for (int i = 0; i < MostDraws; i++)
        {
            IReadOnlyList<int> holders = index.StatementsWith(names[random.Next(names.Length)]);
            if (holders.Count == 0) continue;
            (Sentence sentence, int paragraph) = index.Sentences[holders[random.Next(holders.Count)]];
            if (paragraph == passage.Paragraph) continue;
            Token[] content = [.. sentence.Clause!.ToStatement().Where(Words.IsContent)];
            if (content.Length < 3 || content.Count(t => words.Contains(t.Lower)) * 2 > content.Length) continue;
            return rewording.ToStatement(sentence.Clause);
        }
        return null;
    }

    Sentence[] Candidates(Passage passage, HashSet<string> used)
    {
        Sentence[] candidates = [.. passage.Sentences.Where(s => s.Clause is not null && !used.Contains(s.Text))];
        random.Shuffle(candidates);
        return candidates;
    }
}

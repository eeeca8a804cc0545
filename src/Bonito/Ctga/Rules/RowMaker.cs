using Bonito.Tasks;

namespace Bonito.Ctga.Rules;

/// <summary>Makes a handful of rows for each passage; the task type and the question rule that had fewest turns go first.</summary>
internal sealed class RowMaker
{
    const int FewestRows = 2, MostRows = 4;

    /// <summary>Types from here on need nothing but sentences, so they must wait for the others lest they prevail.</summary>
    const int FirstOfPassage = 8;

    /// <summary>The types, from the first, whose turns the others must wait for: all that clauses yield.</summary>
    const int Others = 7;

    readonly Random random;
    readonly QuestionRows questions;
    readonly StatementRows statements;
    readonly PassageRows passages;
    readonly ReferenceRows references;
    readonly (TaskType Type, double Weight)[] types;
    readonly double[] turns;

    public RowMaker(DocumentIndex index, Random random)
    {
        this.random = random;
        questions = new QuestionRows(index, random);
        statements = new StatementRows(index, random);
        passages = new PassageRows(index, random);
        references = new ReferenceRows(index, random);
        types =
        [
            (TaskType.ExtractiveQuestionAnswering, 1.5),
            (TaskType.QuestionAnsweringWithoutChoices, 1),
            (TaskType.QuestionGeneration, 1),
            (TaskType.MultipleChoiceQuestionAnswering, 1.2),
            (TaskType.YesNoQuestionAnswering, 1.2),
            (TaskType.NaturalLanguageInference, 1.2),
            (TaskType.TextualEntailment, 0.7),
            (TaskType.CoreferenceResolution, 0.7),
            (TaskType.SentenceCompletion, 0.7),
            (TaskType.Summarization, 0.5),
            (TaskType.TopicClassification, 0.5),
            (TaskType.TextGeneration, 0.3),
        ];
        turns = [.. types.Select(_ => random.NextDouble())];
    }

    public IEnumerable<RuleRow> Make(Passage passage)
    {
        int wanted = random.Next(FewestRows, MostRows + 1);
        HashSet<string> used = [];
        foreach (int type in Enumerable.Range(0, types.Length).OrderBy(i => (turns[i] + random.NextDouble()) / types[i].Weight).ToArray())
        {
            if (wanted == 0) yield break;
            if (type >= FirstOfPassage && IsAhead(type)) continue;
            if (TryMake(types[type].Type, passage, used) is not { } row) continue;
            turns[type]++;
            wanted--;
            yield return row;
        }
    }

    bool IsAhead(int type) =>
        turns[type] / types[type].Weight > 1 + Enumerable.Range(0, Others).Average(i => turns[i] / types[i].Weight);

    RuleRow? TryMake(TaskType type, Passage passage, HashSet<string> used) => type.ShortName switch
    {
        "exqa" or "qa" or "qg" => questions.Open(type, passage, used),
        "mcqa" => questions.Choice(type, passage, used),
        "ynqa" => statements.YesNo(type, passage, used),
        "nli" => statements.Inference(type, passage, used),
        "te" => statements.Entailment(type, passage, used),
        "coref" => references.Make(type, passage),
        "sent_comp" => passages.Completion(type, passage),
        "summarization" => PassageRows.Summary(type, passage),
        "topic_class" => passages.Topic(type, passage),
        _ => PassageRows.Continuation(type, passage),
    };
}

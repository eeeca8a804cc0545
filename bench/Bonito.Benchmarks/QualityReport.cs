using System.Text.Json;
using Bonito.Evaluation;
using Bonito.Tasks;

namespace Bonito.Benchmarks;

/// <summary>All measures of a model: what <c>quality.json</c> holds and tables are made of.</summary>
/// <param name="Model">As it was named.</param>
/// <param name="Contexts">SHA-256 over the ids of the passages: only reports about the same ones are compared.</param>
/// <param name="Constrained">Whether the model was kept to what can become a task.</param>
/// <param name="FrequencyPenalty">0 in reports that do not say.</param>
sealed record QualityReport(
    string Model, long Parameters, int Vocabulary, string Contexts, bool Constrained, float FrequencyPenalty, IReadOnlyList<TaskMeasures> Tasks, HeldOut? HeldOut,
    long PromptTokens, double PromptRate, long GeneratedTokens, double GenerationRate)
{
    static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    public void Save(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Indented) + "\n");

    /// <exception cref="BonitoException">There is no such file, or it holds something else.</exception>
    public static QualityReport Load(string path)
    {
        try
        {
            return JsonSerializer.Deserialize<QualityReport>(File.ReadAllText(path), Indented)!;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new BonitoException($"{path} is not a report of this benchmark: {e.Message} Give the quality.json that it wrote.", e);
        }
    }
}

/// <summary>Measures of the completions for one task type, about the passages of one set or of all.</summary>
/// <param name="TaskName">Short name of the task type.</param>
/// <param name="Verbatim">exqa: answers that are spans of the passage.</param>
/// <param name="Labels">ynqa and nli: parsed answers of each class, in the order of the classes, and of <see cref="NoLabel"/>.</param>
/// <param name="DistinctInputs">Different inputs among the parsed, passage taken out.</param>
/// <param name="Distinct1">Of the questions: the inputs with the passage taken out; for qg the outputs.</param>
/// <param name="RoundTrip">exqa only.</param>
sealed record TaskMeasures(
    string Set, string TaskName, int Asked, int Parsed, int? Verbatim, IReadOnlyDictionary<string, int>? Labels, int DistinctInputs, double? Distinct1, double? Distinct2,
    RoundTrip? RoundTrip)
{
    public const string AllSets = "all three";
    public const string NoLabel = "other";

    /// <param name="tasks">Of one task type; where a round trip was made, <paramref name="again"/> has the parsed ones among them with its answers.</param>
    public static TaskMeasures Of(string set, IReadOnlyList<QualityTask> tasks, IReadOnlyList<QualityTask> again)
    {
        TaskType taskType = tasks[0].TaskType;
        QualityTask[] parsed = [.. tasks.Where(task => task.Task is not null)];
        (string Input, string Output)[] texts = [.. parsed.Select(task => task.WithoutPassage(""))];
        string[] questions = [.. texts.Select(text => taskType == TaskType.QuestionGeneration ? text.Output : text.Input)];
        bool extractive = taskType == TaskType.ExtractiveQuestionAnswering;
        return new TaskMeasures(
            set, taskType.ShortName, tasks.Count, parsed.Length,
            extractive ? parsed.Count(task => task.Context.Text.Contains(task.Task!.Output, StringComparison.Ordinal)) : null,
            taskType == TaskType.YesNoQuestionAnswering ? Count(parsed, LabelWords.YesNoClasses, LabelWords.YesNo)
                : taskType == TaskType.NaturalLanguageInference ? Count(parsed, LabelWords.InferenceClasses, LabelWords.Inference) : null,
            texts.Select(text => text.Input).Distinct().Count(), Distinct.Share(questions, 1), Distinct.Share(questions, 2),
            extractive && again.Count > 0 ? RoundTrip.Of(again) : null);
    }

    static Dictionary<string, int> Count(QualityTask[] parsed, IReadOnlyList<string> classes, Func<string, string?> classOf)
    {
        Dictionary<string, int> counts = classes.Append(NoLabel).ToDictionary(name => name, _ => 0);
        foreach (QualityTask task in parsed) counts[classOf(task.Task!.Output) ?? NoLabel]++;
        return counts;
    }
}

/// <summary>How well the answers to the model's own questions agree with those that it gave with them.</summary>
/// <param name="Confirmed">Tasks where F1 is at least one half.</param>
/// <param name="ShuffledConfirmed">The same where each answer is compared with that given about the next passage of the set: what chance does.</param>
sealed record RoundTrip(int Tasks, int Confirmed, double MeanF1, int ShuffledConfirmed, double ShuffledMeanF1)
{
    const double Enough = 0.5;

    public static RoundTrip Of(IReadOnlyList<QualityTask> tasks)
    {
        double[] own = [.. tasks.Select(task => SquadScore.F1(task.AnswerAgain!, task.Task!.Output))];
        double[] shuffled = [.. tasks.GroupBy(task => task.Set).Select(set => set.ToArray())
            .SelectMany(set => set.Select((task, i) => SquadScore.F1(task.AnswerAgain!, set[(i + 1) % set.Length].Task!.Output)))];
        return new RoundTrip(tasks.Count, own.Count(f1 => f1 >= Enough), own.Average(), shuffled.Count(f1 => f1 >= Enough), shuffled.Average());
    }
}

/// <summary>How well a model foretells the targets of rows that it was not trained on.</summary>
/// <param name="File">SHA-256 of the file: only reports about the same rows are compared.</param>
/// <param name="Rows">Looked at, from the first.</param>
sealed record HeldOut(string File, int Rows, IReadOnlyList<HeldOutMeasures> TaskTypes);

/// <summary>Measures of the rows of one task type, or of all.</summary>
/// <param name="TooLong">Rows that do not fit the model's window; the figures are of the others.</param>
/// <param name="Tokens">Of the targets, their ends of text included.</param>
/// <param name="Bytes">Of the targets in UTF-8; an end of text has none.</param>
/// <param name="Nats">Negative log-likelihood of all targets.</param>
sealed record HeldOutMeasures(string TaskName, int Rows, int TooLong, long Tokens, long Bytes, double Nats)
{
    public const string AllTypes = "all";

    /// <summary>For each token; it depends on how the tokenizer cuts.</summary>
    public double Perplexity => Math.Exp(Nats / Tokens);

    /// <summary>Comparable between tokenizers.</summary>
    public double BitsPerByte => Nats / Math.Log(2) / Bytes;
}

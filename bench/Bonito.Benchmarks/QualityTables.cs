using System.Globalization;
using System.Text;
using Bonito.Tasks;

namespace Bonito.Benchmarks;

/// <summary>Reports as tables in Markdown: the figures of one, or of several beside each other.</summary>
sealed class QualityTables
{
    readonly IReadOnlyList<QualityReport> reports;
    readonly StringBuilder text = new();

    QualityTables(IReadOnlyList<QualityReport> reports) => this.reports = reports;

    /// <exception cref="BonitoException">The reports are about different passages, task types or rows, so that their figures cannot be compared.</exception>
    public static string Write(IReadOnlyList<QualityReport> reports)
    {
        foreach (QualityReport other in reports.Skip(1)) RequireSame(reports[0], other);
        return new QualityTables(reports).Write();
    }

    static void RequireSame(QualityReport one, QualityReport other)
    {
        List<string> differences = [];
        void Compare(string what, object? a, object? b)
        {
            if (!Equals(a, b)) differences.Add($"  {what}: {a ?? "none"} and {b ?? "none"}");
        }
        Compare("passages", one.Contexts, other.Contexts);
        Compare("constraints", one.Constrained, other.Constrained);
        Compare("task types and sets", Kinds(one), Kinds(other));
        Compare("held-out file", one.HeldOut?.File, other.HeldOut?.File);
        Compare("held-out rows", one.HeldOut?.Rows, other.HeldOut?.Rows);
        if (differences.Count > 0) throw new BonitoException($"The reports of {one.Model} and {other.Model} cannot be compared, since they differ in\n{string.Join('\n', differences)}\nMeasure both with the same options and data.");

        static string Kinds(QualityReport report) => string.Join(", ", report.Tasks.Select(task => $"{task.TaskName} {task.Set}"));
    }

    string Write()
    {
        Head("model", "parameters", "vocabulary", "frequency penalty");
        foreach (QualityReport report in reports) Line(report.Model, Count(report.Parameters), Count(report.Vocabulary), report.FrequencyPenalty.ToString(CultureInfo.InvariantCulture));
        text.AppendLine();
        Head("task type", "set", "tasks asked for", "parsed", "distinct inputs", "distinct-1", "distinct-2");
        for (int i = 0; i < reports[0].Tasks.Count; i++)
            Line(i, m => Count(m.Asked), m => Share(m.Parsed, m.Asked), m => Share(m.DistinctInputs, m.Parsed), m => Figure(m.Distinct1), m => Figure(m.Distinct2));
        Line("all", TaskMeasures.AllSets, Cell(r => Count(Pooled(r).Sum(m => m.Asked))), Cell(r => Share(Pooled(r).Sum(m => m.Parsed), Pooled(r).Sum(m => m.Asked))), "", "", "");
        Extractive();
        Labels(TaskType.YesNoQuestionAnswering);
        Labels(TaskType.NaturalLanguageInference);
        if (reports[0].HeldOut is not null) HeldOutRows();
        return text.ToString();
    }

    void Extractive()
    {
        int[] places = [.. Places(TaskType.ExtractiveQuestionAnswering)];
        if (places.Length == 0) return;
        text.AppendLine();
        Head("task type", "set", "verbatim answers", "round trip: F1 ≥ 0.5", "mean F1", "shuffled: F1 ≥ 0.5", "mean F1");
        foreach (int i in places)
            Line(i, m => Share(m.Verbatim!.Value, m.Parsed), m => m.RoundTrip is { } r ? Share(r.Confirmed, r.Tasks) : "-", m => Figure(m.RoundTrip?.MeanF1), m => m.RoundTrip is { } r ? Share(r.ShuffledConfirmed, r.Tasks) : "-", m => Figure(m.RoundTrip?.ShuffledMeanF1));
    }

    void Labels(TaskType taskType)
    {
        int[] places = [.. Places(taskType)];
        if (places.Length == 0) return;
        string[] classes = [.. reports[0].Tasks[places[0]].Labels!.Keys];
        text.AppendLine();
        Head(["task type", "set", .. classes, "most frequent label"]);
        foreach (int i in places) Line(i, [.. classes.Select(name => (Func<TaskMeasures, string>)(m => Share(m.Labels![name], m.Parsed))), MostFrequent]);
    }

    void HeldOutRows()
    {
        text.AppendLine();
        Head("held-out rows of", "rows", "too long", "target tokens", "target bytes", "perplexity of a token", "bits per byte");
        foreach (int i in Enumerable.Range(0, reports[0].HeldOut!.TaskTypes.Count))
        {
            string Measured(Func<HeldOutMeasures, string> figure) => Cell(report => figure(report.HeldOut!.TaskTypes[i]));
            Line(reports[0].HeldOut!.TaskTypes[i].TaskName, Measured(m => Count(m.Rows)), Measured(m => Count(m.TooLong)), Measured(m => Count(m.Tokens)), Measured(m => Count(m.Bytes)), Measured(m => Figure(m.Perplexity)), Measured(m => Figure(m.BitsPerByte)));
        }
    }

    /// <summary>Of the answers that are labels.</summary>
    static string MostFrequent(TaskMeasures measures)
    {
        KeyValuePair<string, int>[] labels = [.. measures.Labels!.Where(label => label.Key != TaskMeasures.NoLabel)];
        KeyValuePair<string, int> most = labels.MaxBy(label => label.Value);
        return $"{most.Key} {Share(most.Value, labels.Sum(label => label.Value))}";
    }

    static IEnumerable<TaskMeasures> Pooled(QualityReport report) => report.Tasks.Where(task => task.Set == TaskMeasures.AllSets);

    IEnumerable<int> Places(TaskType taskType) => Enumerable.Range(0, reports[0].Tasks.Count).Where(i => reports[0].Tasks[i].TaskName == taskType.ShortName);

    void Line(int place, params IEnumerable<Func<TaskMeasures, string>> figures) =>
        Line([reports[0].Tasks[place].TaskName, reports[0].Tasks[place].Set, .. figures.Select(figure => Cell(report => figure(report.Tasks[place])))]);

    /// <summary>What all reports say, once where they agree.</summary>
    string Cell(Func<QualityReport, string> figure)
    {
        string[] figures = [.. reports.Select(figure)];
        return figures.Distinct().Count() == 1 ? figures[0] : string.Join(" → ", figures);
    }

    void Head(params IReadOnlyList<string> names)
    {
        Line(names);
        Line([.. names.Select(_ => "---")]);
    }

    void Line(params IEnumerable<string> cells) => text.AppendLine($"| {string.Join(" | ", cells)} |");

    static string Count(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    static string Share(int part, int whole) => whole == 0 ? "-" : ((double)part / whole).ToString("P1", CultureInfo.InvariantCulture);

    static string Figure(double? number) => number is { } value ? value.ToString("F3", CultureInfo.InvariantCulture) : "-";
}

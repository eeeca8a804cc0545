using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Bonito.Ctga;
using Bonito.Recipes;
using Spectre.Console;

namespace Bonito.Cli;

/// <summary><c>bonito ctga build</c>.</summary>
static class CtgaCommand
{
    public static Command Create()
    {
        CtgaOptions defaults = new("", "");
        Option<string> sources = new("--sources", "-s") { Description = "Folder of supervised datasets, laid out as the catalogue says.", Required = true };
        Option<string?> texts = new("--texts") { Description = "Second folder to look for files in: bodies of plain text, from which tasks are made by rule." };
        Option<string> output = new("--output", "-o") { Description = "Folder to write: train.jsonl, validation.jsonl, README.md, manifest.json.", Required = true };
        Option<int> maxExamples = new("--max-examples") { Description = "Most rows that one source set may give.", DefaultValueFactory = _ => defaults.MaxExamplesPerSet };
        Option<string[]> limits = new("--limit") { Description = "A lower limit of one set, as SET=ROWS; can be given again.", HelpName = "set=rows" };
        limits.Validators.Add(RequireLimits);
        Option<int> perRow = new("--templates-per-row") { Description = "Different meta-templates for each row and task type.", DefaultValueFactory = _ => defaults.TemplatesPerRow };
        Option<int> longest = new("--max-context-length") { Description = "Longest context, in characters; rows with a longer one are dropped and counted.", DefaultValueFactory = _ => defaults.MaxContextLength };
        Option<int> seed = new("--seed") { Description = "Decides templates, samples, the hold-out and the order.", DefaultValueFactory = _ => defaults.Seed };
        Option<bool> commercial = new("--commercial-only") { Description = "Leave out sets whose licence does not allow commercial use." };
        Option<string[]> sets = new("--sets") { Description = "Names of the sets to use, separated by commas; default all.", AllowMultipleArgumentsPerToken = true };
        Option<string?> catalogue = new("--catalogue") { Description = "A catalogue of sources of your own (YAML)." };
        Option<string?> templates = new("--templates") { Description = "Meta-templates of your own (YAML)." };
        Option<int?> threads = new("--threads") { Description = "Worker threads; default all processors. The result does not depend on it." };
        Option<bool> json = new("--json") { Description = "Print the summary as JSON and nothing else." };
        Command build = new("build", "Make the training set of a generator: supervised datasets remixed through meta-templates.")
        {
            sources, texts, output, maxExamples, limits, perRow, longest, seed, commercial, sets, catalogue, templates, threads, json,
        };
        build.AddExamples(
            "bonito ctga build --sources datasets --output ctga",
            "bonito ctga build --sources datasets --texts texts --commercial-only --max-examples 40000 --limit ropes=3000 --output ctga");
        build.SetAction(parsed => Build(
            new CtgaOptions(
                parsed.GetValue(sources)!, parsed.GetValue(output)!, parsed.GetValue(maxExamples), parsed.GetValue(seed), parsed.GetValue(perRow), parsed.GetValue(commercial),
                parsed.GetValue(sets) is { Length: > 0 } names ? [.. names.SelectMany(n => n.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))] : null,
                parsed.GetValue(catalogue), parsed.GetValue(templates), parsed.GetValue(texts), parsed.GetValue(longest), parsed.GetValue(threads),
                (parsed.GetValue(limits) ?? []).Select(l => l.Split('=')).ToDictionary(l => l[0], l => int.Parse(l[1], CultureInfo.InvariantCulture))),
            parsed.GetValue(json)));
        return new Command("ctga", "Conditional Task Generation with Attributes: the training set of a generator.") { build };
    }

    static void RequireLimits(OptionResult result)
    {
        HashSet<string> sets = [];
        foreach (string limit in result.Tokens.Select(t => t.Value))
        {
            string[] parts = limit.Split('=');
            if (parts.Length != 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out _)) result.AddError($"--limit {limit}: expected a set and a number of rows, such as ropes=3000.");
            else if (!sets.Add(parts[0])) result.AddError($"--limit {limit}: the set '{parts[0]}' has a limit already.");
        }
    }

    static int Build(CtgaOptions options, bool json)
    {
        using Interrupt interrupt = new();
        using ProgressLine line = new(enabled: !json);
        CtgaSummary summary;
        try
        {
            summary = BuildCtga.Run(options, new ShowProgress(line), interrupt.Token);
        }
        catch (OperationCanceledException)
        {
            line.Clear();
            Console.Error.WriteLine("Stopped; the output folder is as it was.");
            return ExitCode.Interrupted;
        }
        line.Clear();
        if (json) Console.WriteLine(JsonSerializer.Serialize(summary, JsonOutput.Options));
        else Print(summary);
        return ExitCode.Success;
    }

    static void Print(CtgaSummary summary)
    {
        Table table = new();
        table.AddColumns(new TableColumn("set"), new TableColumn("rows read").RightAligned(), new TableColumn("written").RightAligned(), new TableColumn("task types"), new TableColumn("dropped"));
        foreach (CtgaSetSummary set in summary.Sets)
            table.AddRow(
                new Text(set.Name), Count(set.RowsRead), Count(set.Written.Values.Sum()),
                new Text(string.Join(' ', set.Written.Select(w => $"{w.Key} {w.Value}"))),
                new Text(set.Files.Count == 0 ? "no files: " + string.Join(' ', set.Missing) : string.Join(' ', set.Dropped.Select(d => $"{d.Key} {d.Value}"))));
        AnsiConsole.Write(table);
        foreach ((Tasks.TaskType taskType, long count) in summary.PerTaskType) AnsiConsole.MarkupLineInterpolated($"  {taskType.ShortName,-14} {count,10:N0}");
        AnsiConsole.MarkupLineInterpolated($"[bold]{summary.Training:N0}[/] rows for training, [bold]{summary.Validation:N0}[/] for validation: [bold]{summary.OutputDirectory}[/]");
    }

    static Text Count(long value) => new(value.ToString("N0", CultureInfo.InvariantCulture));

    sealed class ShowProgress(ProgressLine line) : IProgress<CtgaProgress>
    {
        long shownAt;

        public void Report(CtgaProgress value)
        {
            long now = Environment.TickCount64;
            if (now - shownAt < 200) return;
            shownAt = now;
            line.Show(value.Set is { } set
                ? string.Create(CultureInfo.InvariantCulture, $"set {value.SetsDone + 1}/{value.SetsTotal} {set}  {value.RowsRead:N0} rows read")
                : string.Create(CultureInfo.InvariantCulture, $"writing  {value.ExamplesWritten:N0} rows"));
        }
    }
}

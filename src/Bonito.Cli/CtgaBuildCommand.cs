using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text.Json;
using Bonito.Ctga;
using Bonito.Recipes;

namespace Bonito.Cli;

/// <summary><c>bonito ctga build</c>.</summary>
static class CtgaBuildCommand
{
    const string Lines = "jsonl", Parquet = "parquet";

    public static Command Create()
    {
        CtgaOptions defaults = new("", "");
        CtgaSourceOptions source = new();
        Option<string> output = new("--output", "-o") { Description = "Folder to write: new, empty, or that of the same build, which is continued.", Required = true };
        Option<int> maxExamples = new("--max-examples") { Description = "Most rows that one source set may give.", DefaultValueFactory = _ => defaults.MaxExamplesPerSet };
        Option<string[]> limits = new("--limit") { Description = "A lower limit of one set, as SET=ROWS; can be given again.", HelpName = "set=rows" };
        limits.Validators.Add(RequireLimits);
        Option<int> perRow = new("--templates-per-row") { Description = "Different templates drawn for each row.", DefaultValueFactory = _ => defaults.TemplatesPerRow };
        Option<bool> perTaskType = new("--per-task-type") { Description = "Draw so many for each task type that a row serves, not for the row." };
        Option<string> format = new("--format") { Description = "How rows are stored: jsonl or parquet; 'bonito train' reads both.", HelpName = "jsonl|parquet", DefaultValueFactory = _ => Lines };
        Option<string?> overlap = new("--exclude-overlap") { Description = "Folder of evaluation sets: rows that share 13 consecutive words with them are dropped and counted." };
        Option<int?> threads = new("--threads") { Description = "Worker threads; default all processors. The result does not depend on it." };
        Option<bool> json = new("--json") { Description = "Print the summary as JSON and nothing else." };
        Refusals.NotEmpty(output, overlap);
        Refusals.AtLeast(1, maxExamples, perRow, threads);
        Refusals.AllBut(format, Lines, Parquet);
        Command build = new("build", "Make the training set of a generator: supervised datasets remixed through prompt templates.")
        {
            source.Sources, source.Texts, output, source.Templates, source.Catalogue, maxExamples, limits, perRow, perTaskType, source.Longest, source.Seed,
            source.Commercial, source.Sets, overlap, format, threads, json,
        };
        source.Sources.Required = true;
        build.AddExamples(
            "bonito ctga build --sources datasets --output ctga",
            "bonito ctga build --sources datasets --templates promptsource/templates --output ctga",
            "bonito ctga build --sources datasets --texts texts --commercial-only --max-examples 40000 --limit ropes=3000 --output ctga");
        build.SetAction(parsed => Build(
            source.Read(parsed) with
            {
                OutputDirectory = parsed.GetValue(output)!,
                MaxExamplesPerSet = parsed.GetValue(maxExamples),
                SetLimits = (parsed.GetValue(limits) ?? []).Select(l => l.Split('=')).ToDictionary(l => l[0], l => int.Parse(l[1], CultureInfo.InvariantCulture)),
                TemplatesPerRow = parsed.GetValue(perRow),
                PerTaskType = parsed.GetValue(perTaskType),
                Format = Parquet.Equals(parsed.GetValue(format), StringComparison.OrdinalIgnoreCase) ? CtgaFormat.Parquet : CtgaFormat.JsonLines,
                ExcludeOverlapDirectory = parsed.GetValue(overlap),
                Threads = parsed.GetValue(threads),
            },
            parsed.GetValue(json)));
        return build;
    }

    static void RequireLimits(OptionResult result)
    {
        HashSet<string> sets = [];
        foreach (string limit in result.Tokens.Select(t => t.Value))
        {
            string[] parts = limit.Split('=');
            if (parts.Length != 2 || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int rows) || rows < 1) result.AddError($"--limit {limit}: expected a set and a number of rows of at least 1, such as ropes=3000.");
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
            Console.Error.WriteLine("Stopped; the same command goes on, and keeps the sets that are finished.");
            return ExitCode.Interrupted;
        }
        line.Clear();
        if (json) Console.WriteLine(JsonSerializer.Serialize(summary, JsonOutput.Options));
        else CtgaTables.PrintBuild(summary);
        return ExitCode.Success;
    }

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

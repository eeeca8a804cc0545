using System.Globalization;
using System.Text.Json;
using Bonito.Ctga;
using Bonito.Recipes;
using Bonito.Tasks;
using Spectre.Console;

namespace Bonito.Cli;

/// <summary>Shows training sets and the templates that they are made with.</summary>
static class CtgaTables
{
    /// <summary>All sets of a build, and what was written of each task type.</summary>
    public static void PrintBuild(CtgaSummary summary)
    {
        Table table = new();
        table.AddColumns(new TableColumn("set"), new TableColumn("rows read").RightAligned(), new TableColumn("written").RightAligned(), new TableColumn("task types"), new TableColumn("dropped"));
        foreach (CtgaSetSummary set in summary.Sets)
        {
            table.AddRow(
                new Text(set.Name), Count(set.RowsRead), Count(set.Written.Values.Sum()),
                new Text(string.Join(' ', set.Written.Select(w => $"{w.Key} {w.Value}"))),
                new Text(Trouble(set)));
        }
        AnsiConsole.Write(table);
        foreach ((TaskType taskType, long count) in summary.PerTaskType) AnsiConsole.MarkupLineInterpolated($"  {taskType.ShortName,-14} {count,10:N0}");
        foreach (CtgaSetSummary set in summary.Sets.Where(s => s.FirstError is not null)) AnsiConsole.WriteLine($"{set.Name}: first failure: {set.FirstError}");
        if (summary.Overlap is { } overlap)
        {
            AnsiConsole.WriteLine($"Compared with {overlap.Files.Count} evaluation files, {Number(overlap.Ngrams)} runs of words.");
            if (overlap.PassedOver.Count > 0) AnsiConsole.WriteLine($"Not compared with, as their names tell no format: {string.Join(", ", overlap.PassedOver)}.");
        }
        AnsiConsole.MarkupLineInterpolated($"[bold]{summary.Training:N0}[/] rows for training, [bold]{summary.Validation:N0}[/] for validation: [bold]{summary.OutputDirectory}[/]");
    }

    /// <summary>The templates of one set of a build.</summary>
    public static void PrintSet(CtgaSetSummary set)
    {
        AnsiConsole.WriteLine($"{set.Name} ({set.Licence}): {Number(set.RowsRead)} rows read, {Number(set.Candidates)} candidates, {Number(set.Written.Values.Sum())} written; dropped: {Drops(set.Dropped)}");
        Table table = new();
        table.AddColumns(new TableColumn("template"), new TableColumn("task type"), new TableColumn("drawn").RightAligned(), new TableColumn("written").RightAligned(), new TableColumn("dropped"));
        foreach (CtgaTemplateSummary template in set.Templates)
            table.AddRow(new Text(template.Name), new Text(template.TaskType), Count(template.Drawn), Count(template.Written), new Text(Drops(template.Dropped)));
        AnsiConsole.Write(table);
        PrintRefused(set.Refused);
        if (set.FirstError is { } error) AnsiConsole.WriteLine($"First failure: {error}");
    }

    /// <summary>What a set makes of the templates.</summary>
    public static void PrintTrial(SetTrial trial)
    {
        string files = trial.Files.Count > 0 ? $"{trial.Files.Count} file(s), {trial.RowsTried} rows tried" : $"no files: {string.Join(' ', trial.Missing)}";
        AnsiConsole.WriteLine($"{trial.Name} ({trial.Licence}): {files}; {trial.Templates.Count} templates, {trial.Refused.Count} refused{(trial.Dropped.Count > 0 ? $"; rows without a template: {Drops(trial.Dropped)}" : "")}");
        if (trial.FirstError is { } error) AnsiConsole.WriteLine($"  first failure: {error}");
        foreach (TemplateTrial template in trial.Templates)
        {
            AnsiConsole.WriteLine($"  {template.Name} [{template.TaskType}] reads {string.Join(", ", template.Reads)}{(template.Dropped.Count > 0 ? $"; dropped: {Drops(template.Dropped)}" : "")}");
            if (template.FirstError is { } failure) AnsiConsole.WriteLine($"    first failure: {failure}");
        }
        PrintRefused(trial.Refused);
    }

    /// <summary>A row, as a reader sees it.</summary>
    public static void PrintRow(CtgaRow row)
    {
        Console.WriteLine($"--- {row.Dataset} / {row.Template} [{row.TaskType}]");
        Console.WriteLine($"context: {Shown(row.Context)}");
        Console.WriteLine($"input:   {Shown(row.TaskInput)}");
        Console.WriteLine($"output:  {Shown(row.TaskOutput)}");
        Console.WriteLine();
    }

    // Control characters of a row cannot steer the terminal.
    static string Shown(string text) => string.Create(text.Length, text, (shown, from) =>
    {
        for (int i = 0; i < shown.Length; i++) shown[i] = char.IsControl(from[i]) && from[i] != '\n' ? ' ' : from[i];
    });

    static void PrintRefused(IReadOnlyList<RefusedTemplate> refused)
    {
        foreach (RefusedTemplate template in refused) AnsiConsole.WriteLine($"  refused: {template.Name}: {template.Reason}");
    }

    static string Trouble(CtgaSetSummary set) => (set.Templates.Count, set.Files.Count) switch
    {
        (0, _) => "no template",
        (_, 0) => "no files: " + string.Join(' ', set.Missing),
        _ => Drops(set.Dropped),
    };

    static string Drops(IReadOnlyDictionary<DropReason, long> dropped) =>
        dropped.Count == 0 ? "none" : string.Join(' ', dropped.Select(d => $"{JsonNamingPolicy.SnakeCaseLower.ConvertName(d.Key.ToString())} {d.Value}"));

    static Text Count(long value) => new(Number(value));

    static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}

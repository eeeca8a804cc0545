using System.Text;
using Bonito.Datasets;
using Bonito.Recipes;
using Bonito.Tasks;
using Spectre.Console;

namespace Bonito.Cli;

/// <summary>Shows people how a run ended.</summary>
static class Report
{
    const int ExampleCharacters = 600;

    /// <summary>Counts by task type, one example, and where the dataset is.</summary>
    public static void Show(GenerateSummary summary, Manifest manifest)
    {
        AnsiConsole.Write(Counts(manifest.TaskTypes));
        if (summary.Example is { } example)
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]An example[/] ({example.TaskType.FullName}, from {example.Document})");
            Show("input", example.Input);
            Show("output", example.Output);
            Console.WriteLine();
        }
        int kept = manifest.TaskTypes.Sum(t => t.Kept);
        // Not through Spectre.Console, which would break a long path.
        Console.WriteLine($"{Figures.Number(kept)} tasks of {Figures.Number(summary.Total)}: {summary.DatasetPath}");
        if (kept < summary.Total) Console.WriteLine($"{Figures.Number(summary.Total - kept)} rejected: {summary.RejectionsPath}");
    }

    static void Show(string part, string text)
    {
        AnsiConsole.MarkupLineInterpolated($"[dim]{part}:[/]");
        foreach (string line in Shortened(text).Split('\n')) Console.WriteLine(line.Length > 0 ? $"  {line}" : "");
    }

    static Table Counts(IReadOnlyList<TaskCounts> counts)
    {
        RejectionReason[] reasons = [.. RejectionReasons.All.Where(reason => counts.Any(c => c.RejectedFor(reason) > 0))];
        Table table = new Table().Border(TableBorder.Simple).AddColumn("task type");
        foreach (string name in (string[])["requested", "kept", .. reasons.Select(r => r.Name()), "tokens/s", "time"])
            table.AddColumn(new TableColumn(name).RightAligned().NoWrap());
        foreach (TaskCounts c in counts)
            table.AddRow(Row(c.TaskType.ShortName, c.Requested, c.Kept, c.RejectedFor, c.GeneratedTokens, c.Seconds));
        if (counts.Count > 1)
        {
            table.AddEmptyRow();
            table.AddRow(Row("all", counts.Sum(c => c.Requested), counts.Sum(c => c.Kept), r => counts.Sum(c => c.RejectedFor(r)), counts.Sum(c => c.GeneratedTokens), counts.Sum(c => c.Seconds)));
        }
        return table;

        string[] Row(string name, int requested, int kept, Func<RejectionReason, int> rejected, long tokens, double seconds) =>
            [name, Figures.Number(requested), Figures.Number(kept), .. reasons.Select(r => Figures.Number(rejected(r))), seconds > 0 ? Figures.Number(tokens / seconds) : "-", Figures.Duration(seconds)];
    }

    /// <summary>The text if it is short, else its beginning and end; control characters cannot steer the terminal.</summary>
    static string Shortened(string text)
    {
        StringBuilder shown = new(text.Length);
        foreach (char c in text) shown.Append(char.IsControl(c) && c != '\n' ? ' ' : c);
        if (shown.Length <= ExampleCharacters) return shown.ToString();
        int half = ExampleCharacters / 2;
        return $"{shown.ToString(0, half).TrimEnd()} [...] {shown.ToString(shown.Length - half, half).TrimStart()}";
    }
}

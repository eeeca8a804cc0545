using System.CommandLine;
using System.Text.Json;
using Bonito.Ctga;
using Bonito.Recipes;
using Bonito.Tasks;

namespace Bonito.Cli;

/// <summary><c>bonito ctga inspect</c>.</summary>
static class CtgaInspectCommand
{
    /// <summary>Rows of each set that templates are tried on.</summary>
    const int RowsTried = 100;

    public static Command Create()
    {
        CtgaSourceOptions source = new();
        Argument<string?> folder = new("folder") { Description = "A training set that 'bonito ctga build' made. Without it, templates are tried on --sources.", Arity = ArgumentArity.ZeroOrOne };
        Option<string?> set = new("--set") { Description = "Only this set, with its templates." };
        Option<string?> template = new("--template") { Description = "Only rows of this template." };
        Option<string?> taskType = new("--task-type") { Description = "Only rows of this task type, by its short or full name." };
        Option<int> rows = new("--rows") { Description = "How many rows to show.", DefaultValueFactory = _ => 10 };
        Option<bool> json = new("--json") { Description = "Print JSON and nothing else." };
        Command inspect = new("inspect", "Look into a training set: sets, templates, rows, and why rows were dropped. Or see, without building, what sets make of templates.")
        {
            folder, set, template, taskType, rows, source.Sources, source.Texts, source.Templates, source.Catalogue, source.Longest, source.Seed,
            source.Commercial, source.Sets, json,
        };
        inspect.AddExamples(
            "bonito ctga inspect ctga",
            "bonito ctga inspect ctga --set squad --task-type qg --rows 3",
            "bonito ctga inspect --sources datasets --templates mine.yaml --set squad");
        inspect.SetAction(parsed =>
        {
            Func<CtgaRow, bool> wanted = Wanted(parsed.GetValue(set), parsed.GetValue(template), parsed.GetValue(taskType));
            if (parsed.GetValue(folder) is { } built) return Built(built, parsed.GetValue(set), wanted, parsed.GetValue(rows), parsed.GetValue(json));
            CtgaOptions options = source.Read(parsed);
            return Try(parsed.GetValue(set) is { } one ? options with { Sets = [one] } : options, wanted, parsed.GetValue(rows), parsed.GetValue(json));
        });
        return inspect;
    }

    static int Built(string folder, string? set, Func<CtgaRow, bool> wanted, int rows, bool json)
    {
        CtgaSummary summary = InspectCtga.Summary(folder);
        CtgaSetSummary? one = set is null ? null : summary.Sets.FirstOrDefault(s => s.Name == set)
            ?? throw new BonitoException($"{folder}: no set '{set}'; sets there: {string.Join(", ", summary.Sets.Select(s => s.Name))}.");
        CtgaRow[] shown = [.. InspectCtga.Rows(folder).Where(wanted).Take(rows)];
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { sets = one is null ? summary.Sets : [one], rows = shown }, JsonOutput.Options));
            return ExitCode.Success;
        }
        if (one is null) CtgaTables.PrintBuild(summary);
        else CtgaTables.PrintSet(one);
        foreach (CtgaRow row in shown) CtgaTables.PrintRow(row);
        return ExitCode.Success;
    }

    static int Try(CtgaOptions options, Func<CtgaRow, bool> wanted, int rows, bool json)
    {
        using Interrupt interrupt = new();
        var trials = new List<SetTrial>();
        foreach (SetTrial trial in InspectCtga.Try(options, RowsTried, interrupt.Token))
        {
            trials.Add(trial);
            if (json) continue;
            CtgaTables.PrintTrial(trial);
            // Rows of all sets would bury what is said of the sets.
            if (options.Sets is null) continue;
            foreach (CtgaRow row in trial.Templates.Select(t => t.Example).OfType<CtgaRow>().Where(wanted).Take(rows)) CtgaTables.PrintRow(row);
        }
        if (json) Console.WriteLine(JsonSerializer.Serialize(trials, JsonOutput.Options));
        return ExitCode.Success;
    }

    static Func<CtgaRow, bool> Wanted(string? set, string? template, string? taskTypeName)
    {
        TaskType? taskType = null;
        if (taskTypeName is not null && !TaskType.TryParse(taskTypeName, out taskType))
            throw new BonitoException($"Unknown task type '{taskTypeName}'; known: {string.Join(", ", TaskType.All.Select(t => t.ShortName))}.");
        return row => (set is null || row.Dataset == set) && (template is null || row.Template == template) && (taskType is null || row.TaskType == taskType.ShortName);
    }
}

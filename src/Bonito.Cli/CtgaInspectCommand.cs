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
        Refusals.NotEmpty(folder);
        Refusals.AtLeast(0, rows);
        Command inspect = new("inspect", "Look into a training set: sets, templates, rows, and why rows were dropped. Or see, without building, what sets make of templates.")
        {
            folder, set, template, taskType, rows, source.Sources, source.Texts, source.Templates, source.Catalogue, source.Longest, source.Seed,
            source.Commercial, source.Sets, json,
        };
        inspect.Validators.Add(result =>
        {
            if (result.GetResult(folder) is not { Tokens.Count: > 0 } && result.GetResult(source.Sources) is null) result.AddError("Name the folder of a training set, or that of datasets to try templates on with --sources.");
        });
        inspect.AddExamples(
            "bonito ctga inspect ctga",
            "bonito ctga inspect ctga --set squad --task-type qg --rows 3",
            "bonito ctga inspect --sources datasets --templates mine.yaml --set squad");
        inspect.SetAction(parsed =>
        {
            Wanted wanted = new(parsed.GetValue(set), parsed.GetValue(template), FindTaskType(parsed.GetValue(taskType)));
            if (parsed.GetValue(folder) is { } built) return Built(built, wanted, parsed.GetValue(rows), parsed.GetValue(json));
            CtgaOptions options = source.Read(parsed);
            return Try(wanted.Set is { } one ? options with { Sets = [one] } : options, wanted, parsed.GetValue(rows), parsed.GetValue(json));
        });
        return inspect;
    }

    static int Built(string folder, Wanted wanted, int rows, bool json)
    {
        CtgaSummary summary = InspectCtga.Summary(folder);
        CtgaSetSummary? one = wanted.Set is null ? null : summary.Sets.FirstOrDefault(s => s.Name == wanted.Set)
            ?? throw new BonitoException($"{folder}: no set '{wanted.Set}'; sets there: {string.Join(", ", summary.Sets.Select(s => s.Name))}.");
        wanted.RequireTemplate(summary.Sets.SelectMany(s => s.Templates.Select(t => t.Name).Concat(s.Refused.Select(t => t.Name))));
        CtgaRow[] shown = [.. InspectCtga.Rows(folder).Where(wanted.Takes).Take(rows)];
        if (shown.Length == 0 && rows > 0) Console.Error.WriteLine("note: there is no row to show");
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

    static int Try(CtgaOptions options, Wanted wanted, int rows, bool json)
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
            foreach (CtgaRow row in trial.Templates.Select(t => t.Example).OfType<CtgaRow>().Where(wanted.Takes).Take(rows)) CtgaTables.PrintRow(row);
        }
        wanted.RequireTemplate(trials.SelectMany(t => t.Templates.Select(known => known.Name).Concat(t.Refused.Select(known => known.Name))));
        if (json) Console.WriteLine(JsonSerializer.Serialize(trials, JsonOutput.Options));
        return ExitCode.Success;
    }

    static TaskType? FindTaskType(string? name)
    {
        if (name is null) return null;
        return TaskType.TryParse(name, out TaskType? taskType)
            ? taskType
            : throw new BonitoException($"Unknown task type '{name}'; known: {string.Join(", ", TaskType.All.Select(t => t.ShortName))}.");
    }

    /// <summary>Which rows are asked for; null takes all.</summary>
    sealed record Wanted(string? Set, string? Template, TaskType? TaskType)
    {
        public bool Takes(CtgaRow row) =>
            (Set is null || row.Dataset == Set) && (Template is null || row.Template == Template) && (TaskType is null || row.TaskType == TaskType.ShortName);

        public void RequireTemplate(IEnumerable<string> known)
        {
            if (Template is not null && !known.Contains(Template)) throw new BonitoException($"No set here has a template '{Template}'. With --set the templates of a set are shown.");
        }
    }
}

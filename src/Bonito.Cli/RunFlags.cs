using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Bonito.Adaptation;
using Bonito.Engine;

namespace Bonito.Cli;

/// <summary>What commands that train have in common besides what they train: where to, how it is shown, and how it ends.</summary>
sealed class RunFlags
{
    public Option<string> Output { get; } = new("--output", "-o") { Description = "Run folder: metrics, samples, checkpoints, report.html and, at the end, the result. An unfinished run in it is continued.", Required = true };

    readonly Option<int?> threads = new("--threads") { Description = "Worker threads; default all processors. Does not change results." };
    readonly Option<bool> dryRun = new("--dry-run") { Description = "Print what would be done, and what it takes, and end." };
    readonly Option<bool> offline = ModelChoice.OfflineOption();
    readonly Option<bool> json = new("--json") { Description = "Print the summary as JSON and nothing else." };

    public RunFlags() => Refusals.NotEmpty(Output);

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[threads, dryRun, offline, json]) command.Add(option);
    }

    /// <summary>Runs a recipe and shows how it goes.</summary>
    public int Run(ParseResult parsed, AdaptationOptions options, Func<AdaptationOptions, AdaptationObserver, CancellationToken, AdaptationSummary> recipe)
    {
        options = options with { Threads = parsed.GetValue(threads), DryRun = parsed.GetValue(dryRun) };
        try
        {
            options.Validate();
        }
        catch (Exception e) when (e is BonitoException or EngineException)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return ExitCode.Usage;
        }
        bool machine = parsed.GetValue(json);
        using Interrupt interrupt = new();
        using ProgressLine line = new(enabled: !machine);
        if (options.BaseModel is { } wanted)
        {
            if (ModelChoice.Find(wanted, parsed.GetValue(offline), line, interrupt.Token) is not { } found) return ExitCode.Interrupted;
            options = options with { BaseModel = found };
        }
        AdaptationPlan? plan = null;
        AdaptationObserver observer = new(
            Planned: planned =>
            {
                plan = planned;
                if (!machine) AdaptationTables.Print(planned);
            },
            Step: metrics => line.Show(AdaptationTables.Describe(metrics, plan!), keep: metrics.ValidationLoss is not null),
            Notice: text =>
            {
                line.Clear();
                Console.Error.WriteLine($"note: {text}");
            });
        AdaptationSummary summary;
        try
        {
            summary = recipe(options, observer, interrupt.Token);
        }
        catch (OperationCanceledException)
        {
            line.Clear();
            Console.Error.WriteLine("Stopped before the first step.");
            return ExitCode.Interrupted;
        }
        line.Clear();
        if (machine) Console.WriteLine(JsonSerializer.Serialize(new { summary.Folder, summary.Step, summary.MaxSteps, Plan = plan is null ? null : AdaptationTables.Figure(plan), summary.Manifest }, JsonOutput.Options));
        else if (summary.Manifest is { } manifest) AdaptationTables.Print(summary, manifest);
        if (summary.Manifest is not null || options.DryRun) return ExitCode.Success;
        Console.Error.WriteLine($"Stopped at step {summary.Step} of {summary.MaxSteps}; a checkpoint is kept. Run the same command to go on.");
        return ExitCode.Interrupted;
    }
}

using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Bonito.Engine.Checkpoints;
using Bonito.Recipes;

namespace Bonito.Cli;

/// <summary><c>bonito model merge</c>.</summary>
static class ModelMergeCommand
{
    public static Command Create()
    {
        Argument<string> model = new("base") { Description = $"The model that the adapter was trained on: {ModelChoice.Values}." };
        Argument<string> adapter = new("adapter") { Description = "The adapter: a folder in PEFT's format, or the run folder of 'bonito adapt'." };
        Argument<string> output = new("output") { Description = "The new model: a GGUF file if the name ends in .gguf, else a Hugging Face folder. Must not exist." };
        Option<string?> type = new("--type", "-t") { Description = $"How weights are stored: {string.Join(", ", WeightMix.All)}. Default: as most of the base's are; BF16 where those are quantised." };
        Option<int?> threads = new("--threads") { Description = "Worker threads; default all processors. Does not change results." };
        Option<bool> offline = ModelChoice.OfflineOption();
        Option<bool> json = new("--json") { Description = "Print the summary as JSON and nothing else." };
        Refusals.NotEmpty(model, adapter, output);
        Refusals.AtLeast(1, threads);
        type.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } name && WeightMix.Find(name) is null) result.AddError($"--type {name}: expected one of {string.Join(", ", WeightMix.All)}.");
        });
        Command command = new("merge", "Work an adapter into its base, and check on real prompts that the new model computes what both did together.") { model, adapter, output, type, threads, offline, json };
        command.AddExamples("bonito model merge mistral-7b adapted merged", "bonito model merge models/bonito-mini adapted/adapter merged.gguf --type Q8_0");
        command.SetAction(parsed => Run(
            new MergeOptions(parsed.GetValue(model)!, parsed.GetValue(adapter)!, parsed.GetValue(output)!, parsed.GetValue(type) is { } name ? WeightMix.Find(name) : null, parsed.GetValue(threads)),
            parsed.GetValue(offline), parsed.GetValue(json)));
        return command;
    }

    static int Run(MergeOptions options, bool offline, bool json)
    {
        using Interrupt interrupt = new();
        using ProgressLine line = new(enabled: !json);
        if (ModelChoice.Find(options.BaseModel, offline, line, interrupt.Token) is not { } path) return ExitCode.Interrupted;
        Stopwatch clock = Stopwatch.StartNew();
        MergeSummary summary;
        try
        {
            summary = MergeModel.Run(options with { BaseModel = path }, Note, (done, all) => line.Show($"{Figures.Bytes(done)}/{Figures.Bytes(all)}"), interrupt.Token);
        }
        catch (OperationCanceledException)
        {
            line.Clear();
            Console.Error.WriteLine("Stopped. Nothing was written.");
            return ExitCode.Interrupted;
        }
        line.Clear();
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new { options.Output, Type = summary.Mix.Name, summary.Bytes, summary.Prompts, summary.Parity, summary.Limit }, JsonOutput.Options));
            return ExitCode.Success;
        }
        LogitComparison parity = summary.Parity;
        Console.WriteLine(FormattableString.Invariant(
            $"parity on {Figures.Count(summary.Prompts, "prompt")}, {Figures.Count(parity.Tokens, "token")}: logits up to {parity.LargestLogit:F1} differ by at most {parity.LargestDifference:G3} (allowed {summary.Limit:G3}), the likeliest token is the same after {100 * parity.SameTop:F1}%"));
        Console.WriteLine($"{summary.Mix}, {Figures.Bytes(summary.Bytes)}, {Figures.Duration(clock.Elapsed.TotalSeconds)}: {options.Output}");
        return ExitCode.Success;

        void Note(string text)
        {
            line.Clear();
            Console.Error.WriteLine($"note: {text}");
        }
    }
}

using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Bonito.Engine;
using Bonito.Engine.Training;
using Bonito.Recipes;
using Spectre.Console;

namespace Bonito.Cli;

/// <summary><c>bonito train</c>.</summary>
static class TrainCommand
{
    public static Command Create()
    {
        TrainingOptions defaults = new();
        ModelShape shape = new();
        Option<string> data = new("--data", "-d") { Description = "Folder with train.jsonl and validation.jsonl, or data/train-*.parquet and data/validation-*.parquet (rows with input and output), as 'bonito ctga build' writes it.", Required = true };
        Option<string> output = new("--output", "-o") { Description = "Run folder: metrics, checkpoints and, at the end, the model. An unfinished run in it is continued.", Required = true };
        Option<string?> baseModel = new("--base") { Description = $"Model to go on from: {ModelChoice.Values}. Without it a tokenizer and a model are trained from scratch." };
        Option<int> vocabulary = new("--vocab-size") { Description = "Tokens of the new tokenizer.", DefaultValueFactory = _ => shape.VocabSize };
        Option<int> hidden = new("--hidden-size") { Description = "Width of the new model.", DefaultValueFactory = _ => shape.HiddenSize };
        Option<int> intermediate = new("--intermediate-size") { Description = "Feed-forward width.", DefaultValueFactory = _ => shape.IntermediateSize };
        Option<int> layers = new("--num-hidden-layers") { Description = "Layers.", DefaultValueFactory = _ => shape.NumHiddenLayers };
        Option<int> heads = new("--num-attention-heads") { Description = "Query heads.", DefaultValueFactory = _ => shape.NumAttentionHeads };
        Option<int> keyHeads = new("--num-key-value-heads") { Description = "Key and value heads.", DefaultValueFactory = _ => shape.NumKeyValueHeads };
        Option<int> window = new("--max-position-embeddings") { Description = "The model's window, in tokens; longer rows are left out and counted.", DefaultValueFactory = _ => shape.MaxPositionEmbeddings };
        Option<int> maxSteps = new("--max-steps") { Description = "Optimiser steps.", DefaultValueFactory = _ => defaults.MaxSteps };
        Option<int> batchSize = new("--batch-size", "-b") { Description = "Examples of one pass.", DefaultValueFactory = _ => defaults.BatchSize };
        Option<int> accumulation = new("--gradient-accumulation-steps") { Description = "Passes before a step.", DefaultValueFactory = _ => defaults.GradientAccumulationSteps };
        Option<float> rate = new("--learning-rate", "--lr") { Description = "Peak learning rate.", DefaultValueFactory = _ => defaults.LearningRate };
        Option<Schedule> schedule = new("--lr-scheduler-type") { Description = "Course of the learning rate after the warm-up.", DefaultValueFactory = _ => defaults.Schedule };
        Option<int> warmup = new("--warmup-steps") { Description = "Steps in which the rate rises.", DefaultValueFactory = _ => defaults.WarmupSteps };
        Option<float> decay = new("--weight-decay") { Description = "Decoupled weight decay of matrices.", DefaultValueFactory = _ => defaults.WeightDecay };
        Option<float> clip = new("--max-grad-norm") { Description = "Largest global gradient norm; 0 turns clipping off.", DefaultValueFactory = _ => defaults.MaxGradientNorm };
        Option<float> source = new("--source-loss-weight") { Description = "How much prompt and context count in the loss: 0 target only, 1 everything.", DefaultValueFactory = _ => defaults.SourceLossWeight };
        Option<float> copy = new("--copy-share") { Description = "Extra examples, as a share of the rows, that repeat a piece of a row: teaches a new model to copy from its prompt.", DefaultValueFactory = _ => 0 };
        Option<int> seed = new("--seed") { Description = "Of initial weights and the order of the data.", DefaultValueFactory = _ => defaults.Seed };
        Option<int> save = new("--save-steps") { Description = "Steps between checkpoints.", DefaultValueFactory = _ => defaults.SaveSteps };
        Option<int> keep = new("--save-total-limit") { Description = "Checkpoints kept.", DefaultValueFactory = _ => defaults.SaveTotalLimit };
        Option<int> evaluation = new("--eval-steps") { Description = "Steps between validations.", DefaultValueFactory = _ => defaults.EvaluationSteps };
        Option<int?> threads = new("--threads") { Description = "Worker threads; default all processors." };
        Option<bool> offline = ModelChoice.OfflineOption();
        Option<bool> json = new("--json") { Description = "Print the summary as JSON and nothing else." };
        Command command = new("train", "Train a generator on a CTGA dataset, from scratch or from a model folder.")
        {
            data, output, baseModel, vocabulary, hidden, intermediate, layers, heads, keyHeads, window, maxSteps, batchSize, accumulation, rate, schedule, warmup, decay, clip,
            source, copy, seed, save, keep, evaluation, threads, offline, json,
        };
        command.AddExamples(
            "bonito train --data ctga --output run --max-steps 20000 --batch-size 8 --learning-rate 1e-3 --warmup-steps 200",
            "bonito train --data ctga --output tuned --base run/model --max-steps 2000 --lr-scheduler-type Linear");
        command.SetAction(parsed => Run(
            new TrainGeneratorOptions(
                parsed.GetValue(data)!, parsed.GetValue(output)!, parsed.GetValue(baseModel),
                new ModelShape
                {
                    VocabSize = parsed.GetValue(vocabulary),
                    HiddenSize = parsed.GetValue(hidden),
                    IntermediateSize = parsed.GetValue(intermediate),
                    NumHiddenLayers = parsed.GetValue(layers),
                    NumAttentionHeads = parsed.GetValue(heads),
                    NumKeyValueHeads = parsed.GetValue(keyHeads),
                    MaxPositionEmbeddings = parsed.GetValue(window),
                },
                new TrainingOptions
                {
                    MaxSteps = parsed.GetValue(maxSteps),
                    BatchSize = parsed.GetValue(batchSize),
                    GradientAccumulationSteps = parsed.GetValue(accumulation),
                    LearningRate = parsed.GetValue(rate),
                    Schedule = parsed.GetValue(schedule),
                    WarmupSteps = parsed.GetValue(warmup),
                    WeightDecay = parsed.GetValue(decay),
                    MaxGradientNorm = parsed.GetValue(clip),
                    SourceLossWeight = parsed.GetValue(source),
                    Seed = parsed.GetValue(seed),
                    SaveSteps = parsed.GetValue(save),
                    SaveTotalLimit = parsed.GetValue(keep),
                    EvaluationSteps = parsed.GetValue(evaluation),
                },
                CopyShare: parsed.GetValue(copy), Threads: parsed.GetValue(threads)),
            parsed.GetValue(offline), parsed.GetValue(json)));
        return command;
    }

    static int Run(TrainGeneratorOptions options, bool offline, bool json)
    {
        try
        {
            options.Training.Validate();
        }
        catch (EngineException e)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return ExitCode.Usage;
        }
        using Interrupt interrupt = new();
        using ProgressLine line = new(enabled: !json);
        if (options.BaseFolder is { } wanted)
        {
            if (ModelChoice.Find(wanted, offline, line, interrupt.Token) is not { } found) return ExitCode.Interrupted;
            options = options with { BaseFolder = found };
        }
        TrainGeneratorSummary summary = TrainGenerator.Run(
            options,
            (trainer, model, examples, tooLong) =>
            {
                if (json) return;
                AnsiConsole.MarkupLineInterpolated($"[bold]{model.ParameterCount / 1e6:F1}[/] million parameters, [bold]{examples:N0}[/] examples ({tooLong:N0} rows longer than the window left out), {trainer.StepsPerEpoch:N0} steps an epoch");
            },
            metrics => line.Show(Describe(metrics, options.Training.MaxSteps), keep: metrics.ValidationLoss != null),
            interrupt.Token,
            notice: text =>
            {
                line.Clear();
                Console.Error.WriteLine(text);
            });
        line.Clear();
        if (json) Console.WriteLine(JsonSerializer.Serialize(summary, JsonOutput.Options));
        else
        {
            if (summary.Last is { } last) AnsiConsole.MarkupLineInterpolated($"Step [bold]{summary.Steps:N0}[/], {last.Tokens:N0} tokens, loss {last.TargetLoss:F3} on targets, validation {Format(last.ValidationLoss)}");
            AnsiConsole.MarkupLineInterpolated($"Model: [bold]{summary.ModelFolder}[/]");
        }
        if (summary.Finished) return ExitCode.Success;
        Console.Error.WriteLine($"Stopped at step {summary.Steps} of {options.Training.MaxSteps}; a checkpoint is kept. Run the same command to go on.");
        return ExitCode.Interrupted;
    }

    static string Describe(TrainingMetrics m, int steps)
    {
        double secondsPerStep = m.Seconds / m.Step;
        TimeSpan left = TimeSpan.FromSeconds(secondsPerStep * (steps - m.Step));
        string validation = m.ValidationLoss is double v ? string.Create(CultureInfo.InvariantCulture, $"  validation {v:F3}") : "";
        return string.Create(CultureInfo.InvariantCulture, $"step {m.Step}/{steps}  loss {m.Loss:F3}  targets {m.TargetLoss:F3}{validation}  lr {m.LearningRate:E1}  norm {m.GradientNorm:F2}  {m.TokensPerSecond:F0} tokens/s  left {left:hh\\:mm\\:ss}");
    }

    static string Format(double? value) => value?.ToString("F3", CultureInfo.InvariantCulture) ?? "not measured";
}

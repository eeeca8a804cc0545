using System.Text.Json.Nodes;
using Bonito.Datasets;
using Bonito.Engine;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;
using Bonito.Engine.Training;

namespace Bonito.Adaptation;

/// <summary>What a run is about to do, told before the first step.</summary>
/// <param name="Data">What is learned and what became of the rows.</param>
/// <param name="Format">The prompt format in force; null for raw text.</param>
/// <param name="Plan">Parameters, memory, tokens and steps.</param>
/// <param name="Duration">How long it takes, about, going by how fast this machine multiplies matrices at the moment.</param>
public sealed record AdaptationPlan(TrainingData Data, DataFormat DataFormat, PromptFormat? Format, TrainingPlan Plan, TimeSpan Duration);

/// <summary>What to tell whoever waits for a run.</summary>
/// <param name="Planned">Before the first step; not for a finished run.</param>
/// <param name="Step">After every step.</param>
/// <param name="Notice">What else a user should know, in a sentence.</param>
public sealed record AdaptationObserver(Action<AdaptationPlan>? Planned = null, Action<TrainingMetrics>? Step = null, Action<string>? Notice = null);

/// <summary>How a run ended.</summary>
/// <param name="Folder">The run folder.</param>
/// <param name="Step">The last step made; 0 after a dry run.</param>
/// <param name="MaxSteps">The last step there is.</param>
/// <param name="Manifest">Of a finished run; null while it is not finished.</param>
public sealed record AdaptationSummary(string Folder, int Step, int MaxSteps, AdaptationManifest? Manifest)
{
    /// <summary>The path of what was trained; null while the run is not finished.</summary>
    public string? ResultFolder => Manifest is null ? null : Path.Combine(Folder, Manifest.Result);
}

/// <summary>From data to a trained model or adapter: what all recipes that train have in common.</summary>
static class AdaptationRun
{
    /// <summary>Trains, or continues the run that the output folder holds. A finished run is left as it is.</summary>
    /// <param name="recipe">The name of the recipe.</param>
    /// <param name="choose">The prompt format for a model, where the user names none.</param>
    /// <exception cref="BonitoException">Bad options, data or run folder.</exception>
    /// <exception cref="EngineException">A bad model, one that does not fit the memory, or a loss that is no number.</exception>
    public static AdaptationSummary Run(
        string recipe, AdaptationOptions options, Func<DataFormat, ChatTemplate?, PromptFormat> choose, AdaptationObserver observer, CancellationToken cancellation)
    {
        options.Validate();
        DataOptions data = options.Data;
        TrainingFiles files = TrainingFiles.Find(data.Data, data.Validation, data.Objective);
        DataFormat dataFormat = data.Format ?? TrainingRows.Detect(files.Training, data.Objective) ?? throw new BonitoException($"{files.Training[0].Name} has no rows.");
        ChatTemplate? template = options.BaseModel is { } path ? ChatTemplate.Find(path) : null;
        PromptFormat? format = data.Objective == Objective.Tapt ? null : data.PromptFormat ?? choose(dataFormat, template);
        JsonObject configuration = AdaptationConfiguration.Of(recipe, options, files, dataFormat, format);
        if (AdaptationFolder.Check(options.OutputFolder, configuration) is { } finished) return new AdaptationSummary(options.OutputFolder, finished.Steps, finished.Steps, finished);

        using AdaptationFolder? folder = options.DryRun ? null : AdaptationFolder.Open(options.OutputFolder, configuration);
        using WorkerPool pool = new(options.Threads);
        (LlamaConfig config, Tokenizer tokenizer, long frozen) = options.BaseModel is { } source ? TargetModel.Look(source, options.Method) : Fresh(options, files, format, folder);
        if (options.Method != Method.Full) options.Lora.RequireLayersOf(config);
        TrainingData read = TrainingData.Read(files, data, tokenizer, config, format, template, options.Training.Seed, cancellation);
        TrainingPlan plan = new(
            config, options.Method == Method.Full ? null : options.Lora, frozen, options.Training, [.. read.Training.Select(example => example.Length)], AvailableMemory.Bytes());
        observer.Planned?.Invoke(new AdaptationPlan(read, dataFormat, format, plan, plan.DurationAt(ProductRate.Measure(pool))));
        plan.RequireMemory();
        if (folder is null) return new AdaptationSummary(options.OutputFolder, 0, plan.Steps, null);
        // What was refused until here leaves no run behind that the corrected command would be told to continue.
        folder.Begin(configuration);
        if (options.BaseModel is null) Keep(tokenizer, folder);

        using Llama model = options.BaseModel is { } weights ? TargetModel.Load(weights, options, pool) : FreshModel.Make(config, options.Training.Seed);
        using Trainer trainer = new(model, pool, options.Training, read.Training, read.Validation);

        TrainingMetrics? last = null;
        TrainingResult result = Train(trainer, folder, new SampleWriter(model, tokenizer, pool, read.Probes), observer with
        {
            Step = metrics =>
            {
                last = metrics;
                observer.Step?.Invoke(metrics);
            },
        }, cancellation);
        // Of a run that was stopped too: what it has learned so far can be used.
        folder.ClearLeftovers(TargetModel.ModelFolderName);
        folder.ClearLeftovers(TargetModel.AdapterFolder);
        string saved = TargetModel.Save(folder.Path, model, tokenizer, options);
        if (!result.Finished)
        {
            Report(folder, observer);
            return new AdaptationSummary(folder.Path, result.Step, trainer.Options.MaxSteps, null);
        }
        AdaptationManifest manifest = new(
            recipe, DateTimeOffset.UtcNow, BonitoVersion.Software, configuration, read.TrainingRows, read.ValidationRows, plan.Parameters, plan.Trainable,
            result.Step, result.BestStep, result.BestValidationLoss, last ?? folder.LastMetrics(), saved, folder.Hashes(saved));
        folder.Finish(manifest);
        Report(folder, observer);
        return new AdaptationSummary(folder.Path, result.Step, result.Step, manifest);
    }

    static (LlamaConfig Config, Tokenizer Tokenizer, long FrozenBytes) Fresh(AdaptationOptions options, TrainingFiles files, PromptFormat? format, AdaptationFolder? folder)
    {
        string? kept = folder is null ? null : Path.Combine(folder.Path, AdaptationFolder.TokenizerFile);
        Tokenizer tokenizer = File.Exists(kept) ? Tokenizer.Load(kept) : FreshModel.TrainTokenizer(files.Training, options.Data, format, options.Shape, options.Threads);
        return (FreshModel.Configure(tokenizer, options.Shape), tokenizer, 0);
    }

    /// <summary>Trained once and kept, so that a run that goes on has the same.</summary>
    static void Keep(Tokenizer tokenizer, AdaptationFolder folder)
    {
        string kept = Path.Combine(folder.Path, AdaptationFolder.TokenizerFile);
        if (!File.Exists(kept)) tokenizer.Save(kept);
    }

    static TrainingResult Train(Trainer trainer, AdaptationFolder folder, SampleWriter samples, AdaptationObserver observer, CancellationToken cancellation)
    {
        try
        {
            return trainer.Run(
                folder.Path,
                new TrainingObserver(
                    Step: metrics =>
                    {
                        observer.Step?.Invoke(metrics);
                        if (metrics.Step % trainer.Options.SaveSteps == 0) Report(folder, observer);
                    },
                    Sample: step => folder.WriteSamples(step, samples.Write(step)),
                    Notice: observer.Notice),
                cancellation);
        }
        catch (EngineException e)
        {
            Report(folder, observer, e.Message);
            throw;
        }
    }

    /// <summary>A report that cannot be written, on a full disk perhaps, neither ends a run nor hides why it ended.</summary>
    static void Report(AdaptationFolder folder, AdaptationObserver observer, string? error = null)
    {
        try
        {
            TrainingReport.Write(folder.Path, error);
        }
        catch (Exception e) when (e is BonitoException or EngineException)
        {
            observer.Notice?.Invoke(e.Message);
        }
    }
}

using System.Text.Json.Nodes;
using Bonito.Adaptation;
using Bonito.Datasets;
using Bonito.Documents;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Generation;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;
using Bonito.Tasks;

namespace Bonito.Recipes;

/// <summary>The main job: documents in, instruction tuning dataset out.</summary>
public static class Generate
{
    public const string Name = "generate";

    /// <summary>Makes a dataset, or continues the run that the output folder holds. A finished run is left as it is.</summary>
    /// <param name="planned">Told what there is to do, before the first task; not told for a finished run.</param>
    /// <param name="progress">Told after every task.</param>
    /// <param name="cancellation">Stops the run: tasks in flight are given up, finished ones are in the ledger.</param>
    /// <exception cref="BonitoException">Bad inputs, options or run folder.</exception>
    /// <exception cref="Engine.EngineException">A bad model, or files that cannot be written.</exception>
    public static GenerateSummary Run(GenerateOptions options, Action<GeneratePlan>? planned, Action<GenerateProgress>? progress, CancellationToken cancellation)
    {
        options.Validate();
        FoundDocuments found = Find(options);
        GeneratorFolder generator = GeneratorFolder.Read(options.ModelFolder);
        options = options with { Sampling = options.Sampling with { FrequencyPenalty = options.Sampling.FrequencyPenalty ?? generator.FrequencyPenalty } };
        IReadOnlyList<TaskType> taskTypes = [.. TaskType.All.Where((options.TaskTypes ?? generator.TaskTypes).Contains)];
        JsonObject configuration = GenerateConfiguration.Of(options, found.Files, generator, taskTypes);
        if (RunFolder.Check(options.OutputFolder, configuration, options.Resume) is { } finished) return Summary(options.OutputFolder, finished);

        List<DocumentNotice> notices = [];
        List<Document> documents = [.. DocumentReader.Read(found, options.ContextColumn, notices.Add)];
        (Llama model, Tokenizer tokenizer) = ModelFolder.Load(options.ModelFolder);
        using Llama loaded = model;
        if (options.AdapterFolder is { } adapter) PeftAdapter.Load(AdapterLocation.Find(adapter), model);
        TaskPlan plan = new(Cut(documents, options, tokenizer), taskTypes, options.Samples);
        Tally tally = new(taskTypes, plan.PerTaskType);
        using RunFolder folder = RunFolder.Open(options.OutputFolder, configuration, options.Resume, tally.Add);
        RequirePlanned(folder.Ledger, plan, options.OutputFolder);
        planned?.Invoke(new GeneratePlan(
            documents.Count, plan.Contexts.Count, taskTypes, options.Samples, plan.Total, folder.Ledger.Count, notices, [.. taskTypes.Except(generator.TaskTypes)]));
        try
        {
            using WorkerPool pool = new(options.Threads);
            using Generator engine = new(model, tokenizer, pool, options.BatchSize);
            TaskConstraints? constraints = options.Constrain ? new TaskConstraints() : null;
            new TaskGeneration(plan, constraints, folder.Ledger, tally, progress).Run(engine, tokenizer, options.Sampling, cancellation);
        }
        catch (OperationCanceledException)
        {
            folder.Ledger.Flush();
            return new GenerateSummary(options.OutputFolder, plan.Total, folder.Ledger.Count, Manifest: null, Example: null);
        }
        tally.Reconcile();
        Manifest manifest = new(
            Name, DateTimeOffset.UtcNow, BonitoVersion.Software, configuration, documents.Count, plan.Contexts.Count, tally.Counts, folder.WriteData(plan.Ids));
        folder.Finish(manifest);
        return Summary(options.OutputFolder, manifest);
    }

    /// <summary>The inputs without what an earlier start wrote, should the output folder lie among them.</summary>
    static FoundDocuments Find(GenerateOptions options)
    {
        FoundDocuments found = DocumentFinder.Find(options.Inputs);
        string output = Path.TrimEndingDirectorySeparator(Path.GetFullPath(options.OutputFolder)) + Path.DirectorySeparatorChar;
        return found with { Files = [.. found.Files.Where(file => !Path.GetFullPath(file.Path).StartsWith(output, StringComparison.Ordinal))] };
    }

    static List<Context> Cut(List<Document> documents, GenerateOptions options, Tokenizer tokenizer)
    {
        List<int> ids = [];
        Chunker chunker = new(options.Contexts, text =>
        {
            ids.Clear();
            tokenizer.Encode(text, ids);
            return ids.Count;
        });
        IEnumerable<Context> contexts = documents.SelectMany(chunker.Chunk);
        return [.. options.MaxContexts is { } most ? contexts.Take(most) : contexts];
    }

    /// <summary>The configuration is the same, so every task in the ledger is one of this run, unless someone changed the file.</summary>
    static void RequirePlanned(Ledger ledger, TaskPlan plan, string folder)
    {
        int known = plan.Ids.Count(ledger.Contains);
        if (known != ledger.Count) throw new BonitoException($"{Path.Combine(folder, RunFolder.LedgerFile)}: {ledger.Count - known} of its {ledger.Count} tasks are not of this run. Something else than Bonito changed the folder: name another with --output.");
    }

    static GenerateSummary Summary(string folder, Manifest manifest)
    {
        int total = manifest.TaskTypes.Sum(t => t.Requested);
        return new GenerateSummary(folder, total, total, manifest, RunFolder.ReadFirstExample(folder));
    }
}

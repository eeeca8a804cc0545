using Bonito.Datasets;
using Bonito.Documents;
using Bonito.Engine.Generation;
using Bonito.Tasks;

namespace Bonito.Recipes;

/// <summary>What to make tasks from, with which model, of which kinds, and where to.</summary>
public sealed record GenerateOptions
{
    /// <summary>Files, folders and globs.</summary>
    public required IReadOnlyList<string> Inputs { get; init; }

    /// <summary>The generator: a Hugging Face model folder.</summary>
    public required string ModelFolder { get; init; }

    /// <summary>An adapter in PEFT's format to use with the generator, or a run folder that holds one; null for none.</summary>
    public string? AdapterFolder { get; init; }

    /// <summary>The run folder.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>The column with the text, for inputs that have columns.</summary>
    public string? ContextColumn { get; init; }

    public ChunkOptions Contexts { get; init; } = new();

    /// <summary>Only the first contexts are used; null uses all.</summary>
    public int? MaxContexts { get; init; }

    /// <summary>Null takes those that the model was trained on (<see cref="GeneratorFolder.TaskTypes"/>).</summary>
    public IReadOnlyList<TaskType>? TaskTypes { get; init; }

    /// <summary>Tasks for each context and task type.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Where it names no frequency penalty, the model's is taken (<see cref="GeneratorFolder.FrequencyPenalty"/>).</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>Whether the generator may write only what its task type allows (<see cref="TaskConstraints"/>).</summary>
    public bool Constrain { get; init; } = true;

    public ResumeMode Resume { get; init; }

    /// <summary>Tasks in flight together. Does not change results.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Null takes all processors. Does not change results.</summary>
    public int? Threads { get; init; }

    /// <exception cref="BonitoException">A value is out of its range.</exception>
    public void Validate()
    {
        if (Inputs.Count == 0) throw new BonitoException("There is no input. Name files, folders or globs.");
        if (TaskTypes is { Count: 0 }) throw new BonitoException("There is no task type. Name at least one, or none to take those of the model.");
        Positive(MaxContexts, "max-contexts");
        Positive(Samples, "samples");
        Positive(BatchSize, "batch-size");
        Positive(Threads, "threads");
        Contexts.Validate();
        Sampling.Validate();
    }

    static void Positive(int? value, string name)
    {
        if (value < 1) throw new BonitoException($"{name} must be at least 1, got {value}.");
    }
}

using Bonito.Engine.Models;
using Bonito.Engine.Training;

namespace Bonito.Adaptation;

/// <summary>What to train, on what, how, and where to.</summary>
public sealed record AdaptationOptions
{
    public required DataOptions Data { get; init; }

    /// <summary>The run folder.</summary>
    public required string OutputFolder { get; init; }

    /// <summary>A model folder, or for an adapter also a GGUF file, to go on from; null trains a model from scratch, with a tokenizer of its own.</summary>
    public string? BaseModel { get; init; }

    /// <summary>Of a model from scratch.</summary>
    public ModelShape Shape { get; init; } = new();

    public Method Method { get; init; }

    /// <summary>For <see cref="Method.Lora"/> and <see cref="Method.Qlora"/>.</summary>
    public LoraOptions Lora { get; init; } = new();

    public TrainingOptions Training { get; init; } = new();

    /// <summary>Null takes all processors. Does not change results.</summary>
    public int? Threads { get; init; }

    /// <summary>Ends after the plan, with nothing written.</summary>
    public bool DryRun { get; init; }

    /// <exception cref="BonitoException">The options do not go together, or those of the data do not work.</exception>
    /// <exception cref="Engine.EngineException">Those of training or the adapter do not work.</exception>
    public void Validate()
    {
        Data.Validate();
        Training.Validate();
        if (Method != Method.Full) Lora.Validate();
        if (Method != Method.Full && BaseModel is null) throw new BonitoException($"The method {Method.Name()} trains an adapter, which needs a model to stand beside: name one with --base.");
        if (BaseModel is null && Data.PromptFormat == PromptFormat.Chat) throw new BonitoException("A model from scratch has no chat template; choose another prompt format.");
        if (Threads < 1) throw new BonitoException($"threads must be at least 1, got {Threads}.");
    }
}

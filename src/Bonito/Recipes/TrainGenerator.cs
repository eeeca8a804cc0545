using Bonito.Adaptation;

namespace Bonito.Recipes;

/// <summary>Trains a generator on rows of prompt and completion, from scratch or from a model.</summary>
public static class TrainGenerator
{
    public const string Name = "train";

    /// <summary>Trains, or continues the run that the output folder holds. A finished run is left as it is.</summary>
    /// <exception cref="BonitoException">Bad options, data or run folder.</exception>
    /// <exception cref="Engine.EngineException">A bad model, one that does not fit the memory, or a loss that is no number.</exception>
    public static AdaptationSummary Run(AdaptationOptions options, AdaptationObserver observer, CancellationToken cancellation) =>
        AdaptationRun.Run(Name, options, (format, _) => format == DataFormat.Messages ? PromptFormat.Chat : PromptFormat.Generator, observer, cancellation);
}

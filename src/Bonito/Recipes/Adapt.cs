using Bonito.Adaptation;

namespace Bonito.Recipes;

/// <summary>Adapts a target model to a domain: on generated tasks, or, as the baseline (TAPT), on the raw contexts.</summary>
public static class Adapt
{
    public const string Name = "adapt";

    /// <summary>Trains, or continues the run that the output folder holds. A finished run is left as it is.</summary>
    /// <exception cref="BonitoException">Bad options, data or run folder.</exception>
    /// <exception cref="Engine.EngineException">A bad model, one that does not fit the memory, or a loss that is no number.</exception>
    public static AdaptationSummary Run(AdaptationOptions options, AdaptationObserver observer, CancellationToken cancellation)
    {
        if (options.BaseModel is null) throw new BonitoException("There is no model to adapt. Name one with --base.");
        return AdaptationRun.Run(Name, options, PromptFormats.Choose, observer, cancellation);
    }
}

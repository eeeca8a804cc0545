namespace Bonito.Engine.Training;

/// <summary>
/// Cuts the source and the target of examples at a number of tokens each, at their ends, and counts what it cut. A target that is
/// cut loses its end-of-text too: the model must not learn to stop there.
/// </summary>
/// <param name="maxSourceLength">Ids before the target that stay, beginning-of-text included.</param>
/// <param name="maxTargetLength">Ids of the target that stay, end-of-text included; at least 1.</param>
public sealed class Truncation(int maxSourceLength, int maxTargetLength)
{
    /// <summary>Examples whose source was cut.</summary>
    public int Sources { get; private set; }

    /// <summary>Examples whose target was cut.</summary>
    public int Targets { get; private set; }

    /// <summary>Ids cut off in all.</summary>
    public long Tokens { get; private set; }

    /// <summary>The example, cut where it is too long; the same object where it is not.</summary>
    public TrainingExample Cut(TrainingExample example)
    {
        int source = Math.Min(example.TargetStart, maxSourceLength), target = Math.Min(example.Ids.Length - example.TargetStart, maxTargetLength);
        int cut = example.Ids.Length - source - target;
        if (cut == 0) return example;
        if (source < example.TargetStart) Sources++;
        if (target < example.Ids.Length - example.TargetStart) Targets++;
        Tokens += cut;
        return example with
        {
            Ids = [.. example.Ids.AsSpan(0, source), .. example.Ids.AsSpan(example.TargetStart, target)],
            TargetStart = source,
            Mask = example.Mask is { } mask ? [.. mask.Take(source), .. mask.Skip(example.TargetStart).Take(target)] : null,
        };
    }
}

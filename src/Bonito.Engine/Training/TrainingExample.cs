namespace Bonito.Engine.Training;

/// <summary>A sequence to learn: the model reads ids[0..n-1] and is asked for ids[1..n].</summary>
/// <param name="Ids">Token ids, beginning-of-text first, end-of-text last.</param>
/// <param name="TargetStart">Index of the first id of the target; those before it are the source.</param>
public sealed record TrainingExample(int[] Ids, int TargetStart)
{
    /// <summary>Tokens the model reads.</summary>
    public int Length => Ids.Length - 1;

    /// <summary>Whether ids[i + 1], which the model is asked for after ids[i], belongs to the target.</summary>
    public bool IsTarget(int i) => i + 1 >= TargetStart;

    /// <summary>The label mask: how much that prediction counts, 1 for the target, <paramref name="sourceWeight"/> for the source.</summary>
    public float Weight(int i, float sourceWeight) => IsTarget(i) ? 1 : sourceWeight;
}

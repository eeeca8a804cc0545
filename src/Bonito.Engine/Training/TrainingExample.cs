namespace Bonito.Engine.Training;

/// <summary>A sequence to learn: the model reads ids[0..n-1] and is asked for ids[1..n].</summary>
/// <param name="Ids">Token ids, beginning-of-text first, end-of-text last.</param>
/// <param name="TargetStart">Index of the first id of the target; those before it are the source.</param>
public sealed record TrainingExample(int[] Ids, int TargetStart)
{
    /// <summary>Which row of which file it is, for messages; null where it comes from none.</summary>
    public string? Id { get; init; }

    /// <summary>Which of <see cref="Ids"/> are targets, where those from <see cref="TargetStart"/> on are not all: between the answers of a conversation stand questions.</summary>
    public IReadOnlyList<bool>? Mask { get; init; }

    /// <summary>Tokens the model reads.</summary>
    public int Length => Ids.Length - 1;

    /// <summary>Whether ids[i + 1], which the model is asked for after ids[i], belongs to the target.</summary>
    public bool IsTarget(int i) => i + 1 >= TargetStart && Mask?[i + 1] != false;

    /// <summary>How many tokens of the target the model is asked for.</summary>
    public int TargetTokens()
    {
        int count = 0;
        for (int i = 0; i < Length; i++)
            if (IsTarget(i)) count++;
        return count;
    }

    /// <summary>The label mask: how much that prediction counts, 1 for the target, <paramref name="sourceWeight"/> for the source.</summary>
    public float Weight(int i, float sourceWeight) => IsTarget(i) ? 1 : sourceWeight;
}

namespace Bonito.Documents;

/// <summary>How long contexts may be, in tokens of the model that will read them.</summary>
/// <param name="MaxTokens">No context is longer (save a single character that is).</param>
/// <param name="MinTokens">Contexts shorter than this join a neighbour wherever that fits; at most half of MaxTokens.</param>
/// <param name="OverlapTokens">
/// How much of the preceding context's end a context may repeat, in whole sentences; at most half of MaxTokens.
/// </param>
public sealed record ChunkOptions(int MaxTokens = 256, int MinTokens = 48, int OverlapTokens = 0)
{
    /// <exception cref="BonitoException">A value is out of its range.</exception>
    public void Validate()
    {
        if (MaxTokens < 1) throw new BonitoException($"max tokens of a context is {MaxTokens}; it must be at least 1");
        RequireHalf(MinTokens, "min tokens");
        RequireHalf(OverlapTokens, "overlap tokens");
    }

    void RequireHalf(int value, string name)
    {
        if (value < 0 || value > MaxTokens / 2)
            throw new BonitoException(
                $"{name} of a context is {value}; it must be from 0 to {MaxTokens / 2}, half of its max tokens ({MaxTokens})");
    }
}

namespace Bonito.Engine.Generation;

/// <summary>Consecutive tokens that are to be run in a slot of the cache, and the scores that come out of them.</summary>
/// <param name="slot">Its place in the cache, which holds all tokens of the sequence before these.</param>
/// <param name="ids">The whole sequence.</param>
/// <param name="from">The first token to run.</param>
/// <param name="end">The first token not to run.</param>
/// <param name="scores">Of the continuations that have these tokens in common.</param>
sealed class Stretch(int slot, int[] ids, int from, int end, IReadOnlyList<ContinuationScore> scores)
{
    public int Slot => slot;

    /// <summary>The first token that has not been run.</summary>
    public int Past { get; private set; } = from;

    public int Left => end - Past;

    /// <summary>The next tokens, which count as run now.</summary>
    public ReadOnlySpan<int> Take(int count)
    {
        Past += count;
        return ids.AsSpan(Past - count, count);
    }

    /// <summary>The scores that the output at a position gives, as places in <see cref="ContinuationScore.LogProbabilities"/>.</summary>
    public IEnumerable<(ContinuationScore Score, int Place)> ScoredAt(int position)
    {
        foreach (ContinuationScore score in scores)
            if (position + 1 >= score.Continuation.Start && position + 1 < score.Continuation.Ids.Length) yield return (score, position + 1 - score.Continuation.Start);
    }
}

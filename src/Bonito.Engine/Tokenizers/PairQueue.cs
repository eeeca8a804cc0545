namespace Bonito.Engine.Tokenizers;

/// <summary>
/// Gives out pairs by falling count, of equal counts the lower pair first. Counts that fell since a pair was put in are
/// noticed when it comes out; a count that rose has to be put in again.
/// </summary>
internal sealed class PairQueue
{
    private readonly PairTable _pairs;
    private readonly PriorityQueue<Pair, (long Count, Pair Pair)> _queue;

    public PairQueue(PairTable pairs)
    {
        _pairs = pairs;
        _queue = new(
            pairs.Counts.Select(entry => (entry.Pair, (entry.Count, entry.Pair))),
            Comparer<(long Count, Pair Pair)>.Create(static (a, b) =>
                a.Count != b.Count ? b.Count.CompareTo(a.Count) : a.Pair.CompareTo(b.Pair)));
    }

    public void Enqueue(IEnumerable<Pair> pairs)
    {
        foreach (Pair pair in pairs)
            Enqueue(pair);
    }

    /// <summary>The most frequent pair that still occurs.</summary>
    public bool TryDequeue(out Pair pair, out long count)
    {
        while (_queue.TryDequeue(out pair, out (long Count, Pair Pair) entry))
        {
            count = _pairs.CountOf(pair);
            if (count == entry.Count)
                return true;
            Enqueue(pair);
        }

        count = 0;
        return false;
    }

    private void Enqueue(Pair pair)
    {
        long count = _pairs.CountOf(pair);
        if (count > 0)
            _queue.Enqueue(pair, (count, pair));
    }
}

namespace Bonito.Engine.Training;

/// <summary>
/// The order of the data: each epoch is a new shuffle, cut into windows of <see cref="WindowBatches"/> batches that are sorted by
/// length, so that a batch holds examples of like length, then shuffled as batches. A function of the seed and the batch's number
/// alone, so a resumed run goes on with the same batches.
/// </summary>
public sealed class BatchSampler
{
    const int WindowBatches = 50;

    readonly int[] lengths;
    readonly int batchSize;
    readonly int seed;
    int epoch = -1;
    int[] order = [];

    /// <param name="lengths">Length of each example, in tokens.</param>
    public BatchSampler(IEnumerable<int> lengths, int batchSize, int seed)
    {
        this.lengths = [.. lengths];
        this.batchSize = batchSize;
        this.seed = seed;
        if (this.lengths.Length == 0) throw new EngineException("There is no example to train on.");
    }

    /// <summary>Batches of an epoch; the last may be smaller.</summary>
    public int BatchesPerEpoch => (lengths.Length + batchSize - 1) / batchSize;

    /// <summary>Indices of the examples of a batch, counted from 0 over all epochs.</summary>
    public ReadOnlySpan<int> Batch(long number)
    {
        Prepare((int)(number / BatchesPerEpoch));
        int first = (int)(number % BatchesPerEpoch) * batchSize;
        return order.AsSpan(first, Math.Min(batchSize, order.Length - first));
    }

    void Prepare(int wanted)
    {
        if (wanted == epoch) return;
        epoch = wanted;
        Random random = new(HashCode(seed, epoch));
        int[] examples = [.. Enumerable.Range(0, lengths.Length)];
        random.Shuffle(examples);
        for (int first = 0; first < examples.Length; first += WindowBatches * batchSize)
        {
            Span<int> window = examples.AsSpan(first, Math.Min(WindowBatches * batchSize, examples.Length - first));
            window.Sort((a, b) => lengths[a] != lengths[b] ? lengths[a].CompareTo(lengths[b]) : a.CompareTo(b));
        }
        // Whole batches change places; a smaller last one stays last.
        int[] places = [.. Enumerable.Range(0, lengths.Length / batchSize)];
        random.Shuffle(places);
        order = new int[examples.Length];
        for (int i = 0; i < places.Length; i++) examples.AsSpan(places[i] * batchSize, batchSize).CopyTo(order.AsSpan(i * batchSize));
        examples.AsSpan(places.Length * batchSize).CopyTo(order.AsSpan(places.Length * batchSize));
    }

    // Not System.HashCode, whose values differ from process to process.
    static int HashCode(int seed, int epoch) => unchecked((int)((uint)seed * 2654435761u + (uint)epoch * 40503u));
}

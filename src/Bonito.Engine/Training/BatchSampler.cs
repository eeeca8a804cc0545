namespace Bonito.Engine.Training;

/// <summary>
/// The order of the data: each epoch is a new shuffle, cut into batches by a number of examples or of tokens. Where examples are
/// grouped, windows of about <see cref="WindowBatches"/> batches are sorted by length before, so that a batch holds examples of like
/// length; the batches of an epoch then change places, so that no stretch of it has short or long ones. A function of the seed and
/// the batch's number alone: a resumed run goes on with the same batches.
/// </summary>
public sealed class BatchSampler
{
    const int WindowBatches = 50;

    readonly int[] lengths;
    readonly TrainingOptions options;
    // Number of the first batch of each epoch that was looked at, and of the one after.
    readonly List<long> firsts = [0];
    int epoch = -1;
    int[] order = [];
    int[] starts = [];

    /// <param name="lengths">Length of each example, in tokens.</param>
    /// <exception cref="EngineException">There is no example, or one is longer than a batch may be.</exception>
    public BatchSampler(IEnumerable<int> lengths, TrainingOptions options)
    {
        this.lengths = [.. lengths];
        this.options = options;
        if (this.lengths.Length == 0) throw new EngineException("There is no example to train on.");
    }

    /// <summary>Batches of the first epoch; where they are cut by tokens, others may have a few more or less.</summary>
    public long BatchesPerEpoch => BatchesIn(1);

    /// <summary>Batches that hold the first so many epochs.</summary>
    public long BatchesIn(double epochs)
    {
        int whole = (int)epochs;
        Look((int)Math.Ceiling(epochs));
        if (whole == epochs) return firsts[whole];
        return firsts[whole] + (long)Math.Ceiling((epochs - whole) * (firsts[whole + 1] - firsts[whole]));
    }

    /// <summary>Steps of a run: as many as the options say, or as its epochs have; the last may begin another epoch.</summary>
    /// <exception cref="EngineException">The epochs end before <see cref="TrainingOptions.WarmupSteps"/> do.</exception>
    public int Steps(TrainingOptions options)
    {
        if (options.NumTrainEpochs is not { } epochs) return options.MaxSteps;
        long passes = options.GradientAccumulationSteps, most = options.MaxSteps * passes;
        // Epochs that no step reaches are not arranged: there may be very many.
        for (int whole = 1; whole <= epochs; whole++)
            if (BatchesIn(whole) >= most) return options.MaxSteps;
        int steps = (int)Math.Min(options.MaxSteps, (BatchesIn(epochs) + passes - 1) / passes);
        if (options.WarmupSteps >= steps)
            throw new EngineException(FormattableString.Invariant($"The warm-up has {options.WarmupSteps:N0} steps (warmup-steps), the run only {steps:N0}: {lengths.Length:N0} examples, {epochs} times over (num-train-epochs), end before the learning rate reaches its peak. Warm up for fewer than {steps:N0} steps, or train for more epochs."));
        return steps;
    }

    /// <summary>How many epochs the first so many batches are.</summary>
    public double EpochsIn(long batches)
    {
        int at = EpochOf(batches);
        return at + (double)(batches - firsts[at]) / (firsts[at + 1] - firsts[at]);
    }

    /// <summary>Indices of the examples of a batch, counted from 0 over all epochs; valid until the next call.</summary>
    public ReadOnlySpan<int> Batch(long number)
    {
        int wanted = EpochOf(number);
        if (wanted != epoch) Arrange(wanted);
        int batch = (int)(number - firsts[wanted]);
        return order.AsSpan(starts[batch]..starts[batch + 1]);
    }

    /// <summary>
    /// Lengths of the examples of a batch than which none has more tokens or begins more pages of a cache: the longest examples or,
    /// where batches are cut by tokens, one that is full, of as many examples as there can be, all but one of a single token.
    /// </summary>
    /// <exception cref="EngineException">An example is longer than a batch may be.</exception>
    public int[] Largest()
    {
        if (options.MaxTokensPerBatch is not int budget) return [.. lengths.OrderDescending().Take(options.BatchSize)];
        int examples = MaxExamples(), tokens = (int)Math.Min(budget, lengths.Sum(n => (long)n));
        return [tokens - examples + 1, .. Enumerable.Repeat(1, examples - 1)];
    }

    /// <summary>Examples that a batch has at most.</summary>
    public int MaxExamples()
    {
        int[] shortest = [.. Enumerable.Range(0, lengths.Length).OrderBy(i => lengths[i])];
        return Cut(shortest, lengths, options)[1];
    }

    /// <summary>Cuts examples, in their order, into batches.</summary>
    /// <returns>Where each batch starts, and the end of the last.</returns>
    /// <exception cref="EngineException">An example is longer than a batch may be.</exception>
    public static int[] Cut(ReadOnlySpan<int> order, int[] lengths, TrainingOptions options)
    {
        List<int> starts = [0];
        int tokens = 0;
        for (int i = 0; i < order.Length; i++)
        {
            int length = lengths[order[i]];
            if (length > options.MaxTokensPerBatch)
                throw new EngineException($"An example has {length} tokens, a pass may have {options.MaxTokensPerBatch} (max-tokens-per-batch). Allow more, or cut the examples.");
            bool full = options.MaxTokensPerBatch is int budget ? tokens + length > budget : i - starts[^1] == options.BatchSize;
            if (full)
            {
                starts.Add(i);
                tokens = 0;
            }
            tokens += length;
        }
        starts.Add(order.Length);
        return [.. starts];
    }

    int EpochOf(long batch)
    {
        while (firsts[^1] <= batch) Look(firsts.Count);
        int found = firsts.BinarySearch(batch);
        return found >= 0 ? found : ~found - 1;
    }

    // A token budget does not cut each epoch into as many batches.
    void Look(int epochs)
    {
        while (firsts.Count <= epochs)
        {
            Arrange(firsts.Count - 1);
            firsts.Add(firsts[^1] + starts.Length - 1);
        }
    }

    void Arrange(int wanted)
    {
        epoch = wanted;
        Random random = new(Mix(options.DataSeed ?? options.Seed, epoch));
        int[] examples = [.. Enumerable.Range(0, lengths.Length)];
        random.Shuffle(examples);
        if (options.GroupByLength)
        {
            int window = (int)Math.Min(examples.Length, (long)WindowBatches * ExamplesPerBatch());
            for (int first = 0; first < examples.Length; first += window)
                examples.AsSpan(first, Math.Min(window, examples.Length - first)).Sort((a, b) => lengths[a] != lengths[b] ? lengths[a].CompareTo(lengths[b]) : a.CompareTo(b));
        }
        int[] cuts = Cut(examples, lengths, options), places = [.. Enumerable.Range(0, cuts.Length - 1)];
        random.Shuffle(places);
        order = new int[examples.Length];
        starts = new int[cuts.Length];
        for (int i = 0; i < places.Length; i++)
        {
            Span<int> batch = examples.AsSpan(cuts[places[i]]..cuts[places[i] + 1]);
            batch.CopyTo(order.AsSpan(starts[i]));
            starts[i + 1] = starts[i] + batch.Length;
        }
    }

    int ExamplesPerBatch() => options.MaxTokensPerBatch is int budget ? (int)Math.Max(1, budget / lengths.Average()) : options.BatchSize;

    // Not System.HashCode, whose values differ from process to process.
    static int Mix(int seed, int epoch) => unchecked((int)((uint)seed * 2654435761u + (uint)epoch * 40503u));
}

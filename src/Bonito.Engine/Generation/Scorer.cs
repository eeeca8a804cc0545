using System.Runtime.InteropServices;
using Bonito.Engine.Autograd;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Generation;

/// <summary>
/// Says how likely given continuations are, for ranked choice and for filters. Continuations come in groups that begin alike, such as
/// the answer choices of one question: what they have in common is computed once. A score depends on the model and the ids of its
/// continuation, not on its group, the batch size or the threads.
/// </summary>
public sealed class Scorer : IDisposable
{
    // Tokens of one step: enough for the matrix kernels to be at their best.
    const int StepRows = 512;

    readonly Llama model;
    readonly Ops ops;
    readonly int slots;
    readonly KvCache cache;
    readonly TokenBatch batch = new();
    // Of a step: rows with scores, where the ids of each begin, the ids, and where their log-probabilities go.
    readonly List<int> rows = [];
    readonly List<int> firsts = [];
    readonly List<int> ids = [];
    readonly List<(ContinuationScore Score, int Place)> places = [];

    /// <param name="model">Its weights are packed for inference and must not change while the scorer lives. The caller keeps it and the pool.</param>
    /// <param name="batchSize">Sequences in the cache together at most.</param>
    public Scorer(Llama model, WorkerPool pool, int batchSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        this.model = model;
        slots = batchSize;
        ops = new Ops(pool);
        model.Pack(ops.Gemm);
        cache = new KvCache(model.Config, ops.Gemm.Kernel, slots, model.Config.MaxPositionEmbeddings);
    }

    /// <summary>Tokens that were run through the model since the scorer was made.</summary>
    public long Tokens { get; private set; }

    /// <summary>Scores groups of continuations, in their order. Groups are pulled as there is room for them.</summary>
    /// <exception cref="EngineException">While enumerating: a group is empty, a sequence does not fit the model's window or has ids that
    /// the model does not know, or the model computes no numbers.</exception>
    public IEnumerable<IReadOnlyList<ContinuationScore>> Score(IEnumerable<IReadOnlyList<Continuation>> groups, CancellationToken cancellation = default)
    {
        List<Group> wave = [];
        int taken = 0;
        foreach (IReadOnlyList<Continuation> continuations in groups)
        {
            Check(continuations);
            Group group = new(continuations, slots);
            if (taken + group.Slots > slots)
            {
                Run(wave, cancellation);
                foreach (Group done in wave) yield return done.Scores;
                wave.Clear();
                taken = 0;
            }
            group.FirstSlot = taken;
            taken += group.Slots;
            wave.Add(group);
        }
        Run(wave, cancellation);
        foreach (Group done in wave) yield return done.Scores;
    }

    public void Dispose()
    {
        cache.Dispose();
        ops.Dispose();
    }

    void Check(IReadOnlyList<Continuation> continuations)
    {
        if (continuations.Count == 0) throw new EngineException("A group to score has no continuations.");
        int window = model.Config.MaxPositionEmbeddings;
        foreach (Continuation c in continuations)
        {
            if (c.Start < 1 || c.Start >= c.Ids.Length) throw new EngineException($"A continuation must begin after at least one token of the prompt and have at least one token, got {c.Ids.Length} tokens of which it begins at {c.Start}.");
            // The last token is only asked for.
            if (c.Ids.Length - 1 > window) throw new EngineException($"A prompt and its continuation have {c.Ids.Length} tokens; the model's window of {window} takes {window + 1}. Shorten the prompt.");
        }
    }

    /// <summary>First what each group has in common, then, from copies of that, the rest of each continuation.</summary>
    void Run(List<Group> wave, CancellationToken cancellation)
    {
        if (wave.Count == 0) return;
        Run([.. wave.Select(group => group.Common())], cancellation);
        foreach (Group group in wave)
            for (int i = 1; i < group.Slots; i++) cache.Copy(group.FirstSlot, group.FirstSlot + i, group.Shared);
        for (int round = 0; wave.SelectMany(group => group.Rest(round)).ToArray() is { Length: > 0 } rest; round++) Run(rest, cancellation);
    }

    void Run(Stretch[] stretches, CancellationToken cancellation)
    {
        int done = 0;
        while (done < stretches.Length)
        {
            cancellation.ThrowIfCancellationRequested();
            Clear();
            int room = StepRows;
            while (done < stretches.Length && room > 0)
            {
                Stretch stretch = stretches[done];
                int count = Math.Min(room, stretch.Left), past = stretch.Past;
                for (int i = 0; i < count; i++) Note(stretch, past + i, batch.Rows + i);
                if (count > 0) batch.Add(stretch.Slot, past, stretch.Take(count));
                room -= count;
                if (stretch.Left == 0) done++;
            }
            if (batch.Rows > 0) Step();
        }
    }

    void Clear()
    {
        batch.Clear();
        rows.Clear();
        firsts.Clear();
        ids.Clear();
        places.Clear();
    }

    void Note(Stretch stretch, int position, int row)
    {
        int before = places.Count;
        places.AddRange(stretch.ScoredAt(position));
        if (places.Count == before) return;
        rows.Add(row);
        firsts.Add(before);
        foreach ((ContinuationScore score, int place) in CollectionsMarshal.AsSpan(places)[before..]) ids.Add(score.Continuation.Ids[score.Continuation.Start + place]);
    }

    void Step()
    {
        ops.Arena.Reset();
        Tensor hidden = model.Forward(ops, batch, cache);
        Tokens += batch.Rows;
        if (rows.Count == 0) return;
        firsts.Add(ids.Count);
        float[] results = new float[ids.Count];
        ops.LogProbabilities(ops.Rows(hidden, CollectionsMarshal.AsSpan(rows)), model.Head, CollectionsMarshal.AsSpan(firsts), CollectionsMarshal.AsSpan(ids), results);
        for (int i = 0; i < results.Length; i++)
        {
            if (!float.IsFinite(results[i])) throw new EngineException($"The model gives token {ids[i]} a log-probability of {results[i]}: its weights are damaged, or too large for float32.");
            places[i].Score.LogProbabilities[places[i].Place] = results[i];
        }
    }

    /// <summary>Continuations that begin alike, and the slots in which they are computed.</summary>
    sealed class Group
    {
        readonly ContinuationScore[] own;

        public Group(IReadOnlyList<Continuation> continuations, int slots)
        {
            Scores = [.. continuations.Select(c => new ContinuationScore(c, new float[c.Ids.Length - c.Start]))];
            int[] first = continuations[0].Ids;
            Shared = continuations.Min(c => Math.Min(c.Ids.AsSpan().CommonPrefixLength(first), c.Ids.Length - 1));
            own = [.. Scores.Where(score => score.Continuation.Ids.Length - 1 > Shared)];
            Slots = Math.Clamp(own.Length, 1, slots);
        }

        public ContinuationScore[] Scores { get; }

        /// <summary>Tokens that all continuations begin with and that have to be run; a last token is not run, because nothing follows it.</summary>
        public int Shared { get; }

        public int Slots { get; }

        public int FirstSlot { get; set; }

        public Stretch Common() => new(FirstSlot, Scores[0].Continuation.Ids, 0, Shared, Scores);

        /// <summary>What the continuations have for themselves, as many in each round as there are slots: what a slot shares stays in it.</summary>
        public IEnumerable<Stretch> Rest(int round) => own.Skip(round * Slots).Take(Slots).Select((score, i) =>
            new Stretch(FirstSlot + i, score.Continuation.Ids, Shared, score.Continuation.Ids.Length - 1, [score]));
    }
}

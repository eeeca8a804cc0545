using System.Runtime.InteropServices;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// The merges of byte-pair encoding, applied to the symbols of a word: again and again the pair of neighbours with the
/// lowest rank becomes one token (of equal ranks the leftmost), until no pair has a merge.
/// </summary>
internal sealed class MergeTable
{
    /// <summary>Up to here scanning all pairs for every merge is faster than a queue; beyond it would be quadratic.</summary>
    private const int ScanLimit = 64;

    private static readonly Joined None = new(int.MaxValue, -1);

    private readonly Dictionary<Pair, Joined> pairs;

    /// <param name="merges">The merges.</param>
    /// <param name="ranks">The rank of each, where several may share one; its place in the list when null.</param>
    /// <param name="special">Ids that text must never turn into: merges that would make one do not apply.</param>
    public MergeTable(IReadOnlyList<Merge> merges, IReadOnlyList<int>? ranks, IReadOnlySet<int> special)
    {
        pairs = new Dictionary<Pair, Joined>(merges.Count);
        for (int i = 0; i < merges.Count; i++)
        {
            if (!special.Contains(merges[i].Result))
                pairs.Add(merges[i].Pair, new Joined(ranks?[i] ?? i, merges[i].Result));
        }
    }

    /// <summary>Merges the symbols from a place of the list to its end, in the list.</summary>
    public void Apply(List<int> symbols, int from)
    {
        Span<int> ids = CollectionsMarshal.AsSpan(symbols)[from..];
        int count = ids.Length <= ScanLimit ? MergeByScanning(ids) : MergeByQueue(ids);
        CollectionsMarshal.SetCount(symbols, from + count);
    }

    private int MergeByScanning(Span<int> ids)
    {
        Span<Joined> joined = stackalloc Joined[ScanLimit];
        int count = ids.Length;
        for (int i = 0; i + 1 < count; i++)
            joined[i] = Join(ids[i], ids[i + 1]);

        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < count; i++)
            {
                if (joined[i].Rank < joined[best].Rank)
                    best = i;
            }

            if (joined[best] == None)
                break;
            ids[best] = joined[best].Id;
            ids[(best + 2)..count].CopyTo(ids[(best + 1)..]);
            joined[(best + 1)..(count - 1)].CopyTo(joined[best..]);
            count--;
            if (best > 0)
                joined[best - 1] = Join(ids[best - 1], ids[best]);
            if (best + 1 < count)
                joined[best] = Join(ids[best], ids[best + 1]);
        }

        return count;
    }

    /// <summary>The same for long words: a linked list of symbols and a queue of their pairs, n log n.</summary>
    private int MergeByQueue(Span<int> ids)
    {
        int count = ids.Length;
        int[] next = new int[count];
        int[] previous = new int[count];
        var joined = new Joined[count];
        var queue = new PriorityQueue<int, long>();
        for (int i = 0; i < count; i++)
        {
            next[i] = i + 1;
            previous[i] = i - 1;
        }

        for (int i = 0; i < count; i++)
            Update(ids, i);

        while (queue.TryDequeue(out int at, out long priority))
        {
            if (joined[at].Rank != (int)(priority >> 32))
                continue; // The pair that this entry announced was merged away.
            int right = next[at];
            ids[at] = joined[at].Id;
            joined[right] = None;
            next[at] = next[right];
            if (next[at] < count)
                previous[next[at]] = at;
            Update(ids, at);
            if (previous[at] >= 0)
                Update(ids, previous[at]);
        }

        int written = 0;
        for (int i = 0; i < count; i = next[i])
            ids[written++] = ids[i];
        return written;

        void Update(Span<int> symbols, int at)
        {
            joined[at] = next[at] < count ? Join(symbols[at], symbols[next[at]]) : None;
            if (joined[at] != None)
                queue.Enqueue(at, ((long)joined[at].Rank << 32) | (uint)at);
        }
    }

    private Joined Join(int left, int right) => pairs.TryGetValue(new Pair(left, right), out Joined joined) ? joined : None;

    /// <summary>What a pair becomes, and when.</summary>
    private readonly record struct Joined(int Rank, int Id);
}

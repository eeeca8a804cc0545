using System.Buffers;
using System.Text;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// Byte-pair encoding of one word: its bytes, then again and again the pair of neighbours with the lowest rank becomes
/// one token (the leftmost first), until no pair has a merge.
/// </summary>
internal sealed class BytePairModel
{
    private const int NoRank = int.MaxValue;

    /// <summary>Up to here scanning all pairs for every merge is faster than a queue; beyond it would be quadratic.</summary>
    private const int ScanLimit = 64;

    private readonly int[] _byteIds = new int[256];
    private readonly Dictionary<Pair, int> _ranks;
    private readonly int[] _results;
    private readonly Dictionary<string, int> _vocabulary;
    private readonly bool _ignoreMerges;
    private readonly IReadOnlySet<int> _special;

    /// <param name="vocabulary">Tokens in the byte-level alphabet, all 256 single bytes among them.</param>
    /// <param name="merges">The merges by rank; the joined token of each is in the vocabulary.</param>
    /// <param name="ignoreMerges">Whether a word that is a token becomes that token, whatever the merges say.</param>
    /// <param name="special">Ids that text must never turn into: merges that would make one do not apply.</param>
    public BytePairModel(Dictionary<string, int> vocabulary, IReadOnlyList<Merge> merges, bool ignoreMerges, IReadOnlySet<int> special)
    {
        for (int value = 0; value < 256; value++)
            _byteIds[value] = vocabulary[ByteAlphabet.ToCharacter((byte)value).ToString()];

        _ranks = new Dictionary<Pair, int>(merges.Count);
        _results = new int[merges.Count];
        for (int rank = 0; rank < merges.Count; rank++)
        {
            _results[rank] = merges[rank].Result;
            if (!special.Contains(merges[rank].Result))
                _ranks.Add(merges[rank].Pair, rank);
        }

        _vocabulary = vocabulary;
        _ignoreMerges = ignoreMerges;
        _special = special;
    }

    /// <summary>Appends the ids of one word.</summary>
    public void Encode(ReadOnlySpan<char> word, List<int> destination)
    {
        byte[]? rented = null;
        int capacity = Encoding.UTF8.GetMaxByteCount(word.Length);
        Span<byte> utf8 = capacity <= 256 ? stackalloc byte[256] : rented = ArrayPool<byte>.Shared.Rent(capacity);
        utf8 = utf8[..Encoding.UTF8.GetBytes(word, utf8)];

        if (_ignoreMerges && _vocabulary.TryGetValue(ByteAlphabet.Spell(utf8), out int id) && !_special.Contains(id))
            destination.Add(id);
        else if (utf8.Length <= ScanLimit)
            MergeByScanning(utf8, destination);
        else
            MergeByQueue(utf8, destination);

        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }

    private void MergeByScanning(ReadOnlySpan<byte> utf8, List<int> destination)
    {
        Span<int> ids = stackalloc int[ScanLimit];
        Span<int> ranks = stackalloc int[ScanLimit];
        int count = utf8.Length;
        for (int i = 0; i < count; i++)
            ids[i] = _byteIds[utf8[i]];
        for (int i = 0; i + 1 < count; i++)
            ranks[i] = Rank(ids[i], ids[i + 1]);

        while (count > 1)
        {
            int best = 0;
            for (int i = 1; i + 1 < count; i++)
            {
                if (ranks[i] < ranks[best])
                    best = i;
            }

            if (ranks[best] == NoRank)
                break;
            ids[best] = _results[ranks[best]];
            ids[(best + 2)..count].CopyTo(ids[(best + 1)..]);
            ranks[(best + 1)..(count - 1)].CopyTo(ranks[best..]);
            count--;
            if (best > 0)
                ranks[best - 1] = Rank(ids[best - 1], ids[best]);
            if (best + 1 < count)
                ranks[best] = Rank(ids[best], ids[best + 1]);
        }

        destination.AddRange(ids[..count]);
    }

    /// <summary>The same for long words: a linked list of tokens and a queue of their pairs, n log n.</summary>
    private void MergeByQueue(ReadOnlySpan<byte> utf8, List<int> destination)
    {
        int count = utf8.Length;
        int[] ids = new int[count];
        int[] next = new int[count];
        int[] previous = new int[count];
        int[] ranks = new int[count];
        for (int i = 0; i < count; i++)
        {
            ids[i] = _byteIds[utf8[i]];
            next[i] = i + 1;
            previous[i] = i - 1;
        }

        var queue = new PriorityQueue<int, long>();
        for (int i = 0; i < count; i++)
            UpdateRank(i);

        while (queue.TryDequeue(out int at, out long priority))
        {
            int rank = (int)(priority >> 32);
            if (ranks[at] != rank)
                continue; // The pair that this entry announced was merged away.
            int right = next[at];
            ids[at] = _results[rank];
            ranks[right] = NoRank;
            next[at] = next[right];
            if (next[at] < count)
                previous[next[at]] = at;
            UpdateRank(at);
            if (previous[at] >= 0)
                UpdateRank(previous[at]);
        }

        for (int i = 0; i < count; i = next[i])
            destination.Add(ids[i]);

        void UpdateRank(int at)
        {
            ranks[at] = next[at] < count ? Rank(ids[at], ids[next[at]]) : NoRank;
            if (ranks[at] != NoRank)
                queue.Enqueue(at, ((long)ranks[at] << 32) | (uint)at);
        }
    }

    private int Rank(int left, int right) => _ranks.TryGetValue(new Pair(left, right), out int rank) ? rank : NoRank;
}

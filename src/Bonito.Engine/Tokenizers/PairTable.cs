using System.Runtime.InteropServices;
using System.Text;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// All distinct words of a corpus as tokens, and for each pair of neighbours its count and places. Merging a pair costs
/// time in proportion to its occurrences, however long the words are.
/// </summary>
/// <remarks>
/// The words lie one after another in one array, a cell for each byte. A token occupies the cells of its bytes: its first
/// cell holds its id, and its first and last cell hold its length, so that both neighbours are one step away.
/// </remarks>
internal sealed class PairTable
{
    private const int Inside = -1;
    private const int Border = -2;

    private readonly int[] _ids;
    private readonly int[] _lengths;
    private readonly int[] _words;
    private readonly long[] _wordCounts;
    private readonly Dictionary<Pair, Occurrences> _pairs = [];

    /// <param name="counts">The words with their counts.</param>
    /// <param name="byteIds">The id of each byte.</param>
    public PairTable(Dictionary<string, long> counts, ReadOnlySpan<int> byteIds)
    {
        // A border before, between and after the words.
        int cells = checked(1 + counts.Keys.Sum(word => Encoding.UTF8.GetByteCount(word) + 1));
        _ids = new int[cells];
        _lengths = new int[cells];
        _words = new int[cells];
        _wordCounts = new long[counts.Count];
        Array.Fill(_lengths, 1);
        _ids[0] = Border;

        int at = 1;
        int number = 0;
        foreach ((string word, long count) in counts)
        {
            foreach (byte value in Encoding.UTF8.GetBytes(word))
            {
                _words[at] = number;
                _ids[at++] = byteIds[value];
            }

            _ids[at++] = Border;
            _wordCounts[number++] = count;
        }

        for (at = 1; at + 1 < cells; at++)
            AddPair(at, at + 1);
    }

    /// <summary>Every pair with the number of its occurrences in the corpus.</summary>
    public IEnumerable<(Pair Pair, long Count)> Counts => _pairs.Select(entry => (entry.Key, entry.Value.Count));

    /// <summary>How often the pair occurs in the corpus now.</summary>
    public long CountOf(Pair pair) => _pairs.TryGetValue(pair, out Occurrences? occurrences) ? occurrences.Count : 0;

    /// <summary>Forgets a pair that is not to be merged.</summary>
    public void Remove(Pair pair) => _pairs.Remove(pair);

    /// <summary>Replaces the pair by one token wherever it occurs, and returns the pairs that came up by that.</summary>
    public IReadOnlyCollection<Pair> Merge(Pair pair, int result)
    {
        var risen = new HashSet<Pair>();
        List<int> places = _pairs[pair].Places;
        if (pair.Left == pair.Right)
            places.Sort(); // Occurrences overlap, as in "aaa": the leftmost is merged, as in encoding.

        foreach (int left in places)
        {
            int right = left + _lengths[left];
            if (_ids[left] != pair.Left || _ids[right] != pair.Right)
                continue; // Merged with another neighbour since.
            int before = left - _lengths[left - 1];
            int after = right + _lengths[right];
            RemovePair(before, left);
            RemovePair(right, after);
            Join(left, right, result);
            Rise(before, left);
            Rise(left, after);
        }

        _pairs.Remove(pair);
        return risen;

        void Rise(int first, int second)
        {
            if (AddPair(first, second))
                risen.Add(new Pair(_ids[first], _ids[second]));
        }
    }

    private void Join(int left, int right, int result)
    {
        int length = _lengths[left] + _lengths[right];
        _ids[left] = result;
        _ids[right] = Inside;
        _lengths[left] = length;
        _lengths[left + length - 1] = length;
    }

    private bool AddPair(int left, int right)
    {
        if (_ids[left] == Border || _ids[right] == Border)
            return false;
        ref Occurrences? occurrences =
            ref CollectionsMarshal.GetValueRefOrAddDefault(_pairs, new Pair(_ids[left], _ids[right]), out _);
        occurrences ??= new Occurrences();
        occurrences.Count += _wordCounts[_words[left]];
        occurrences.Places.Add(left);
        return true;
    }

    private void RemovePair(int left, int right)
    {
        if (_pairs.TryGetValue(new Pair(_ids[left], _ids[right]), out Occurrences? occurrences))
            occurrences.Count -= _wordCounts[_words[left]];
    }

    /// <summary>The count is exact. A place may be out of date: it is looked at again before it is used.</summary>
    private sealed class Occurrences
    {
        public long Count { get; set; }

        public List<int> Places { get; } = [];
    }
}

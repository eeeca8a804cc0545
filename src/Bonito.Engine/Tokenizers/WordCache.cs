namespace Bonito.Engine.Tokenizers;

/// <summary>
/// Remembers the ids of recent words. Each word has one slot and takes it from the word before, so the size is bounded;
/// a slot is one reference to an immutable entry, so threads read and write it without locks.
/// </summary>
internal sealed class WordCache
{
    /// <summary>Longer words are rare and not worth their memory.</summary>
    public const int LongestWord = 32;

    private const int SlotCount = 1 << 16;

    private readonly Entry?[] _slots = new Entry?[SlotCount];

    /// <summary>The ids of the word; none when they are not remembered.</summary>
    public ReadOnlySpan<int> Find(ReadOnlySpan<char> word, out int slot)
    {
        slot = string.GetHashCode(word) & (SlotCount - 1);
        Entry? entry = Volatile.Read(ref _slots[slot]);
        return entry is not null && word.SequenceEqual(entry.Word) ? entry.Ids : [];
    }

    /// <summary>Remembers the ids of a word in the slot that <see cref="Find"/> named for it.</summary>
    public void Store(int slot, ReadOnlySpan<char> word, ReadOnlySpan<int> ids) =>
        Volatile.Write(ref _slots[slot], new Entry(word.ToString(), ids.ToArray()));

    private sealed class Entry(string word, int[] ids)
    {
        public readonly string Word = word;
        public readonly int[] Ids = ids;
    }
}

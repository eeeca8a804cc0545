namespace Bonito.Parquet.Codecs;

/// <summary>Bytes of a page, in memory that is used again for the next one.</summary>
sealed class PageBuffer
{
    public byte[] Bytes { get; private set; } = [];

    /// <summary>Makes room for <paramref name="size"/> bytes in all; the first <paramref name="used"/> are kept.</summary>
    public void Reserve(int used, int size)
    {
        if (Bytes.Length >= size) return;
        byte[] larger = GC.AllocateUninitializedArray<byte>(size);
        Bytes.AsSpan(0, used).CopyTo(larger);
        Bytes = larger;
    }

    /// <summary>Makes more room where it is not known how much will be needed; no more than <paramref name="limit"/> bytes.</summary>
    public void Grow(int used, int limit) => Reserve(used, (int)Math.Min(limit, Math.Max(2L * Bytes.Length, 1 << 16)));
}

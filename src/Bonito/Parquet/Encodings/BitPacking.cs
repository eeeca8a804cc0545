using System.Buffers.Binary;

namespace Bonito.Parquet.Encodings;

/// <summary>Numbers of a fixed width in bits, packed from the least significant bit of each byte upwards.</summary>
static class BitPacking
{
    /// <summary>How many bytes <paramref name="count"/> numbers of <paramref name="width"/> bits take.</summary>
    public static long Bytes(long count, int width) => (count * width + 7) / 8;

    /// <summary>How many bits a number up to <paramref name="maximum"/> takes.</summary>
    public static int Width(int maximum) => 32 - int.LeadingZeroCount(maximum);

    /// <param name="packed">Enough bytes for the last number; fewer than eight may follow it.</param>
    /// <param name="first">Which number to begin with.</param>
    /// <param name="width">0 to 32.</param>
    public static void Unpack(ReadOnlySpan<byte> packed, long first, int width, Span<int> into)
    {
        ulong mask = (1UL << width) - 1;
        long bit = first * width;
        int i = 0;
        for (; i < into.Length && (bit >> 3) + 8 <= packed.Length; i++, bit += width)
            into[i] = (int)(BinaryPrimitives.ReadUInt64LittleEndian(packed[(int)(bit >> 3)..]) >> (int)(bit & 7) & mask);
        for (; i < into.Length; i++, bit += width) into[i] = (int)(AtEnd(packed, bit) & mask);
    }

    /// <summary>One number of up to 64 bits.</summary>
    public static ulong One(ReadOnlySpan<byte> packed, int index, int width)
    {
        if (width == 0) return 0;
        long bit = (long)index * width;
        int at = (int)(bit >> 3), shift = (int)(bit & 7);
        ulong value = at + 8 <= packed.Length
            ? BinaryPrimitives.ReadUInt64LittleEndian(packed[at..]) >> shift
            : AtEnd(packed, bit);
        if (shift + width > 64) value |= (ulong)packed[at + 8] << (64 - shift);
        return width == 64 ? value : value & ((1UL << width) - 1);
    }

    static ulong AtEnd(ReadOnlySpan<byte> packed, long bit)
    {
        ulong value = 0;
        int at = (int)(bit >> 3);
        for (int i = 0; i < 8 && at + i < packed.Length; i++) value |= (ulong)packed[at + i] << (8 * i);
        return value >> (int)(bit & 7);
    }
}

using System.Buffers.Binary;

namespace Bonito.Parquet.Encodings;

/// <summary>
/// Integers stored as the differences from each to the next, in blocks: the least difference of the block, then what each is
/// above it, packed to a width for each part of the block (the format calls it DELTA_BINARY_PACKED).
/// </summary>
sealed class DeltaIntegers
{
    const int MaximalBlock = 1 << 20;

    readonly ByteWindow bytes;
    readonly int partSize;
    readonly byte[] widths;
    long left;
    long value;
    long leastDelta;
    int part;
    int inPart;
    bool first = true;
    ByteWindow? packed;

    public DeltaIntegers(ByteWindow bytes)
    {
        this.bytes = bytes;
        ulong block = bytes.Varint(), parts = bytes.Varint(), count = bytes.Varint();
        if (block is 0 or > MaximalBlock || parts == 0 || parts > block || block % parts != 0 || block / parts % 8 != 0)
            throw new MalformedException($"differences in blocks of {block} in {parts} parts");
        if (count > int.MaxValue) throw new MalformedException($"{count} values in one page");
        (partSize, widths, part) = ((int)(block / parts), new byte[(int)parts], (int)parts);
        inPart = partSize;
        left = (long)count;
        value = bytes.ZigZag();
    }

    public long Next()
    {
        if (left == 0) throw new MalformedException("the page holds fewer values than its levels say");
        left--;
        if (first)
        {
            first = false;
            return value;
        }
        if (inPart == partSize) NextPart();
        ulong above = BitPacking.One(packed!.Rest, inPart++, widths[part]);
        return value = unchecked(value + leastDelta + (long)above);
    }

    /// <summary>Passes over all values, to what follows them in the bytes.</summary>
    public void SkipAll()
    {
        if (first && left > 0)
        {
            first = false;
            left--;
        }
        while (left > 0)
        {
            if (inPart == partSize) NextPart();
            int count = (int)Math.Min(left, partSize - inPart);
            inPart += count;
            left -= count;
        }
    }

    void NextPart()
    {
        if (++part >= widths.Length)
        {
            leastDelta = bytes.ZigZag();
            bytes.Take(widths.Length).CopyTo(widths);
            part = 0;
        }
        if (widths[part] > 64) throw new MalformedException($"differences of {widths[part]} bits");
        packed = bytes.Cut(partSize / 8 * widths[part]);
        inPart = 0;
    }
}

/// <summary>Integers stored as differences, as values of four or eight bytes.</summary>
sealed class DeltaIntegerReader(ByteWindow bytes, int width) : ValueReader
{
    readonly DeltaIntegers integers = new(bytes);
    readonly byte[] value = new byte[8];

    public override ReadOnlySpan<byte> Next()
    {
        BinaryPrimitives.WriteInt64LittleEndian(value, integers.Next());
        return value.AsSpan(0, width);
    }
}

using System.Buffers.Binary;

namespace Bonito.Parquet.Encodings;

/// <summary>A stretch of a page's bytes, taken from front to back; taking more than there is says so.</summary>
sealed class ByteWindow(byte[] bytes, int start, int end)
{
    int position = start;

    public int Left => end - position;

    public ReadOnlySpan<byte> Rest => new(bytes, position, end - position);

    public byte Byte() => position < end ? bytes[position++] : throw Short(1);

    public ReadOnlySpan<byte> Take(int count)
    {
        if ((uint)count > (uint)(end - position)) throw Short(count);
        var taken = new ReadOnlySpan<byte>(bytes, position, count);
        position += count;
        return taken;
    }

    /// <summary>The next bytes as a window of their own.</summary>
    public ByteWindow Cut(int count)
    {
        if ((uint)count > (uint)(end - position)) throw Short(count);
        position += count;
        return new ByteWindow(bytes, position - count, position);
    }

    /// <summary>A number of four bytes that says how many follow.</summary>
    public int Length()
    {
        int length = BinaryPrimitives.ReadInt32LittleEndian(Take(4));
        return (uint)length <= (uint)Left ? length : throw Short(length);
    }

    public ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Byte();
            value |= (ulong)(part & 127) << shift;
            if (part < 128) return value;
        }
        throw new MalformedException("a number is longer than 64 bits");
    }

    public long ZigZag()
    {
        ulong value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    /// <summary>A second reader of the same bytes, from where this one is.</summary>
    public ByteWindow Copy() => new(bytes, position, end);

    MalformedException Short(int count) =>
        new($"the page ends early: {(count < 0 ? "a negative count" : $"{count} bytes")} expected, {end - position} left");
}

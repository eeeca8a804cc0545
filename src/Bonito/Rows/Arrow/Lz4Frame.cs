using System.Buffers.Binary;

namespace Bonito.Rows.Arrow;

/// <summary>LZ4 frames: blocks that can refer to what the blocks before them became. Checksums are passed over.</summary>
static class Lz4Frame
{
    const uint Magic = 0x184D2204;
    // A byte of a block stands for 255 bytes at most.
    const long MaxRatio = 256;

    /// <param name="source">A frame.</param>
    /// <param name="length">What it becomes.</param>
    /// <exception cref="ArrowFormatException">Broken, or of another length.</exception>
    public static byte[] Decompress(ReadOnlySpan<byte> source, int length)
    {
        if (length > MaxRatio * source.Length) throw new ArrowFormatException($"{source.Length} bytes of LZ4 cannot become {length}");
        byte[] target = new byte[length];
        if (Number(source, 0) != Magic) throw new ArrowFormatException("a buffer that is no LZ4 frame");
        int flags = At(source, 4);
        bool checksums = (flags & 0x10) != 0;
        // Version, flags and block size, then the length and a dictionary's number where the flags say so, and a checksum.
        int s = 4 + 2 + ((flags & 8) != 0 ? 8 : 0) + ((flags & 1) != 0 ? 4 : 0) + 1;
        int t = 0;
        while (true)
        {
            uint size = Number(source, s);
            s += 4;
            if (size == 0) break;
            int count = (int)(size & 0x7FFF_FFFF);
            if (count > source.Length - s) throw Broken();
            ReadOnlySpan<byte> block = source.Slice(s, count);
            if ((size & 0x8000_0000) == 0) t = Block(block, target, t);
            else if (count > target.Length - t) throw Broken();
            else
            {
                block.CopyTo(target.AsSpan(t));
                t += count;
            }
            s += count + (checksums ? 4 : 0);
        }
        return t == length ? target : throw new ArrowFormatException($"a buffer becomes {t} bytes, expected {length}");
    }

    static int Block(ReadOnlySpan<byte> source, Span<byte> target, int t)
    {
        int s = 0;
        while (true)
        {
            int token = At(source, s++);
            int literals = Length(source, ref s, token >> 4);
            if (literals > source.Length - s || literals > target.Length - t) throw Broken();
            source.Slice(s, literals).CopyTo(target[t..]);
            (s, t) = (s + literals, t + literals);
            // The last sequence of a block is literals alone.
            if (s == source.Length) return t;
            int offset = At(source, s) | At(source, s + 1) << 8;
            s += 2;
            int count = Length(source, ref s, token & 15) + 4;
            if (offset == 0 || offset > t || count > target.Length - t) throw Broken();
            // A match may overlap what it becomes, so that a few bytes repeat.
            for (int end = t + count; t < end; t++) target[t] = target[t - offset];
        }
    }

    static int Length(ReadOnlySpan<byte> source, ref int s, int length)
    {
        if (length < 15) return length;
        byte more;
        do
        {
            more = At(source, s++);
            length += more;
            if (length > RowLimits.BatchBytes) throw Broken();
        }
        while (more == 255);
        return length;
    }

    static byte At(ReadOnlySpan<byte> source, int position) => position < source.Length ? source[position] : throw Broken();

    static uint Number(ReadOnlySpan<byte> source, int position) => position <= source.Length - 4
        ? BinaryPrimitives.ReadUInt32LittleEndian(source[position..])
        : throw Broken();

    static ArrowFormatException Broken() => new("a broken LZ4 frame");
}

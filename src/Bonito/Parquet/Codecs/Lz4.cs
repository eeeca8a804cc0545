using System.Buffers.Binary;

namespace Bonito.Parquet.Codecs;

/// <summary>LZ4 blocks without any framing (the format's LZ4_RAW), reading only.</summary>
static class Lz4
{
    /// <param name="source">A block.</param>
    /// <param name="target">Of the length that the block becomes.</param>
    public static void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int s = 0, t = 0;
        while (s < source.Length)
        {
            int token = source[s++];
            int literal = Length(source, ref s, token >> 4);
            if (literal > source.Length - s || literal > target.Length - t) throw Broken();
            source.Slice(s, literal).CopyTo(target[t..]);
            s += literal;
            t += literal;
            // The last sequence is literals alone.
            if (s == source.Length) break;

            if (source.Length - s < 2) throw Broken();
            int offset = BinaryPrimitives.ReadUInt16LittleEndian(source[s..]);
            s += 2;
            int length = Length(source, ref s, token & 15) + 4;
            if (offset == 0 || offset > t || length > target.Length - t) throw Broken();
            Matches.Copy(target, t, offset, length);
            t += length;
        }
        if (t != target.Length) throw Broken();
    }

    static int Length(ReadOnlySpan<byte> source, ref int s, int length)
    {
        if (length < 15) return length;
        for (byte more = 255; more == 255;)
        {
            if (s == source.Length || length > 1 << 30) throw Broken();
            more = source[s++];
            length += more;
        }
        return length;
    }

    static MalformedException Broken() => new("the LZ4 block is broken");
}

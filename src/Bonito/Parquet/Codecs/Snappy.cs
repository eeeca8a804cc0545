using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Bonito.Parquet.Codecs;

/// <summary>
/// Snappy blocks: the length, then literals and copies of what came before. Written here, and compared
/// with the library in tests, since that one reads less than half as fast, and nearly every page of text passes through it.
/// </summary>
static class Snappy
{
    const int BlockSize = 1 << 16;
    const int HashBits = 14;
    const int LongestPiece = 64;
    const int LongestTag = 5;
    const int LongestShortLiteral = 60;

    static readonly ushort[] Copies = MakeCopies();

    /// <summary>How many bytes the block becomes, by its own count.</summary>
    public static long Length(ReadOnlySpan<byte> source) => Length(source, out _);

    /// <param name="source">A block.</param>
    /// <param name="target">Of the length that the block says.</param>
    public static void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        Length(source, out int s);
        int t = 0;
        while (true)
        {
            DecompressInside(source, ref s, target, ref t);
            if (s == source.Length) break;
            DecompressOne(source, ref s, target, ref t);
        }
        if (t != target.Length) throw Broken();
    }

    // While neither end is near: reads and writes need no checks but that of the offset, and go beyond what is wanted, to be
    // overwritten by what follows. Stops at a literal that is longer than its tag can say.
    static void DecompressInside(ReadOnlySpan<byte> source, ref int sourceAt, Span<byte> target, ref int targetAt)
    {
        int s = sourceAt, t = targetAt;
        int sourceEnd = source.Length - LongestPiece - LongestTag, targetEnd = target.Length - LongestPiece;
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(target);
        ref ushort tags = ref MemoryMarshal.GetArrayDataReference(Copies);
        while (s < sourceEnd && t < targetEnd)
        {
            int tag = Unsafe.Add(ref from, s);
            int length;
            if ((tag & 3) == 0)
            {
                length = (tag >> 2) + 1;
                if (length > LongestShortLiteral) break;
                CopyPiece(ref Unsafe.Add(ref from, s + 1), ref Unsafe.Add(ref to, t), length);
                s += 1 + length;
                t += length;
                continue;
            }
            int copy = Unsafe.Add(ref tags, tag);
            int more = copy >> 11;
            uint low = Unsafe.ReadUnaligned<uint>(ref Unsafe.Add(ref from, s + 1)) & (uint)((1ul << 8 * more) - 1);
            int offset = (int)((uint)(copy & 0x700) + low);
            length = copy & 255;
            if ((uint)(offset - 1) >= (uint)t) throw Broken();
            if (offset >= 16) CopyPiece(ref Unsafe.Add(ref to, t - offset), ref Unsafe.Add(ref to, t), length);
            else Matches.Copy(target, t, offset, length);
            s += 1 + more;
            t += length;
        }
        (sourceAt, targetAt) = (s, t);
    }

    // Up to 64 bytes, sixteen at once: most pieces of text are no longer than that.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyPiece(ref byte from, ref byte to, int length)
    {
        Unsafe.WriteUnaligned(ref to, Unsafe.ReadUnaligned<Vector128<byte>>(ref from));
        for (int i = 16; i < length; i += 16)
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, i), Unsafe.ReadUnaligned<Vector128<byte>>(ref Unsafe.Add(ref from, i)));
    }

    static void DecompressOne(ReadOnlySpan<byte> source, ref int s, Span<byte> target, ref int t)
    {
        int tag = source[s++];
        int length = (tag >> 2) + 1;
        if ((tag & 3) == 0)
        {
            if (length > LongestShortLiteral)
            {
                uint more = Number(source, ref s, length - LongestShortLiteral);
                if (more >= int.MaxValue) throw Broken();
                length = (int)more + 1;
            }
            if (length > source.Length - s || length > target.Length - t) throw Broken();
            source.Slice(s, length).CopyTo(target[t..]);
            s += length;
            t += length;
            return;
        }
        int copy = Copies[tag];
        uint offset = (uint)(copy & 0x700) + Number(source, ref s, copy >> 11);
        length = copy & 255;
        if (offset == 0 || offset > (uint)t || length > target.Length - t) throw Broken();
        Matches.Copy(target, t, (int)offset, length);
        t += length;
    }

    static uint Number(ReadOnlySpan<byte> source, ref int s, int size)
    {
        if (source.Length - s < size) throw Broken();
        uint number = 0;
        for (int i = 0; i < size; i++) number |= (uint)source[s++] << (8 * i);
        return number;
    }

    // What the tag of a copy says: its length, the three highest bits of its offset, how many bytes of it follow.
    static ushort[] MakeCopies()
    {
        var copies = new ushort[256];
        for (int tag = 0; tag < copies.Length; tag++)
        {
            copies[tag] = (tag & 3) switch
            {
                1 => (ushort)((tag >> 2 & 7) + 4 | tag >> 5 << 8 | 1 << 11),
                2 => (ushort)((tag >> 2) + 1 | 2 << 11),
                3 => (ushort)((tag >> 2) + 1 | 4 << 11),
                _ => 0,
            };
        }
        return copies;
    }

    /// <summary>A block of <paramref name="source"/>; the same bytes give the same block.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> source)
    {
        var target = new byte[32 + source.Length + source.Length / 6];
        int t = 0;
        uint length = (uint)source.Length;
        for (; length > 127; length >>= 7) target[t++] = (byte)(length | 128);
        target[t++] = (byte)length;
        var table = new ushort[1 << HashBits];
        for (int start = 0; start < source.Length; start += BlockSize)
        {
            ReadOnlySpan<byte> block = source.Slice(start, Math.Min(BlockSize, source.Length - start));
            table.AsSpan().Clear();
            t = CompressBlock(block, table, target, t);
        }
        return target.AsSpan(0, t).ToArray();
    }

    // Looks for four bytes that were seen before in the block; the longer it finds none, the larger its steps.
    static int CompressBlock(ReadOnlySpan<byte> block, ushort[] table, Span<byte> target, int t)
    {
        int literal = 0, at = 1, misses = 32;
        int last = block.Length - 15;
        while (at < last)
        {
            uint four = BinaryPrimitives.ReadUInt32LittleEndian(block[at..]);
            ref ushort slot = ref table[four * 0x1E35A7BDu >> 32 - HashBits];
            int candidate = slot;
            slot = (ushort)at;
            if (candidate >= at || BinaryPrimitives.ReadUInt32LittleEndian(block[candidate..]) != four)
            {
                at += misses++ >> 5;
                continue;
            }
            int length = 4 + block[(at + 4)..].CommonPrefixLength(block[(candidate + 4)..]);
            if (at > literal) t = Literal(block[literal..at], target, t);
            t = Copy(at - candidate, length, target, t);
            at += length;
            literal = at;
            misses = 32;
        }
        return literal < block.Length ? Literal(block[literal..], target, t) : t;
    }

    static int Literal(ReadOnlySpan<byte> bytes, Span<byte> target, int t)
    {
        int length = bytes.Length - 1;
        if (length < 60)
        {
            target[t++] = (byte)(length << 2);
        }
        else if (length < 256)
        {
            target[t++] = 60 << 2;
            target[t++] = (byte)length;
        }
        else
        {
            target[t++] = 61 << 2;
            BinaryPrimitives.WriteUInt16LittleEndian(target[t..], (ushort)length);
            t += 2;
        }
        bytes.CopyTo(target[t..]);
        return t + bytes.Length;
    }

    static int Copy(int offset, int length, Span<byte> target, int t)
    {
        // What stays over is at least four bytes, which the short form can take.
        while (length > 64)
        {
            int piece = length >= 68 ? 64 : 60;
            t = LongCopy(offset, piece, target, t);
            length -= piece;
        }
        if (length > 11 || offset >= 2048) return LongCopy(offset, length, target, t);
        target[t++] = (byte)(offset >> 8 << 5 | (length - 4) << 2 | 1);
        target[t++] = (byte)offset;
        return t;
    }

    static int LongCopy(int offset, int length, Span<byte> target, int t)
    {
        target[t++] = (byte)((length - 1) << 2 | 2);
        BinaryPrimitives.WriteUInt16LittleEndian(target[t..], (ushort)offset);
        return t + 2;
    }

    static long Length(ReadOnlySpan<byte> source, out int position)
    {
        position = 0;
        ulong length = 0;
        for (int shift = 0; shift < 35 && position < source.Length; shift += 7)
        {
            byte part = source[position++];
            length |= (ulong)(part & 127) << shift;
            if (part < 128) return (long)length;
        }
        throw Broken();
    }

    static MalformedException Broken() => new("the snappy block is broken");
}

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

    /// <summary>How many bytes the block becomes, by its own count.</summary>
    public static long Length(ReadOnlySpan<byte> source) => Length(source, out _);

    /// <param name="source">A block.</param>
    /// <param name="target">Of the length that the block says.</param>
    public static void Decompress(ReadOnlySpan<byte> source, Span<byte> target)
    {
        Length(source, out int s);
        int t = 0;
        while (s < source.Length)
        {
            int tag = source[s++];
            int length, offset;
            switch (tag & 3)
            {
                case 0:
                    length = (tag >> 2) + 1;
                    if (length > 60)
                    {
                        int extra = length - 60;
                        if (source.Length - s < extra) throw Broken();
                        uint more = 0;
                        for (int i = 0; i < extra; i++) more |= (uint)source[s + i] << (8 * i);
                        s += extra;
                        if (more >= int.MaxValue) throw Broken();
                        length = (int)more + 1;
                    }
                    if (length > source.Length - s || length > target.Length - t) throw Broken();
                    CopyLiteral(source, s, target, t, length);
                    s += length;
                    t += length;
                    continue;
                case 1:
                    if (s >= source.Length) throw Broken();
                    length = (tag >> 2 & 7) + 4;
                    offset = (tag & 0xE0) << 3 | source[s++];
                    break;
                case 2:
                    if (source.Length - s < 2) throw Broken();
                    length = (tag >> 2) + 1;
                    offset = BinaryPrimitives.ReadUInt16LittleEndian(source[s..]);
                    s += 2;
                    break;
                default:
                    if (source.Length - s < 4) throw Broken();
                    length = (tag >> 2) + 1;
                    offset = BinaryPrimitives.ReadInt32LittleEndian(source[s..]);
                    s += 4;
                    break;
            }
            if (offset <= 0 || offset > t || length > target.Length - t) throw Broken();
            Matches.Copy(target, t, offset, length);
            t += length;
        }
        if (t != target.Length) throw Broken();
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void CopyLiteral(ReadOnlySpan<byte> source, int s, Span<byte> target, int t, int length)
    {
        // Most literals are short: sixteen bytes at once, of which those too many are overwritten by what follows.
        if (length <= 16 && source.Length - s >= 16 && target.Length - t >= 16)
        {
            ref byte to = ref Unsafe.Add(ref MemoryMarshal.GetReference(target), t);
            ref byte from = ref Unsafe.Add(ref MemoryMarshal.GetReference(source), s);
            Unsafe.WriteUnaligned(ref to, Unsafe.ReadUnaligned<Vector128<byte>>(ref from));
            return;
        }
        source.Slice(s, length).CopyTo(target[t..]);
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

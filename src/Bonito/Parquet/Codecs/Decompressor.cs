using System.IO.Compression;

namespace Bonito.Parquet.Codecs;

/// <summary>Decompresses pages. Memory grows with what really comes out, not with what a header promises.</summary>
static class Decompressor
{
    // No page of a real file comes near these; they bound what a small hostile file can make of itself.
    const int MaximalPage = 1 << 30;
    const int SmallPage = 1 << 24;
    const int MaximalRatio = 1032;
    const long SnappyRatio = 32;
    const long Lz4Ratio = 256;

    /// <param name="compression">How <paramref name="source"/> is compressed.</param>
    /// <param name="source">Holds the compressed bytes.</param>
    /// <param name="start">Where they begin.</param>
    /// <param name="count">How many they are.</param>
    /// <param name="target">Gets the bytes.</param>
    /// <param name="at">Where in it they go; what stands before is kept.</param>
    /// <param name="length">How many there must be.</param>
    public static void Run(Compression compression, byte[] source, int start, int count, PageBuffer target, int at, int length)
    {
        Check(count, (long)at + length);
        if (length == 0) return;
        ReadOnlySpan<byte> compressed = source.AsSpan(start, count);
        switch (compression)
        {
            case Compression.None:
                if (count != length) throw new MalformedException($"an uncompressed page of {length} bytes has {count}");
                compressed.CopyTo(Room(target, at, length));
                break;
            case Compression.Snappy:
                if (Snappy.Length(compressed) != length || length > SnappyRatio * count)
                    throw new MalformedException($"{count} bytes of snappy, {Snappy.Length(compressed)} by their own count, cannot become {length}");
                Snappy.Decompress(compressed, Room(target, at, length));
                break;
            case Compression.Lz4Raw:
                if (length > Lz4Ratio * count) throw new MalformedException($"{count} bytes of LZ4 cannot become {length}");
                Lz4.Decompress(compressed, Room(target, at, length));
                break;
            case Compression.Gzip:
                using (var stream = new GZipStream(new MemoryStream(source, start, count), CompressionMode.Decompress))
                    Inflate(stream, target, at, length);
                break;
            case Compression.Brotli:
                using (var stream = new BrotliStream(new MemoryStream(source, start, count), CompressionMode.Decompress))
                    Inflate(stream, target, at, length);
                break;
            case Compression.Zstd:
                Zstd.Decompress(compressed, target, at, length);
                break;
            default:
                throw new MalformedException(
                    $"the codec {compression} is not read; write the file with snappy, gzip, zstd, brotli, LZ4_RAW or none");
        }
    }

    static void Check(int count, long length)
    {
        if (length > MaximalPage) throw new MalformedException($"a page of {length} bytes; at most {MaximalPage} are read");
        if (length > SmallPage && length > (long)count * MaximalRatio)
            throw new MalformedException($"{count} bytes become {length}: pages above {SmallPage >> 20} MiB may grow {MaximalRatio}-fold");
    }

    static Span<byte> Room(PageBuffer target, int at, int length)
    {
        target.Reserve(at, at + length);
        return target.Bytes.AsSpan(at, length);
    }

    static void Inflate(Stream stream, PageBuffer target, int at, int length)
    {
        int end = at + length, used = at;
        try
        {
            while (used < end)
            {
                if (used == target.Bytes.Length) target.Grow(used, end);
                int read = stream.Read(target.Bytes, used, Math.Min(end, target.Bytes.Length) - used);
                if (read == 0) throw new MalformedException($"the compressed page ends after {used - at} of {length} bytes");
                used += read;
            }
            if (stream.ReadByte() >= 0) throw new MalformedException($"the compressed page holds more than {length} bytes");
        }
        // What the streams say of broken data: GZipStream the first, BrotliStream the second as well.
        catch (Exception broken) when (broken is InvalidDataException or InvalidOperationException)
        {
            throw new MalformedException($"the compressed page is broken: {broken.Message.TrimEnd('.')}");
        }
    }
}

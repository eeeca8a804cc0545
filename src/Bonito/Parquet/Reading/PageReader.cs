using Bonito.Parquet.Codecs;
using Bonito.Parquet.Encodings;
using Bonito.Parquet.Metadata;

namespace Bonito.Parquet.Reading;

/// <summary>Goes through the pages of a column chunk, one in memory at a time.</summary>
sealed class PageReader(Source source, SchemaNode leaf)
{
    const int LikelyHeader = 512;
    const int MaximalHeader = 1 << 24;

    readonly PageBuffer compressed = new();
    readonly PageBuffer page = new();
    Compression compression;
    long next, end, body;

    /// <summary>Where the header of the current page begins.</summary>
    public long Offset { get; private set; }

    public PageHeader Header { get; private set; }

    /// <summary>Begins a chunk.</summary>
    /// <param name="codec">How its pages are compressed.</param>
    /// <param name="start">Where its first page begins.</param>
    /// <param name="dataEnd">Where the file's pages end.</param>
    public void Open(Compression codec, long start, long dataEnd) => (compression, next, Offset, end) = (codec, start, start, dataEnd);

    /// <summary>Goes to the next page that has values or a dictionary; its bytes are read when they are asked for.</summary>
    public void Next()
    {
        do
        {
            Offset = next;
            Header = ReadHeader(out int length);
            body = next + length;
            if (Header.CompressedSize > end - body)
                throw new MalformedException($"the page has {Header.CompressedSize} bytes where the file's data has {end - body} left");
            next = body + Header.CompressedSize;
        }
        while (Header.Type is not (PageType.Data or PageType.DataV2 or PageType.Dictionary));
    }

    /// <summary>The entries of the current page, a dictionary.</summary>
    public ByteWindow Dictionary() => Decompressed(0);

    /// <summary>The levels and values of the current page, a data page; what has no levels gives null.</summary>
    public (LevelReader? Repetition, LevelReader? Definition, ByteWindow Values) Data()
    {
        if (Header.Type == PageType.DataV2) return DataV2();
        ByteWindow bytes = Decompressed(0);
        LevelReader? repetition = Levels(bytes, leaf.MaximalRepetition, Header.RepetitionEncoding);
        LevelReader? definition = Levels(bytes, leaf.MaximalDefinition, Header.DefinitionEncoding);
        return (repetition, definition, bytes);
    }

    (LevelReader? Repetition, LevelReader? Definition, ByteWindow Values) DataV2()
    {
        long levels = (long)Header.RepetitionBytes + Header.DefinitionBytes;
        if (Header.RepetitionBytes < 0 || Header.DefinitionBytes < 0 || levels > Math.Min(Header.CompressedSize, Header.UncompressedSize))
            throw new MalformedException($"levels of {Header.RepetitionBytes} and {Header.DefinitionBytes} bytes in a page of {Header.CompressedSize}");
        ByteWindow bytes = Decompressed((int)levels);
        ByteWindow repetition = bytes.Cut(Header.RepetitionBytes);
        ByteWindow definition = bytes.Cut(Header.DefinitionBytes);
        return (
            leaf.MaximalRepetition == 0 ? null : new RunReader(repetition, BitPacking.Width(leaf.MaximalRepetition)),
            leaf.MaximalDefinition == 0 ? null : new RunReader(definition, BitPacking.Width(leaf.MaximalDefinition)),
            bytes);
    }

    LevelReader? Levels(ByteWindow bytes, int maximum, PageEncoding encoding)
    {
        if (maximum == 0) return null;
        int width = BitPacking.Width(maximum);
        switch (encoding)
        {
            case PageEncoding.Rle:
                return new RunReader(bytes.Cut(bytes.Length()), width);
            case PageEncoding.BitPacked:
                long size = BitPacking.Bytes(Header.ValueCount, width);
                if (size > bytes.Left) throw new MalformedException($"levels of {size} bytes in a page of {bytes.Left}");
                return new PackedLevelReader(bytes.Cut((int)size), width);
            default:
                throw new MalformedException($"the encoding {encoding} of levels is not one that is read");
        }
    }

    // Levels of the second version of data pages stand uncompressed before the compressed values.
    ByteWindow Decompressed(int levels)
    {
        int size = Header.CompressedSize;
        compressed.Reserve(0, size);
        source.Read(body, compressed.Bytes.AsSpan(0, size));
        if (Header.Crc is uint crc && Crc32.Of(compressed.Bytes.AsSpan(0, size)) is uint actual && actual != crc)
            throw new MalformedException($"the page's checksum is {actual:x8} where {crc:x8} is stored: the file is damaged");
        if (compression == Compression.None || !Header.IsCompressed)
        {
            return size == Header.UncompressedSize
                ? new ByteWindow(compressed.Bytes, 0, size)
                : throw new MalformedException($"an uncompressed page of {Header.UncompressedSize} bytes has {size}");
        }
        page.Reserve(0, levels);
        compressed.Bytes.AsSpan(0, levels).CopyTo(page.Bytes);
        Decompressor.Run(compression, compressed.Bytes, levels, size - levels, page, levels, Header.UncompressedSize - levels);
        return new ByteWindow(page.Bytes, 0, Header.UncompressedSize);
    }

    PageHeader ReadHeader(out int length)
    {
        long left = end - next;
        for (int size = LikelyHeader; ; size *= 8)
        {
            int window = (int)Math.Min(size, left);
            if (window <= 0) throw new MalformedException("the column's pages end before its values do");
            compressed.Reserve(0, window);
            Span<byte> bytes = compressed.Bytes.AsSpan(0, window);
            source.Read(next, bytes);
            try
            {
                return PageHeader.Read(bytes, out length);
            }
            catch (MalformedException broken) when (broken.EndedEarly && window < left && size < MaximalHeader)
            {
                // The header is longer than most: statistics can hold whole values.
            }
        }
    }
}

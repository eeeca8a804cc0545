using Bonito.Parquet.Thrift;

namespace Bonito.Parquet.Metadata;

enum PageType
{
    Data = 0,
    Index = 1,
    Dictionary = 2,
    DataV2 = 3,
}

/// <summary>How values or levels are encoded; the numbers are those of the format.</summary>
enum PageEncoding
{
    Plain = 0,
    PlainDictionary = 2,
    Rle = 3,
    BitPacked = 4,
    DeltaBinaryPacked = 5,
    DeltaLengthByteArray = 6,
    DeltaByteArray = 7,
    RleDictionary = 8,
    ByteStreamSplit = 9,
}

/// <summary>The header of a page: sizes, and how its levels and values are encoded.</summary>
readonly record struct PageHeader
{
    public PageType Type { get; init; }

    public int UncompressedSize { get; init; }

    public int CompressedSize { get; init; }

    public uint? Crc { get; init; }

    /// <summary>Values, nulls and empty lists included; of a dictionary, its entries.</summary>
    public int ValueCount { get; init; }

    public PageEncoding Encoding { get; init; }

    /// <summary>Of the first version of data pages; the second has runs always.</summary>
    public PageEncoding DefinitionEncoding { get; init; }

    /// <inheritdoc cref="DefinitionEncoding"/>
    public PageEncoding RepetitionEncoding { get; init; }

    /// <summary>Of the second version of data pages, where levels stand uncompressed before the values.</summary>
    public int DefinitionBytes { get; init; }

    /// <inheritdoc cref="DefinitionBytes"/>
    public int RepetitionBytes { get; init; }

    /// <summary>False where the second version of data pages says that its values are not compressed.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>Reads a header; <paramref name="length"/> is how many bytes it takes.</summary>
    public static PageHeader Read(ReadOnlySpan<byte> bytes, out int length)
    {
        var reader = new CompactReader(bytes);
        int? type = null, uncompressed = null, compressed = null;
        uint? crc = null;
        PageHeader? data = null, dictionary = null, dataV2 = null;
        short id = 0;
        while (reader.NextField(ref id, out WireType field))
        {
            switch (id)
            {
                case 1: type = reader.Int32(field); break;
                case 2: uncompressed = reader.Int32(field); break;
                case 3: compressed = reader.Int32(field); break;
                case 4: crc = (uint)reader.Int32(field); break;
                case 5: data = Data(ref reader, field); break;
                case 7: dictionary = Dictionary(ref reader, field); break;
                case 8: dataV2 = DataV2(ref reader, field); break;
                default: reader.Skip(field); break;
            }
        }
        length = reader.Position;
        PageHeader header = (PageType?)type switch
        {
            PageType.Data => data ?? throw Missing("data page header"),
            PageType.Dictionary => dictionary ?? throw Missing("dictionary page header"),
            PageType.DataV2 => dataV2 ?? throw Missing("data page header of version 2"),
            null => throw Missing("type"),
            _ => default,
        };
        header = header with
        {
            Type = (PageType)type!.Value,
            UncompressedSize = uncompressed ?? throw Missing("uncompressed size"),
            CompressedSize = compressed ?? throw Missing("compressed size"),
            Crc = crc,
        };
        return header is { UncompressedSize: < 0 } or { CompressedSize: < 0 } or { ValueCount: < 0 }
            ? throw new MalformedException(
                $"the page has {header.ValueCount} values in {header.CompressedSize} bytes, {header.UncompressedSize} uncompressed")
            : header;
    }

    static PageHeader Data(ref CompactReader reader, WireType type)
    {
        CompactReader.Struct(type);
        int? values = null, encoding = null, definitions = null, repetitions = null;
        short id = 0;
        while (reader.NextField(ref id, out WireType field))
        {
            switch (id)
            {
                case 1: values = reader.Int32(field); break;
                case 2: encoding = reader.Int32(field); break;
                case 3: definitions = reader.Int32(field); break;
                case 4: repetitions = reader.Int32(field); break;
                default: reader.Skip(field); break;
            }
        }
        return new PageHeader
        {
            ValueCount = values ?? throw Missing("value count"),
            Encoding = (PageEncoding)(encoding ?? throw Missing("encoding")),
            DefinitionEncoding = (PageEncoding)(definitions ?? throw Missing("encoding of definition levels")),
            RepetitionEncoding = (PageEncoding)(repetitions ?? throw Missing("encoding of repetition levels")),
            IsCompressed = true,
        };
    }

    static PageHeader Dictionary(ref CompactReader reader, WireType type)
    {
        CompactReader.Struct(type);
        int? values = null, encoding = null;
        short id = 0;
        while (reader.NextField(ref id, out WireType field))
        {
            switch (id)
            {
                case 1: values = reader.Int32(field); break;
                case 2: encoding = reader.Int32(field); break;
                default: reader.Skip(field); break;
            }
        }
        return new PageHeader
        {
            ValueCount = values ?? throw Missing("value count"),
            Encoding = (PageEncoding)(encoding ?? throw Missing("encoding")),
            IsCompressed = true,
        };
    }

    static PageHeader DataV2(ref CompactReader reader, WireType type)
    {
        CompactReader.Struct(type);
        int? values = null, encoding = null, definitions = null, repetitions = null;
        bool isCompressed = true;
        short id = 0;
        while (reader.NextField(ref id, out WireType field))
        {
            switch (id)
            {
                case 1: values = reader.Int32(field); break;
                case 4: encoding = reader.Int32(field); break;
                case 5: definitions = reader.Int32(field); break;
                case 6: repetitions = reader.Int32(field); break;
                case 7: isCompressed = CompactReader.Boolean(field); break;
                default: reader.Skip(field); break;
            }
        }
        return new PageHeader
        {
            ValueCount = values ?? throw Missing("value count"),
            Encoding = (PageEncoding)(encoding ?? throw Missing("encoding")),
            DefinitionBytes = definitions ?? throw Missing("length of definition levels"),
            RepetitionBytes = repetitions ?? throw Missing("length of repetition levels"),
            IsCompressed = isCompressed,
        };
    }

    static MalformedException Missing(string what) => new($"the page's header has no {what}");
}

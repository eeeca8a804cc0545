using Bonito.Parquet.Thrift;

namespace Bonito.Parquet.Metadata;

/// <summary>Reads what the footer says of one column chunk.</summary>
static class ChunkReader
{
    public static ColumnChunk Read(ref CompactReader reader, WireType type)
    {
        CompactReader.Struct(type);
        ColumnChunk? chunk = null;
        string? filePath = null;
        bool isEncrypted = false;
        short id = 0;
        while (reader.NextField(ref id, out WireType field))
        {
            switch (id)
            {
                case 1: filePath = reader.Text(field); break;
                case 3: chunk = Metadata(ref reader, field); break;
                case 8 or 9:
                    isEncrypted = true;
                    reader.Skip(field);
                    break;
                default: reader.Skip(field); break;
            }
        }
        if (chunk is null)
        {
            throw new MalformedException(isEncrypted
                ? "columns are encrypted, and encrypted files are not read; write it without encryption"
                : "a column chunk has no metadata");
        }
        return chunk with { FilePath = filePath, IsEncrypted = isEncrypted };
    }

    static ColumnChunk Metadata(ref CompactReader reader, WireType type)
    {
        CompactReader.Struct(type);
        int? physical = null, codec = null;
        List<string>? path = null;
        long? values = null, uncompressed = null, compressed = null, dataPage = null, dictionaryPage = null;
        ColumnStatistics? statistics = null;
        short id = 0;
        while (reader.NextField(ref id, out WireType field))
        {
            switch (id)
            {
                case 1: physical = reader.Int32(field); break;
                case 3: path = Path(ref reader, field); break;
                case 4: codec = reader.Int32(field); break;
                case 5: values = reader.Int64(field); break;
                case 6: uncompressed = reader.Int64(field); break;
                case 7: compressed = reader.Int64(field); break;
                case 9: dataPage = reader.Int64(field); break;
                case 11: dictionaryPage = reader.Int64(field); break;
                case 12: statistics = Statistics(ref reader, field); break;
                default: reader.Skip(field); break;
            }
        }
        return new ColumnChunk
        {
            Type = (PhysicalType)(physical ?? throw Missing("type")),
            Path = path ?? throw Missing("path"),
            Compression = (Compression)(codec ?? throw Missing("codec")),
            ValueCount = values ?? throw Missing("value count"),
            UncompressedBytes = uncompressed ?? throw Missing("uncompressed size"),
            CompressedBytes = compressed ?? throw Missing("compressed size"),
            DataPageOffset = dataPage ?? throw Missing("data page offset"),
            DictionaryPageOffset = dictionaryPage,
            Statistics = statistics,
        };
    }

    static List<string> Path(ref CompactReader reader, WireType type)
    {
        int count = reader.List(type, out WireType element);
        var path = new List<string>();
        for (int i = 0; i < count; i++) path.Add(reader.Text(element));
        return path;
    }

    static ColumnStatistics Statistics(ref CompactReader reader, WireType type)
    {
        CompactReader.Struct(type);
        long? nulls = null;
        ReadOnlyMemory<byte>? minimum = null, maximum = null;
        short id = 0;
        while (reader.NextField(ref id, out WireType field))
        {
            switch (id)
            {
                case 3: nulls = reader.Int64(field); break;
                case 5: maximum = reader.Binary(field).ToArray(); break;
                case 6: minimum = reader.Binary(field).ToArray(); break;
                // The older bounds (1 and 2) were ordered differently from writer to writer.
                default: reader.Skip(field); break;
            }
        }
        return new ColumnStatistics { NullCount = nulls, Minimum = minimum, Maximum = maximum };
    }

    static MalformedException Missing(string what) => new($"a column chunk has no {what}");
}

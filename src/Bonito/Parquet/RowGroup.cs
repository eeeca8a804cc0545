namespace Bonito.Parquet;

/// <summary>A run of rows that are stored together, each column in one chunk.</summary>
/// <param name="RowCount">How many rows.</param>
/// <param name="Columns">The chunks, in the order of the schema's leaves.</param>
public sealed record RowGroup(long RowCount, IReadOnlyList<ColumnChunk> Columns);

/// <summary>The values of one leaf column in one row group, as the file describes them.</summary>
public sealed record ColumnChunk
{
    /// <summary>Names from the column down to the leaf, including those of the format's own groups.</summary>
    public required IReadOnlyList<string> Path { get; init; }

    public required PhysicalType Type { get; init; }

    public required Compression Compression { get; init; }

    /// <summary>Values, nulls and empty lists included.</summary>
    public required long ValueCount { get; init; }

    /// <summary>Bytes of all pages with their headers.</summary>
    public required long CompressedBytes { get; init; }

    /// <summary>Bytes of all pages with their headers, before compression.</summary>
    public required long UncompressedBytes { get; init; }

    public ColumnStatistics? Statistics { get; init; }

    /// <summary>Of written chunks: how values and levels are encoded; readers find that in the pages.</summary>
    internal IReadOnlyList<Metadata.PageEncoding> Encodings { get; init; } = [];

    internal long DataPageOffset { get; init; }

    internal long? DictionaryPageOffset { get; init; }

    /// <summary>Another file that holds the pages; such chunks are not read.</summary>
    internal string? FilePath { get; init; }

    internal bool IsEncrypted { get; init; }
}

/// <summary>Bounds and counts of a column chunk. Bounds are bytes as values are stored, without a length before them.</summary>
public sealed record ColumnStatistics
{
    public long? NullCount { get; init; }

    /// <summary>No value is less; a text may be cut off here.</summary>
    public ReadOnlyMemory<byte>? Minimum { get; init; }

    /// <summary>No value is greater; a text may be cut off, and then be raised, here.</summary>
    public ReadOnlyMemory<byte>? Maximum { get; init; }
}

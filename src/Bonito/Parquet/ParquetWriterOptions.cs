namespace Bonito.Parquet;

/// <summary>How a file is laid out. The defaults suit readers that take a row group at a time.</summary>
public sealed record ParquetWriterOptions
{
    /// <summary>None, snappy or zstd; zstd needs the system's libzstd.</summary>
    public Compression Compression { get; init; } = Compression.Snappy;

    /// <summary>A row group ends with the row that brings its values, uncompressed, to this many bytes. It is in memory until then.</summary>
    public long RowGroupBytes { get; init; } = 64 << 20;

    /// <summary>A page ends with the row that brings its values, uncompressed, to this many bytes.</summary>
    public int PageBytes { get; init; } = 1 << 20;

    /// <summary>Texts to keep in the file, by name.</summary>
    public IReadOnlyDictionary<string, string> KeyValueMetadata { get; init; } = new Dictionary<string, string>();
}

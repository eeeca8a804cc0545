namespace Bonito.Parquet;

/// <summary>How pages are compressed; the numbers are those of the format.</summary>
public enum Compression
{
    None = 0,
    Snappy = 1,
    Gzip = 2,
    /// <summary>Not read: no current writer writes it.</summary>
    Lzo = 3,
    Brotli = 4,
    /// <summary>Not read: the framing differs from writer to writer; <see cref="Lz4Raw"/> took its place.</summary>
    Lz4 = 5,
    Zstd = 6,
    Lz4Raw = 7,
}

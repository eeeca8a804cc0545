namespace Bonito.Parquet.Codecs;

/// <summary>Compresses pages.</summary>
static class Compressor
{
    const int ZstdLevel = 3;

    /// <exception cref="BonitoException">The codec is not one that is written, or its library is not there.</exception>
    public static void Require(Compression compression)
    {
        if (compression == Compression.Zstd) Zstd.Require();
        else if (compression is not (Compression.None or Compression.Snappy))
            throw new BonitoException($"Parquet files are written with snappy, zstd or without compression, not with {compression}.");
    }

    public static byte[] Run(Compression compression, ReadOnlySpan<byte> bytes) => compression switch
    {
        Compression.Snappy => Snappy.Compress(bytes),
        Compression.Zstd => Zstd.Compress(bytes, ZstdLevel),
        _ => bytes.ToArray(),
    };
}

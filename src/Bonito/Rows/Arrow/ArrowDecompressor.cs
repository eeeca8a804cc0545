using System.Buffers.Binary;
using Bonito.Parquet;
using Bonito.Parquet.Codecs;

namespace Bonito.Rows.Arrow;

/// <summary>Decompresses the buffers of one batch; all of them together are bounded.</summary>
sealed class ArrowDecompressor
{
    readonly bool isZstd;
    int left = RowLimits.BatchBytes;

    /// <exception cref="ArrowFormatException">Compressed in another way than LZ4 frames or Zstandard, a buffer at a time.</exception>
    public ArrowDecompressor(FlatTable compression)
    {
        (byte codec, byte method) = (compression.Byte(0), compression.Byte(1));
        if (codec > 1 || method != 0) throw new ArrowFormatException($"compression {codec} with the method {method} is not read");
        isZstd = codec == 1;
    }

    /// <summary>A buffer begins with its length when decompressed; -1 says that it is not compressed.</summary>
    /// <exception cref="ArrowFormatException">Broken, or more than a batch may have.</exception>
    /// <exception cref="BonitoException">libzstd is needed and not on this machine.</exception>
    public ReadOnlyMemory<byte> Decompress(ReadOnlyMemory<byte> buffer)
    {
        if (buffer.Length < 8) throw new ArrowFormatException($"a compressed buffer of {buffer.Length} bytes");
        long length = BinaryPrimitives.ReadInt64LittleEndian(buffer.Span);
        ReadOnlyMemory<byte> compressed = buffer[8..];
        if (length == -1) return compressed;
        if (length < 0 || length > left) throw new ArrowFormatException($"buffers of more than {RowLimits.BatchBytes} bytes in one batch");
        left -= (int)length;
        return isZstd ? Zstandard(compressed.Span, (int)length) : Lz4Frame.Decompress(compressed.Span, (int)length);
    }

    static ReadOnlyMemory<byte> Zstandard(ReadOnlySpan<byte> compressed, int length)
    {
        var target = new PageBuffer();
        try
        {
            Zstd.Decompress(compressed, target, 0, length);
        }
        catch (MalformedException e)
        {
            throw new ArrowFormatException($"a buffer of {compressed.Length} bytes of Zstandard: {e.Message}");
        }
        return target.Bytes.AsMemory(0, length);
    }
}

using System.Buffers.Binary;

namespace Bonito.Rows.Arrow;

/// <summary>What a message holds, with its number in the format.</summary>
enum ArrowMessageKind : byte { None, Schema, DictionaryBatch, RecordBatch, Tensor, SparseTensor }

/// <summary>A message of an Arrow stream.</summary>
/// <param name="Kind">What it holds.</param>
/// <param name="Header">Its metadata.</param>
/// <param name="Body">The buffers of a batch.</param>
readonly record struct ArrowMessage(ArrowMessageKind Kind, FlatTable Header, ReadOnlyMemory<byte> Body);

/// <summary>
/// Cuts an Arrow stream into messages: a length, the metadata, the body. A file in Arrow's file format is such a stream
/// between two magic texts, with an index behind it that reading from the start does not need.
/// </summary>
sealed class ArrowMessages(Stream stream)
{
    const int MaxMetadata = 1 << 24;

    bool begun;
    bool isFile;

    static ReadOnlySpan<byte> Magic => "ARROW1"u8;

    /// <summary>The next message; null at the end.</summary>
    /// <exception cref="ArrowFormatException">Not Arrow, or cut off.</exception>
    public ArrowMessage? Next()
    {
        byte[] start = new byte[8];
        int read = stream.ReadAtLeast(start.AsSpan(0, 4), 4, throwOnEndOfStream: false);
        if (!begun && read == 4 && start.AsSpan(0, 4).SequenceEqual(Magic[..4]))
        {
            Exactly(start.AsSpan(4, 4));
            if (!start.AsSpan().StartsWith(Magic)) throw new ArrowFormatException("it begins as no Arrow file does");
            isFile = true;
            read = stream.ReadAtLeast(start.AsSpan(0, 4), 4, throwOnEndOfStream: false);
        }
        begun = true;
        // A stream may end without saying so.
        if (read == 0 && !isFile) return null;
        if (read < 4) throw new ArrowFormatException("it is cut off");
        int length = BinaryPrimitives.ReadInt32LittleEndian(start);
        if (length == -1)
        {
            Exactly(start.AsSpan(0, 4));
            length = BinaryPrimitives.ReadInt32LittleEndian(start);
        }
        if (length == 0)
        {
            if (isFile) CheckEnd();
            return null;
        }
        if (length is < 0 or > MaxMetadata) throw new ArrowFormatException($"a message of {length} bytes of metadata; it is no Arrow stream, or broken");
        FlatTable message = FlatTable.Root(Take(length, "metadata"));
        FlatTable header = message.Table(2) ?? throw new ArrowFormatException("a message without content");
        long body = message.Long(3);
        if (body is < 0 or > RowLimits.BatchBytes)
            throw new ArrowFormatException($"a batch of {body} bytes; at most {RowLimits.BatchBytes} are read: write the file with fewer rows a batch");
        return new ArrowMessage((ArrowMessageKind)message.Byte(1), header, Take((int)body, "body"));
    }

    /// <summary>Behind the messages of a file stand its index, the index's length and the magic text again.</summary>
    void CheckEnd()
    {
        byte[] last = new byte[1 << 12];
        int kept = 0;
        while (true)
        {
            int read = stream.Read(last, kept, last.Length - kept);
            if (read == 0) break;
            kept += read;
            if (kept < last.Length) continue;
            last.AsSpan(kept - Magic.Length).CopyTo(last);
            kept = Magic.Length;
        }
        if (!last.AsSpan(0, kept).EndsWith(Magic)) throw new ArrowFormatException("it is cut off");
    }

    void Exactly(Span<byte> target)
    {
        if (stream.ReadAtLeast(target, target.Length, throwOnEndOfStream: false) < target.Length) throw new ArrowFormatException("it is cut off");
    }

    /// <summary>Reads so many bytes; memory grows with what is really there, not with what is promised.</summary>
    byte[] Take(int length, string what)
    {
        byte[] bytes = new byte[Math.Min(length, 1 << 16)];
        int read = 0;
        while (true)
        {
            read += stream.ReadAtLeast(bytes.AsSpan(read), bytes.Length - read, throwOnEndOfStream: false);
            if (read == length) return bytes;
            if (read < bytes.Length) throw new ArrowFormatException($"it is cut off: {read} of {length} bytes of {what} are there");
            Array.Resize(ref bytes, (int)Math.Min(length, bytes.Length * 2L));
        }
    }
}

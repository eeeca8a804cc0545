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
/// Cuts Arrow IPC into messages: a length, the metadata, the body. A file in Arrow's file format has them between two
/// magic texts, and behind them an index with the schema, which some writers put nowhere else.
/// </summary>
sealed class ArrowMessages(Stream stream)
{
    const int MaxMetadata = 1 << 24;

    byte[] begin = [];

    static ReadOnlySpan<byte> Magic => "ARROW1"u8;

    /// <summary>Whether this is the file format, which has an index.</summary>
    public bool IsFile { get; private set; }

    /// <summary>Looks at how it begins; to be called first.</summary>
    /// <exception cref="ArrowFormatException">Not Arrow, or cut off.</exception>
    public void Begin()
    {
        byte[] start = new byte[4];
        int read = stream.ReadAtLeast(start, 4, throwOnEndOfStream: false);
        if (read == 0) throw new ArrowFormatException("it is empty");
        if (!start.AsSpan(0, read).SequenceEqual(Magic[..4]))
        {
            begin = start[..read];
            return;
        }
        byte[] rest = new byte[4];
        Exactly(rest);
        if (!rest.AsSpan().StartsWith(Magic[4..])) throw new ArrowFormatException("it begins as no Arrow file does");
        IsFile = true;
    }

    /// <summary>The index of a file that can be read from any place.</summary>
    /// <exception cref="ArrowFormatException">It is cut off or broken.</exception>
    public FlatTable Index()
    {
        byte[] end = new byte[4 + Magic.Length];
        if (stream.Length < end.Length) throw new ArrowFormatException("it is cut off");
        stream.Position = stream.Length - end.Length;
        Exactly(end);
        int length = BinaryPrimitives.ReadInt32LittleEndian(end);
        if (!end.AsSpan().EndsWith(Magic)) throw new ArrowFormatException("it is cut off");
        if (length < 0 || length > Math.Min(MaxMetadata, stream.Length - end.Length)) throw new ArrowFormatException($"an index of {length} bytes");
        stream.Position = stream.Length - end.Length - length;
        return FlatTable.Root(Take(length, "index"));
    }

    /// <summary>The message that stands at a place of the file, within so many bytes.</summary>
    /// <exception cref="ArrowFormatException">There is none.</exception>
    public ArrowMessage At(long position, long length)
    {
        if (position > stream.Length) throw new ArrowFormatException($"a batch at {position}, outside of the file");
        stream.Position = position;
        ArrowMessage message = Next() ?? throw new ArrowFormatException($"no batch at {position}");
        if (stream.Position - position > length) throw new ArrowFormatException($"a batch at {position} of more than the {length} bytes that the index gives it");
        return message;
    }

    /// <summary>The next message; null at the end.</summary>
    /// <exception cref="ArrowFormatException">Broken, or cut off.</exception>
    public ArrowMessage? Next()
    {
        byte[] start = new byte[4];
        begin.CopyTo(start, 0);
        int read = begin.Length + stream.ReadAtLeast(start.AsSpan(begin.Length), 4 - begin.Length, throwOnEndOfStream: false);
        begin = [];
        // A stream may end without saying so.
        if (read == 0 && !IsFile) return null;
        if (read < 4) throw new ArrowFormatException("it is cut off");
        int length = BinaryPrimitives.ReadInt32LittleEndian(start);
        if (length == -1)
        {
            Exactly(start);
            length = BinaryPrimitives.ReadInt32LittleEndian(start);
        }
        if (length == 0) return null;
        if (length is < 0 or > MaxMetadata) throw new ArrowFormatException($"a message of {length} bytes of metadata; it is no Arrow stream, or broken");
        FlatTable message = FlatTable.Root(Take(length, "metadata"));
        FlatTable header = message.Table(2) ?? throw new ArrowFormatException("a message without content");
        long body = message.Long(3);
        if (body is < 0 or > RowLimits.BatchBytes)
            throw new ArrowFormatException($"a batch of {body} bytes; at most {RowLimits.BatchBytes} are read: write the file with fewer rows a batch");
        return new ArrowMessage((ArrowMessageKind)message.Byte(1), header, Take((int)body, "body"));
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

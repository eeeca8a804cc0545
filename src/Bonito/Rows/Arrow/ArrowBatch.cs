using System.Buffers.Binary;

namespace Bonito.Rows.Arrow;

/// <summary>Hands out the parts of a batch in the order of the schema: of each column its length, then its buffers.</summary>
sealed class ArrowBatch
{
    // Columns without bytes can be of any length: beyond this, a row must take a bit somewhere.
    const int FreeLength = 1 << 20;

    readonly ReadOnlyMemory<byte> body;
    readonly ReadOnlyMemory<byte> nodes;
    readonly ReadOnlyMemory<byte> buffers;
    readonly ReadOnlyMemory<byte> variadic;
    readonly ArrowDecompressor? decompressor;
    int node;
    int buffer;
    int variadicNode;
    long handedOut;

    /// <exception cref="ArrowFormatException">Broken, or compressed in a way that is not read.</exception>
    public ArrowBatch(FlatTable header, ReadOnlyMemory<byte> body)
    {
        this.body = body;
        nodes = header.Items(1, 16);
        buffers = header.Items(2, 16);
        variadic = header.Items(4, 8);
        if (header.Table(3) is { } compression) decompressor = new ArrowDecompressor(compression);
        Length = Checked(header.Long(0));
    }

    /// <summary>Rows of the batch.</summary>
    public int Length { get; }

    /// <summary>The length of the next column.</summary>
    public int NextLength()
    {
        if ((node + 1) * 16 > nodes.Length) throw new ArrowFormatException($"a batch describes {node} columns; the schema has more");
        return Checked(BinaryPrimitives.ReadInt64LittleEndian(nodes.Span[(node++ * 16)..]));
    }

    /// <summary>The next buffer.</summary>
    public ReadOnlyMemory<byte> NextBuffer()
    {
        if ((buffer + 1) * 16 > buffers.Length) throw new ArrowFormatException($"a batch has {buffer} buffers; the schema needs more");
        ReadOnlySpan<byte> place = buffers.Span[(buffer++ * 16)..];
        long start = BinaryPrimitives.ReadInt64LittleEndian(place);
        long length = BinaryPrimitives.ReadInt64LittleEndian(place[8..]);
        if (start < 0 || length < 0 || start > body.Length || length > body.Length - start)
            throw new ArrowFormatException($"a buffer of {length} bytes from {start} stands outside of the batch's {body.Length}");
        ReadOnlyMemory<byte> bytes = body.Slice((int)start, (int)length);
        if (decompressor is not null && length > 0) bytes = decompressor.Decompress(bytes);
        handedOut += bytes.Length;
        return bytes;
    }

    /// <summary>The next buffers of texts, of which there are as many as the batch says.</summary>
    public ReadOnlyMemory<byte>[] NextVariadicBuffers()
    {
        if ((variadicNode + 1) * 8 > variadic.Length) throw new ArrowFormatException("a batch does not say how many buffers of texts it has");
        long count = BinaryPrimitives.ReadInt64LittleEndian(variadic.Span[(variadicNode++ * 8)..]);
        if (count < 0 || count > buffers.Length / 16 - buffer) throw new ArrowFormatException($"a batch has fewer than {count} buffers of texts");
        var own = new ReadOnlyMemory<byte>[(int)count];
        for (int i = 0; i < own.Length; i++) own[i] = NextBuffer();
        return own;
    }

    /// <summary>Checks the number of rows once all buffers are handed out.</summary>
    public void CheckLength()
    {
        if (Length > Math.Max(FreeLength, handedOut * 8)) throw new ArrowFormatException($"{Length} rows in a batch of {handedOut} bytes");
    }

    static int Checked(long length) => length is >= 0 and < int.MaxValue
        ? (int)length
        : throw new ArrowFormatException($"a column of {length} values in one batch");
}

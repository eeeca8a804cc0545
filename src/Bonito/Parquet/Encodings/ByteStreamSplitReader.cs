namespace Bonito.Parquet.Encodings;

/// <summary>Values of a fixed width whose first bytes stand together, then their second bytes, and so on.</summary>
sealed class ByteStreamSplitReader : ValueReader
{
    readonly ByteWindow bytes;
    readonly byte[] value;
    readonly int count;
    int next;

    public ByteStreamSplitReader(ByteWindow bytes, int width)
    {
        if (bytes.Left % width != 0) throw new MalformedException($"{bytes.Left} bytes cannot be split among values of {width}");
        (this.bytes, value, count) = (bytes, new byte[Math.Min(width, bytes.Left)], bytes.Left / width);
    }

    public override ReadOnlySpan<byte> Next()
    {
        if (next == count) throw new MalformedException($"the page holds {count} values, fewer than its levels say");
        ReadOnlySpan<byte> streams = bytes.Rest;
        for (int i = 0; i < value.Length; i++) value[i] = streams[i * count + next];
        next++;
        return value;
    }
}

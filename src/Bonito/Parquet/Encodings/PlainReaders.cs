namespace Bonito.Parquet.Encodings;

/// <summary>Values of a fixed number of bytes, one after the other.</summary>
sealed class PlainFixedReader(ByteWindow bytes, int width) : ValueReader
{
    public override ReadOnlySpan<byte> Next() => bytes.Take(width);
}

/// <summary>Texts or bytes, each after its length in four bytes.</summary>
sealed class PlainBytesReader(ByteWindow bytes) : ValueReader
{
    public override ReadOnlySpan<byte> Next() => bytes.Take(bytes.Length());
}

/// <summary>Truth values, eight a byte.</summary>
sealed class PlainBooleanReader(ByteWindow bytes) : ValueReader
{
    static readonly byte[] Truths = [0, 1];
    int current, left;

    public override ReadOnlySpan<byte> Next()
    {
        if (left == 0) (current, left) = (bytes.Byte(), 8);
        int value = current & 1;
        current >>= 1;
        left--;
        return Truths.AsSpan(value, 1);
    }
}

/// <summary>Truth values as runs.</summary>
sealed class RunBooleanReader(ByteWindow bytes) : ValueReader
{
    readonly RunReader runs = new(bytes.Cut(bytes.Length()), 1);
    readonly byte[] value = new byte[1];

    public override ReadOnlySpan<byte> Next()
    {
        Span<int> next = stackalloc int[1];
        runs.Read(next);
        value[0] = (byte)next[0];
        return value;
    }
}

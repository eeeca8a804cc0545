namespace Bonito.Parquet.Encodings;

/// <summary>Texts or bytes whose lengths come first, as differences, then all their bytes (DELTA_LENGTH_BYTE_ARRAY).</summary>
sealed class DeltaLengthReader : ValueReader
{
    readonly DeltaIntegers lengths;
    readonly ByteWindow bytes;

    public DeltaLengthReader(ByteWindow bytes)
    {
        lengths = new DeltaIntegers(bytes.Copy());
        new DeltaIntegers(bytes).SkipAll();
        this.bytes = bytes;
    }

    public override ReadOnlySpan<byte> Next()
    {
        long length = lengths.Next();
        return length >= 0 && length <= bytes.Left
            ? bytes.Take((int)length)
            : throw new MalformedException($"a value of {length} bytes where {bytes.Left} are left");
    }
}

/// <summary>
/// Texts or bytes of which only what differs from the one before is stored: how many bytes to keep of it, and what to put
/// after them (DELTA_BYTE_ARRAY).
/// </summary>
sealed class DeltaBytesReader : ValueReader
{
    // What a page of texts that share long beginnings may grow to; it keeps a small hostile page from becoming a huge one.
    const long MaximalGrowth = 1L << 28;

    readonly DeltaIntegers kept;
    readonly DeltaLengthReader added;
    byte[] value = new byte[256];
    int length;
    long growth;

    public DeltaBytesReader(ByteWindow bytes)
    {
        kept = new DeltaIntegers(bytes.Copy());
        new DeltaIntegers(bytes).SkipAll();
        added = new DeltaLengthReader(bytes);
    }

    public override ReadOnlySpan<byte> Next()
    {
        long keep = kept.Next();
        if (keep < 0 || keep > length) throw new MalformedException($"a value shares {keep} bytes with one of {length}");
        growth += keep;
        if (growth > MaximalGrowth)
            throw new MalformedException($"values that share their beginnings become more than {MaximalGrowth >> 20} MiB in one page");
        ReadOnlySpan<byte> rest = added.Next();
        length = (int)keep + rest.Length;
        if (length > value.Length) Array.Resize(ref value, Math.Max(length, (int)Math.Min(2L * value.Length, Array.MaxLength)));
        rest.CopyTo(value.AsSpan((int)keep));
        return value.AsSpan(0, length);
    }
}

namespace Bonito.Parquet.Encodings;

/// <summary>Runs of one number, and stretches of numbers packed to a fixed width, in turn (the format calls it RLE).</summary>
sealed class RunReader : LevelReader
{
    readonly ByteWindow bytes;
    readonly int width;
    long left;
    int repeated;
    ByteWindow? packed;
    long index;

    /// <param name="bytes">The runs, up to the last.</param>
    /// <param name="width">Bits of a number.</param>
    public RunReader(ByteWindow bytes, int width)
    {
        if (width is < 0 or > 32) throw new MalformedException($"numbers of {width} bits; at most 32 can be");
        (this.bytes, this.width) = (bytes, width);
    }

    public override void Read(Span<int> into)
    {
        while (into.Length > 0)
        {
            if (left == 0)
            {
                NextRun();
                continue;
            }
            int count = (int)Math.Min(left, into.Length);
            if (packed is null) into[..count].Fill(repeated);
            else BitPacking.Unpack(packed.Rest, index, width, into[..count]);
            index += count;
            left -= count;
            into = into[count..];
        }
    }

    void NextRun()
    {
        ulong header = bytes.Varint();
        if (header >> 1 > int.MaxValue) throw new MalformedException($"a run of {header >> 1} is longer than any that can be");
        long count = (long)(header >> 1);
        (packed, index) = (null, 0);
        if ((header & 1) == 0)
        {
            repeated = 0;
            ReadOnlySpan<byte> value = bytes.Take((width + 7) / 8);
            for (int i = 0; i < value.Length; i++) repeated |= value[i] << (8 * i);
            left = count;
        }
        else if (width == 0)
        {
            (left, repeated) = (count * 8, 0);
        }
        else
        {
            // Some writers leave out the bytes of the last group that hold no number.
            packed = bytes.Cut((int)Math.Min(count * width, bytes.Left));
            left = Math.Min(count * 8, packed.Left * 8L / width);
            if (left == 0) throw new MalformedException("the page ends at the begin of a packed run");
        }
    }
}

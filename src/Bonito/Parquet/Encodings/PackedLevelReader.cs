namespace Bonito.Parquet.Encodings;

/// <summary>Levels packed from the most significant bit downwards, without runs: only old writers did so.</summary>
sealed class PackedLevelReader(ByteWindow bytes, int width) : LevelReader
{
    readonly ReadOnlyMemory<byte> packed = bytes.Rest.ToArray();
    long bit;

    public override void Read(Span<int> into)
    {
        ReadOnlySpan<byte> source = packed.Span;
        if (bit + (long)into.Length * width > source.Length * 8L) throw new MalformedException("the page ends among its levels");
        for (int i = 0; i < into.Length; i++)
        {
            int value = 0;
            for (int b = 0; b < width; b++, bit++) value = value << 1 | source[(int)(bit >> 3)] >> (int)(7 - (bit & 7)) & 1;
            into[i] = value;
        }
    }
}

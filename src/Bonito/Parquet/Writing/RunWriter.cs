using Bonito.Parquet.Encodings;

namespace Bonito.Parquet.Writing;

/// <summary>Writes numbers as runs of one value and stretches packed to a fixed width: what <see cref="RunReader"/> reads.</summary>
static class RunWriter
{
    const int Group = 8;

    /// <param name="numbers">None needs more bits than <paramref name="width"/>.</param>
    public static void Write(ReadOnlySpan<int> numbers, int width, ByteBuffer into)
    {
        int at = 0;
        while (at < numbers.Length)
        {
            int run = RunLength(numbers[at..]);
            if (run >= Group)
            {
                into.Varint((uint)run << 1);
                for (int bit = 0; bit < width; bit += 8) into.Byte((byte)(numbers[at] >> bit));
                at += run;
                continue;
            }
            int start = at;
            do at += Group;
            while (at < numbers.Length && RunLength(numbers[at..]) < Group);
            Pack(numbers[start..Math.Min(at, numbers.Length)], width, into);
        }
    }

    static int RunLength(ReadOnlySpan<int> numbers)
    {
        int end = numbers.IndexOfAnyExcept(numbers[0]);
        return end < 0 ? numbers.Length : end;
    }

    static void Pack(ReadOnlySpan<int> numbers, int width, ByteBuffer into)
    {
        int groups = (numbers.Length + Group - 1) / Group;
        into.Varint((uint)groups << 1 | 1);
        ulong bits = 0;
        int count = 0;
        for (int i = 0; i < groups * Group; i++)
        {
            if (i < numbers.Length) bits |= (ulong)(uint)numbers[i] << count;
            for (count += width; count >= 8; count -= 8, bits >>= 8) into.Byte((byte)bits);
        }
    }
}

using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Kernels;

/// <summary>
/// Native floats between two zones of NaN: a kernel that reads outside poisons its result, one that writes outside is found out
/// when the memory is given back.
/// </summary>
sealed unsafe class GuardedFloats : IDisposable
{
    const int Guard = 64;
    const uint GuardBits = 0x7FC0BEEF;

    readonly NativeBuffer buffer;
    readonly int count;

    public GuardedFloats(int count)
    {
        this.count = count;
        buffer = new NativeBuffer(count + 2 * Guard);
        Zone(0).Fill(BitConverter.UInt32BitsToSingle(GuardBits));
        Zone(Guard + count).Fill(BitConverter.UInt32BitsToSingle(GuardBits));
    }

    public GuardedFloats(ReadOnlySpan<float> values) : this(values.Length) => values.CopyTo(Values);

    /// <summary>Uniform from -1 to 1.</summary>
    public static GuardedFloats Random(Random random, int count, float size = 1)
    {
        GuardedFloats made = new(count);
        foreach (ref float value in made.Values) value = size * (2 * random.NextSingle() - 1);
        return made;
    }

    public float* Data => buffer.Data + Guard;

    public Span<float> Values => new(Data, count);

    public float[] ToArray() => Values.ToArray();

    public void Dispose()
    {
        bool whole = Whole(Zone(0)) && Whole(Zone(Guard + count));
        buffer.Dispose();
        Assert.True(whole, $"A kernel wrote outside its {count} floats.");
    }

    static bool Whole(Span<float> zone)
    {
        foreach (float value in zone)
            if (BitConverter.SingleToUInt32Bits(value) != GuardBits) return false;
        return true;
    }

    Span<float> Zone(int start) => new(buffer.Data + start, Guard);
}

using Bonito.Engine.Checkpoints;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Checkpoints;

public class FloatConversionTests
{
    private static readonly ushort[] AllHalves = [.. Enumerable.Range(0, 65_536).Select(i => (ushort)i)];

    [Fact]
    public void Every_F16_widens_to_the_value_that_the_runtime_gives_it()
    {
        var widened = new float[AllHalves.Length];
        FloatConversion.F16ToF32(AllHalves, widened);
        foreach (ushort half in AllHalves)
        {
            float expected = (float)BitConverter.UInt16BitsToHalf(half);
            AssertSameBits(FloatConversion.F16ToF32(half), widened[half]);
            if (float.IsNaN(expected)) Assert.True(float.IsNaN(widened[half]), $"{half:x4}");
            else AssertSameBits(expected, widened[half]);
        }
    }

    [Fact]
    public void Every_BF16_widens_to_the_float_with_the_same_upper_half()
    {
        var widened = new float[AllHalves.Length];
        FloatConversion.BF16ToF32(AllHalves, widened);
        foreach (ushort half in AllHalves)
        {
            Assert.Equal((uint)half << 16, BitConverter.SingleToUInt32Bits(widened[half]));
            AssertSameBits(FloatConversion.BF16ToF32(half), widened[half]);
        }
    }

    [Theory]
    [InlineData(DType.F16, 0x7C00, 0x0200)]
    [InlineData(DType.BF16, 0x7F80, 0x0040)]
    public void Every_half_survives_the_way_there_and_back(DType type, int infinity, int quiet)
    {
        ushort[] back = Narrow(type, Widen(type, AllHalves));
        foreach (ushort half in AllHalves)
        {
            bool nan = (half & 0x7FFF) > infinity;
            Assert.Equal(nan ? half | quiet : half, back[half]);
        }
    }

    [Theory]
    [InlineData(DType.F16, 0x7C00)]
    [InlineData(DType.BF16, 0x7F80)]
    public void Between_any_two_neighbours_the_nearer_is_taken_and_the_even_one_in_the_middle(DType type, int infinity)
    {
        var lower = new List<ushort>();
        var middles = new List<float>();
        for (int magnitude = 0; magnitude < infinity - 1; magnitude++)
        {
            float[] pair = Widen(type, [(ushort)magnitude, (ushort)(magnitude + 1)]);
            lower.Add((ushort)magnitude);
            // Both neighbours are exact doubles and so is their middle, which float32 holds exactly too.
            middles.Add((float)(((double)pair[0] + pair[1]) / 2));
        }

        float[] below = [.. middles.Select(MathF.BitDecrement)];
        float[] above = [.. middles.Select(MathF.BitIncrement)];
        float[] negative = [.. middles.Select(middle => -middle)];
        ushort[] even = [.. lower.Select(half => (ushort)(half + (half & 1)))];
        Assert.Equal(lower, Narrow(type, below));
        Assert.Equal(lower.Select(half => (ushort)(half + 1)), Narrow(type, above));
        Assert.Equal(even, Narrow(type, [.. middles]));
        Assert.Equal(even.Select(half => (ushort)(half | 0x8000)), Narrow(type, negative));
    }

    [Fact]
    public void Vectors_and_scalars_agree_on_random_bits_at_every_length()
    {
        var random = new Random(7);
        for (int length = 0; length < 70; length++)
        {
            float[] values = [.. Enumerable.Range(0, length).Select(_ => BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32)))];
            Assert.Equal(values.Select(FloatConversion.F32ToF16), Narrow(DType.F16, values));
            Assert.Equal(values.Select(FloatConversion.F32ToBF16), Narrow(DType.BF16, values));
        }
    }

    [Fact]
    public void Narrowing_to_F16_agrees_with_the_runtime_on_a_million_random_numbers()
    {
        var random = new Random(8);
        float[] values = [.. Enumerable.Range(0, 1_000_000).Select(_ => BitConverter.UInt32BitsToSingle((uint)random.NextInt64(1L << 32)))];
        ushort[] narrowed = Narrow(DType.F16, values);
        for (int i = 0; i < values.Length; i++)
        {
            if (float.IsNaN(values[i])) Assert.True(Half.IsNaN(BitConverter.UInt16BitsToHalf(narrowed[i])));
            else if (BitConverter.HalfToUInt16Bits((Half)values[i]) != narrowed[i]) Assert.Fail($"{values[i]:g9} became {narrowed[i]:x4}");
        }
    }

    [Theory]
    [InlineData(DType.F16, 65_520f)]
    [InlineData(DType.BF16, 3.3961775e38f)]
    public void The_first_finite_number_that_would_become_infinite_is_found(DType type, float overflows)
    {
        float fits = MathF.BitDecrement(overflows);
        Assert.False(float.IsInfinity(Widen(type, Narrow(type, [fits]))[0]));
        Assert.True(float.IsInfinity(Widen(type, Narrow(type, [overflows]))[0]));
        for (int at = 0; at < 40; at++)
        {
            float[] values = [.. Enumerable.Repeat(-fits, 40)];
            values[39 - at] = float.NegativeInfinity;
            Assert.Equal(-1, FloatConversion.IndexOfOverflow(values, type));
            values[^1] = overflows;
            values[at] = -overflows;
            Assert.Equal(at, FloatConversion.IndexOfOverflow(values, type));
            Assert.Equal(-1, FloatConversion.IndexOfOverflow(values, DType.F32));
        }
    }

    [Fact]
    public void Unequal_lengths_are_refused() =>
        Assert.Throws<ArgumentException>(() => FloatConversion.F16ToF32(new ushort[3], new float[4]));

    private static float[] Widen(DType type, ushort[] halves)
    {
        var values = new float[halves.Length];
        if (type == DType.F16) FloatConversion.F16ToF32(halves, values);
        else FloatConversion.BF16ToF32(halves, values);
        return values;
    }

    private static ushort[] Narrow(DType type, float[] values)
    {
        var halves = new ushort[values.Length];
        if (type == DType.F16) FloatConversion.F32ToF16(values, halves);
        else FloatConversion.F32ToBF16(values, halves);
        return halves;
    }

    private static void AssertSameBits(float expected, float actual) =>
        Assert.Equal(BitConverter.SingleToUInt32Bits(expected), BitConverter.SingleToUInt32Bits(actual));
}

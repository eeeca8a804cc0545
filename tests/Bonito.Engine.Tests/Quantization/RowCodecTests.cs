using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Quantization;

/// <summary>What quantising loses, and what it must not.</summary>
public class RowCodecTests
{
    private const int Count = 64 * 1024;
    private static readonly DType[] Formats = [DType.Q8_0, DType.Q6_K, DType.Q5_K, DType.Q4_K, DType.Q4_0];

    /// <summary>Root mean square of the error over that of the values, in thousandths; measured, with 2% to spare.</summary>
    [Theory]
    [InlineData(DType.Q8_0, 5.48)]
    [InlineData(DType.Q6_K, 18.1)]
    [InlineData(DType.Q5_K, 36.7)]
    [InlineData(DType.Q4_K, 73.5)]
    [InlineData(DType.Q4_0, 88.0)]
    public void Normal_values_lose_no_more_than_the_format_must(DType type, double thousandths) =>
        Assert.InRange(RelativeError(type, Normal(1)) * 1000, 0, thousandths);

    [Fact]
    public void More_bits_lose_less()
    {
        foreach (float[] values in (float[][])[Normal(2), Outliers(3), Shifted(4)])
        {
            double[] errors = [.. Formats.Select(type => RelativeError(type, values))];
            for (int i = 1; i < errors.Length; i++) Assert.True(errors[i - 1] < errors[i], $"{Formats[i - 1]} {errors[i - 1]} and {Formats[i]} {errors[i]}");
        }
    }

    [Fact]
    public void The_search_beats_plain_rounding()
    {
        float[] values = Normal(5);
        Assert.True(RelativeError(DType.Q4_K, values) < 0.93 * PlainError(values, 32, 15));
        Assert.True(RelativeError(DType.Q5_K, values) < 0.97 * PlainError(values, 32, 31));
    }

    [Fact]
    public void Values_that_a_format_can_say_survive()
    {
        foreach (DType type in Formats)
        {
            float[] values = Normal(6);
            float[] once = RoundTrip(type, values), twice = RoundTrip(type, once);
            Assert.InRange(Error(once, twice) / Error(values, once), 0, type is DType.Q8_0 or DType.Q4_0 ? 1e-3 : 0.35);
        }
    }

    [Fact]
    public void Degenerate_blocks_stay_finite()
    {
        float[][] cases =
        [
            new float[256],
            [.. Enumerable.Repeat(0.5f, 256)],
            [.. Enumerable.Repeat(-0.5f, 256)],
            [.. Enumerable.Range(0, 256).Select(i => i == 77 ? 1000f : 0)],
            [.. Enumerable.Repeat(1e-30f, 256)],
            [.. Enumerable.Range(0, 256).Select(i => (i % 2 == 0 ? 1 : -1) * float.Epsilon)],
            [.. Enumerable.Range(0, 256).Select(i => (i % 2 == 0 ? 1 : -1) * RowCodec.LargestQuantized)],
        ];
        foreach (DType type in Formats)
            foreach (float[] values in cases)
            {
                float[] back = RoundTrip(type, values);
                float largest = values.Max(MathF.Abs);
                Assert.All(back.Zip(values), pair => Assert.InRange(pair.First - pair.Second, -0.14f * largest - 1e-6f, 0.14f * largest + 1e-6f));
                if (largest == 0) Assert.All(back, value => Assert.Equal(0, value));
            }
    }

    [Fact]
    public void What_cannot_be_stored_is_found()
    {
        float[] values = [1, -2, 3, 70_000];
        Assert.Equal(3, RowCodec.IndexOfUnstorable(DType.F16, values));
        Assert.Equal(-1, RowCodec.IndexOfUnstorable(DType.BF16, values));
        foreach (DType type in Formats)
        {
            Assert.Equal(-1, RowCodec.IndexOfUnstorable(type, values));
            foreach (float bad in (float[])[float.NaN, float.PositiveInfinity, float.NegativeInfinity, 500_001, -1e30f])
                Assert.Equal(2, RowCodec.IndexOfUnstorable(type, [1, 2, bad, 3]));
        }
    }

    [Fact]
    public void Rows_without_whole_blocks_are_a_mistake()
    {
        Assert.Throws<ArgumentException>(() => RowCodec.Quantize(DType.Q8_0, new float[33], new byte[34]));
        Assert.Throws<ArgumentException>(() => RowCodec.Quantize(DType.Q4_K, new float[256], new byte[143]));
        Assert.Throws<ArgumentException>(() => RowCodec.Dequantize(DType.Q6_K, new byte[210], new float[255]));
    }

    [Fact]
    public unsafe void A_product_is_that_of_the_values()
    {
        float[] other = Normal(7)[..2048];
        foreach (DType type in Enum.GetValues<DType>().Except([DType.NF4]))
        {
            float[] values = Normal(8)[..2048];
            var stored = new byte[type.RowBytes(values.Length)];
            RowCodec.Quantize(type, values, stored);
            fixed (byte* data = stored)
            {
                var matrix = new StoredMatrix(type, data, 2, 1024);
                var row = new float[1024];
                RowCodec.ToFloat(matrix, 1, row);
                double expected = row.Zip(other, (a, b) => (double)a * b).Sum(), magnitude = row.Zip(other, (a, b) => Math.Abs((double)a * b)).Sum();
                double got = RowCodec.Dot(type, stored.AsSpan((int)matrix.RowBytes), other.AsSpan(0, 1024));
                Assert.InRange(got - expected, -1e-12 * magnitude, 1e-12 * magnitude);
                Assert.InRange(row.Zip(other, (a, b) => a * b).Aggregate(0f, (a, b) => a + b) - got, -RowCodec.DotBudget * magnitude, RowCodec.DotBudget * magnitude);
            }
        }
    }

    private static float[] Normal(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Count).Select(_ => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }

    /// <summary>One value in a hundred is ten times as large.</summary>
    private static float[] Outliers(int seed)
    {
        var random = new Random(seed);
        return [.. Normal(seed).Select(value => random.Next(100) == 0 ? 10 * value : value)];
    }

    private static float[] Shifted(int seed) => [.. Normal(seed).Select(value => value * 0.1f + 0.05f)];

    private static float[] RoundTrip(DType type, float[] values)
    {
        // Filled, so that a byte that is not written shows.
        byte[] stored = [.. Enumerable.Repeat((byte)0xA5, (int)type.RowBytes(values.Length))];
        RowCodec.Quantize(type, values, stored);
        var back = new float[values.Length];
        RowCodec.Dequantize(type, stored, back);
        return back;
    }

    private static double RelativeError(DType type, float[] values) => Error(values, RoundTrip(type, values)) / Error(values, new float[values.Length]);

    private static double Error(float[] a, float[] b) => Math.Sqrt(a.Zip(b, (x, y) => ((double)x - y) * (x - y)).Sum());

    /// <summary>The relative error of spreading each block's range evenly, scales unrounded.</summary>
    private static double PlainError(float[] values, int block, int top)
    {
        float[] back = [.. values.Chunk(block).SelectMany(part =>
        {
            float lowest = part.Min(), step = (part.Max() - lowest) / top;
            return part.Select(value => MathF.Round((value - lowest) / step) * step + lowest);
        })];
        return Error(values, back) / Error(values, new float[values.Length]);
    }
}

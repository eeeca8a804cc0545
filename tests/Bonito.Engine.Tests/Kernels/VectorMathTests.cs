using System.Runtime.Intrinsics;
using Bonito.Engine.Kernels;

namespace Bonito.Engine.Tests.Kernels;

/// <summary>
/// The sixteen-lane helpers against double precision, and bit for bit against the same operations written one float at a time:
/// processors without AVX-512, where the runtime splits vectors, are held to the same bits.
/// </summary>
public sealed unsafe class VectorMathTests
{
    static readonly int[] Sizes = [1, 3, 15, 16, 17, 31, 33, 100];

    [Fact]
    public void The_exponential_is_within_two_ten_millionths_over_its_whole_range()
    {
        double worst = 0;
        for (double x = -87.3365; x <= 88.376; x += 0.000731)
        {
            float at = (float)x;
            double exact = Math.Exp(at);
            worst = Math.Max(worst, Math.Abs(Exp(at) - exact) / exact);
        }
        Assert.InRange(worst, 0, 2e-7);
    }

    [Fact]
    public void The_exponential_of_scores_is_as_accurate_and_zero_below_the_range()
    {
        double worst = 0;
        for (double x = -87.3365; x <= 1e-5; x += 0.000731)
        {
            float at = (float)x;
            worst = Math.Max(worst, Math.Abs(NonPositive(at) - Math.Exp(at)) / Math.Exp(at));
        }
        Assert.InRange(worst, 0, 2e-7);
        Expect.SameBits([1, 1, 0, 0, 0, float.NaN], [NonPositive(0), NonPositive(-0f), NonPositive(-87.34f), NonPositive(-1e6f), NonPositive(float.NegativeInfinity), NonPositive(float.NaN)], "special values");

        static float NonPositive(float x) => VectorMath.ExpNonPositive(Vector512.Create(x)).ToScalar();
    }

    [Fact]
    public void The_exponential_is_exact_at_zero_and_accurate_near_it()
    {
        Assert.Equal(1f, Exp(0));
        Assert.Equal(1f, Exp(-0f));
        foreach (float small in new[] { float.Epsilon, 1e-30f, 1e-10f, 1e-7f, 1e-4f })
        {
            Assert.Equal(Math.Exp(small), Exp(small), 1e-7);
            Assert.Equal(Math.Exp(-small), Exp(-small), 1e-7);
        }
    }

    [Theory]
    [InlineData(float.NegativeInfinity)]
    [InlineData(float.MinValue)]
    [InlineData(-1e6f)]
    [InlineData(-88f)]
    [InlineData(-87.34f)]
    public void The_exponential_of_what_is_below_the_smallest_normal_float_is_zero(float x) => Expect.SameBits([0f], [Exp(x)], $"e^{x}");

    /// <summary>It saturates below infinity: softmax never asks for more than e^0, and a sigmoid's 1 / (1 + 2e38) is as good as 0.</summary>
    [Theory]
    [InlineData(88.377f)]
    [InlineData(89f)]
    [InlineData(1e6f)]
    [InlineData(float.MaxValue)]
    [InlineData(float.PositiveInfinity)]
    public void The_exponential_saturates_at_the_top(float x)
    {
        Assert.Equal(Exp(88.37626f), Exp(x));
        Assert.InRange(Exp(x), 2.4e38f, float.MaxValue);
    }

    /// <summary>A NaN is never swallowed: training stops with a message when the loss is not finite, and can only do so when NaN gets there.</summary>
    [Fact]
    public void The_exponential_of_NaN_is_NaN()
    {
        Assert.Equal(float.NaN, Exp(float.NaN));
        Assert.Equal(float.NaN, Exp(-float.NaN));
    }

    [Fact]
    public void The_exponential_has_the_same_bits_as_one_float_at_a_time()
    {
        for (float x = -90; x < 90; x += 0.0137f) Expect.SameBits([ScalarExp(x)], [Exp(x)], $"e^{x}");
    }

    [Fact]
    public void Dot_has_the_same_bits_as_four_times_sixteen_lanes_one_float_at_a_time()
    {
        Random random = new(1);
        foreach (int count in Sizes)
        {
            using GuardedFloats x = GuardedFloats.Random(random, count), y = GuardedFloats.Random(random, count);
            float[] lanes = new float[64];
            for (int i = 0; i < count; i++)
            {
                ref float lane = ref lanes[LaneOf(i, count, 4)];
                lane = MathF.FusedMultiplyAdd(x.Values[i], y.Values[i], lane);
            }
            float[] sums = [.. Enumerable.Range(0, 16).Select(lane => lanes[lane] + lanes[lane + 16] + (lanes[lane + 32] + lanes[lane + 48]))];
            Expect.SameBits([LaneSum(sums)], [VectorMath.Dot(x.Data, y.Data, count)], $"dot of {count}");
        }
    }

    [Fact]
    public void The_exponential_sum_has_the_same_bits_as_twice_sixteen_lanes_one_float_at_a_time()
    {
        Random random = new(2);
        foreach (int count in Sizes)
        {
            using GuardedFloats x = GuardedFloats.Random(random, count, 8);
            float[] lanes = new float[32], expected = new float[count];
            for (int i = 0; i < count; i++) lanes[LaneOf(i, count, 2)] += expected[i] = ScalarExp(MathF.FusedMultiplyAdd(x.Values[i], 0.3f, -2.5f));
            Expect.SameBits([LaneSum([.. Enumerable.Range(0, 16).Select(lane => lanes[lane] + lanes[lane + 16])])], [VectorMath.ExpSum(x.Data, count, 0.3f, 2.5f)], $"sum of {count}");
            Expect.SameBits(expected, x.Values, $"exponentials of {count}");
        }
    }

    // Vectors take turns in so many sums while as many are left; then the first sum takes the rest.
    static int LaneOf(int i, int count, int sums) => i < count / (16 * sums) * (16 * sums) ? i % (16 * sums) : i % 16;

    [Fact]
    public void Max_is_the_largest_element_wherever_it_is()
    {
        foreach (int count in Sizes)
            for (int at = 0; at < count; at++)
            {
                using GuardedFloats x = new(count);
                x.Values.Fill(-5);
                x.Values[at] = -3;
                Assert.Equal(-3f, VectorMath.Max(x.Data, count));
                x.Values[at] = float.NaN;
                Assert.Equal(float.NaN, VectorMath.Max(x.Data, count));
            }
    }

    [Fact]
    public void Scaling_and_adding_touch_every_element_once()
    {
        Random random = new(3);
        foreach (int count in Sizes)
        {
            using GuardedFloats x = GuardedFloats.Random(random, count), y = GuardedFloats.Random(random, count);
            float[] scaled = [.. x.ToArray().Select(v => v * 1.7f)], added = [.. x.ToArray().Zip(y.ToArray(), (a, b) => MathF.FusedMultiplyAdd(a, 0.9f, b))];
            VectorMath.AddScaled(x.Data, 0.9f, count, y.Data);
            VectorMath.Scale(x.Data, count, 1.7f);
            Expect.SameBits(scaled, x.Values, $"scaled {count}");
            Expect.SameBits(added, y.Values, $"added {count}");
        }
    }

    [Fact]
    public void Part_of_a_vector_is_loaded_and_stored()
    {
        for (int count = 1; count <= 16; count++)
        {
            using GuardedFloats x = GuardedFloats.Random(new Random(count), count), y = new(count);
            Vector512<float> loaded = VectorMath.Load(x.Data, count, 7);
            for (int i = 0; i < 16; i++) Assert.Equal(i < count ? x.Values[i] : 7, loaded[i]);
            VectorMath.Store(loaded, y.Data, count);
            Expect.SameBits(x.Values, y.Values, $"stored {count}");
        }
    }

    static float Exp(float x) => VectorMath.Exp(Vector512.Create(x))[5];

    static float ScalarExp(float x)
    {
        if (x < -87.33654f) return 0;
        float clamped = MathF.Min(MathF.Max(x, -87.33654f), 88.37626f);
        float n = MathF.Floor(MathF.FusedMultiplyAdd(clamped, 1.44269504f, 0.5f));
        float r = MathF.FusedMultiplyAdd(n, 2.12194440e-4f, MathF.FusedMultiplyAdd(n, -0.693359375f, clamped));
        float p = 1.9875691500e-4f;
        foreach (float next in new[] { 1.3981999507e-3f, 8.3334519073e-3f, 4.1665795894e-2f, 1.6666665459e-1f, 5.0000001201e-1f }) p = MathF.FusedMultiplyAdd(p, r, next);
        return (MathF.FusedMultiplyAdd(p, r * r, r) + 1) * BitConverter.Int32BitsToSingle(((int)n + 127) << 23);
    }

    /// <summary>Halves are added to halves down to one: the order in which the runtime sums a vector.</summary>
    static float LaneSum(ReadOnlySpan<float> lanes) =>
        lanes.Length == 1 ? lanes[0] : LaneSum(lanes[..(lanes.Length / 2)]) + LaneSum(lanes[(lanes.Length / 2)..]);
}

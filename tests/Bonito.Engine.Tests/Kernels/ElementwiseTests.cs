using Bonito.Engine.Kernels;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Kernels;

/// <summary>Addition, SwiGLU, AdamW and the squared norm: whole tensors, also of more than one piece of parallel work.</summary>
public sealed unsafe class ElementwiseTests : IDisposable
{
    // The last two cross the pieces of 8,192 and 16,384 elements.
    static readonly int[] Sizes = [1, 3, 15, 16, 17, 31, 33, 100, 8195, 32785];

    readonly WorkerPool pool = new(3);
    readonly Random random = new(1);

    public void Dispose() => pool.Dispose();

    [Fact]
    public void Addition_is_exact_and_may_overwrite_either_operand()
    {
        foreach (int count in Sizes)
        {
            using GuardedFloats a = Values(count), b = Values(count), y = new(count);
            float[] expected = [.. a.ToArray().Zip(b.ToArray(), (p, q) => p + q)];
            Addition.Forward(pool, a.Data, b.Data, count, y.Data);
            Expect.SameBits(expected, y.Values, $"sum of {count}");
            using GuardedFloats c = new(b.Values);
            Addition.Forward(pool, a.Data, c.Data, count, c.Data);
            Expect.SameBits(expected, c.Values, $"sum of {count} into b");
            Addition.Forward(pool, a.Data, b.Data, count, a.Data);
            Expect.SameBits(expected, a.Values, $"sum of {count} into a");
        }
    }

    [Fact]
    public void The_gradient_of_a_sum_is_added_to_both_sides()
    {
        foreach (int count in Sizes)
        {
            using GuardedFloats dy = Values(count), da = Values(count), db = Values(count);
            float[] expectedA = [.. da.ToArray().Zip(dy.ToArray(), (p, q) => p + q)], expectedB = [.. db.ToArray().Zip(dy.ToArray(), (p, q) => p + q)];
            Addition.Backward(pool, dy.Data, count, da.Data, db.Data);
            Expect.SameBits(expectedA, da.Values, $"da of {count}");
            Expect.SameBits(expectedB, db.Values, $"db of {count}");
        }
    }

    [Fact]
    public void SwiGlu_equals_its_formula()
    {
        foreach (int count in Sizes)
        {
            using GuardedFloats gate = Values(count, 12), up = Values(count, 3), y = new(count);
            SwiGlu.Forward(pool, gate.Data, up.Data, count, y.Data);
            float[] expected = [.. gate.ToArray().Zip(up.ToArray(), SwiGlu.Reference)];
            // Exponential 2e-7, three more roundings of 6e-8 each.
            Expect.Close(expected, y.Values, 1e-12, 5e-7, $"SwiGLU of {count}");
        }
    }

    /// <summary>Where e^-gate overflows or vanishes the gate is closed or open, without NaN.</summary>
    [Theory]
    [InlineData(-1000f, 0)]
    [InlineData(-90f, 0)]
    [InlineData(-30f, -30 * 9.357622968839298e-14)]
    [InlineData(0f, 0)]
    [InlineData(30f, 30)]
    [InlineData(1000f, 1000)]
    public void SwiGlu_is_silu_at_the_extremes(float gate, double expected)
    {
        using GuardedFloats g = new([gate]), up = new([1f]), y = new(1);
        SwiGlu.Forward(pool, g.Data, up.Data, 1, y.Data);
        Expect.Close([expected], y.Values, 1e-30, 5e-7, $"silu({gate})");
    }

    [Fact]
    public void The_gradients_of_SwiGlu_are_added()
    {
        foreach (int count in Sizes)
        {
            using GuardedFloats gate = Values(count, 12), up = Values(count, 3), dy = Values(count), dgate = Values(count), dup = Values(count);
            double[] expectedGate = new double[count], expectedUp = new double[count];
            for (int i = 0; i < count; i++)
            {
                double g = gate.Values[i], s = 1 / (1 + Math.Exp(-g));
                expectedGate[i] = dgate.Values[i] + dy.Values[i] * up.Values[i] * (s + g * s * (1 - s));
                expectedUp[i] = dup.Values[i] + dy.Values[i] * g * s;
            }
            SwiGlu.Backward(pool, gate.Data, up.Data, dy.Data, count, dgate.Data, dup.Data);
            // 1 - s cancels for open gates: an error of 2e-7 of s times |dy up gate| up to 36.
            Expect.Close(expectedGate, dgate.Values, 1e-5, 1e-6, $"dgate of {count}");
            Expect.Close(expectedUp, dup.Values, 5e-6, 1e-6, $"dup of {count}");
        }
    }

    [Fact]
    public void Three_steps_of_AdamW_equal_the_formula()
    {
        foreach (int count in Sizes)
        {
            using GuardedFloats weight = Values(count), m = new(count), v = new(count);
            double[] weights = Wide(weight), first = new double[count], second = new double[count];
            for (int step = 1; step <= 3; step++)
            {
                using GuardedFloats gradient = Values(count, 0.1f);
                AdamWStep options = new(0.01f, 0.9f, 0.95f, 1e-8f, 0.1f, (float)(1 - Math.Pow(0.9, step)), (float)(1 - Math.Pow(0.95, step)), 0.7f);
                AdamWUpdate.Apply(pool, gradient.Data, count, options, weight.Data, m.Data, v.Data);
                for (int i = 0; i < count; i++) AdamWUpdate.Reference(gradient.Values[i], options, ref weights[i], ref first[i], ref second[i]);
            }
            // A step is at most about the learning rate, rounded a few times; a weight near 1 is rounded to 6e-8 at each step.
            Expect.Close(weights, weight.Values, 3e-7, 1e-6, $"weights of {count}");
            Expect.Close(first, m.Values, 1e-8, 1e-6, $"first moments of {count}");
            Expect.Close(second, v.Values, 1e-10, 1e-6, $"second moments of {count}");
        }
    }

    [Fact]
    public void A_weight_without_gradient_only_decays()
    {
        using GuardedFloats weight = new([2f, -3f]), gradient = new(2), m = new(2), v = new(2);
        AdamWUpdate.Apply(pool, gradient.Data, 2, new AdamWStep(0.5f, 0.9f, 0.95f, 1e-8f, 0.25f, 0.1f, 0.05f, 1), weight.Data, m.Data, v.Data);
        Expect.SameBits([2f * 0.875f, -3f * 0.875f], weight.Values, "decayed");
    }

    [Fact]
    public void The_squared_norm_is_the_same_for_every_number_of_threads()
    {
        foreach (int count in Sizes)
        {
            using GuardedFloats x = Values(count);
            double norm = SquaredNorm.Of(pool, x.Data, count);
            // Sixteen float32 lanes of up to 1,024 squares below 1 each: roundings of 2e-5 at 350, one in a few unlucky ones.
            Assert.Equal(Wide(x).Sum(v => v * v), norm, 1e-6 * Math.Max(1, norm));
            foreach (int threads in new[] { 1, 2, 5 })
            {
                using WorkerPool other = new(threads);
                Assert.Equal(norm, SquaredNorm.Of(other, x.Data, count));
            }
        }
    }

    GuardedFloats Values(int count, float size = 1) => GuardedFloats.Random(random, count, size);

    static double[] Wide(GuardedFloats values) => [.. values.ToArray().Select(v => (double)v)];
}

using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Kernels;

/// <summary>Embedding, RMS norm, rotary embedding and cross-entropy, which work on rows.</summary>
public sealed unsafe class RowKernelTests : IDisposable
{
    static readonly int[] Rows = [1, 3, 15, 17, 130];
    static readonly int[] Widths = [1, 3, 15, 16, 17, 31, 33, 64, 65, 100];

    readonly WorkerPool pool = new(3);
    readonly Random random = new(1);

    public void Dispose() => pool.Dispose();

    [Fact]
    public void Embedding_copies_rows_and_adds_their_gradients_in_order()
    {
        const int Vocabulary = 11;
        foreach (int rows in Rows)
            foreach (int width in Widths)
            {
                int[] ids = Integers(rows, Vocabulary);
                using GuardedFloats table = Values(Vocabulary * width), y = new(rows * width), dy = Values(rows * width), gradient = Values(Vocabulary * width);
                float[] expected = new float[rows * width], expectedGradient = gradient.ToArray();
                for (int t = 0; t < rows; t++)
                    for (int i = 0; i < width; i++)
                    {
                        expected[t * width + i] = table.Values[ids[t] * width + i];
                        expectedGradient[ids[t] * width + i] += dy.Values[t * width + i];
                    }
                fixed (int* id = ids)
                {
                    EmbeddingLookup.Forward(pool, id, new StoredMatrix(DType.F32, (byte*)table.Data, Vocabulary, width), rows, y.Data);
                    EmbeddingLookup.Backward(pool, id, dy.Data, rows, width, gradient.Data);
                }
                Expect.SameBits(expected, y.Values, $"{rows} rows of {width}");
                Expect.SameBits(expectedGradient, gradient.Values, $"gradient of {rows} rows of {width}");
            }
    }

    [Fact]
    public void RmsNorm_equals_its_formula()
    {
        foreach (int rows in Rows)
            foreach (int width in Widths)
            {
                using GuardedFloats x = Values(rows * width, 3), weight = Values(width), y = new(rows * width), inverse = new(rows);
                RmsNorm.Forward(pool, x.Data, weight.Data, rows, width, 1e-5f, y.Data, inverse.Data);
                for (int r = 0; r < rows; r++)
                {
                    float[] expected = new float[width];
                    RmsNorm.Reference(x.Values.Slice(r * width, width), weight.Values, 1e-5f, expected);
                    // A mean of squares in sixteen lanes (halved by the root) and three products.
                    Expect.Close(expected, y.Values.Slice(r * width, width), 1e-12, 1e-6, $"row {r} of {rows}, width {width}");
                }
            }
    }

    /// <summary>A row of zeros is divided by sqrt(epsilon), not by zero.</summary>
    [Fact]
    public void RmsNorm_of_zeros_is_zero()
    {
        using GuardedFloats x = new(20), weight = Values(20), y = new(20), inverse = new(1);
        RmsNorm.Forward(pool, x.Data, weight.Data, 1, 20, 1e-6f, y.Data, inverse.Data);
        Assert.All(y.ToArray(), v => Assert.Equal(0f, Math.Abs(v)));
        Assert.Equal(1000, inverse.Values[0], 0.001);
    }

    [Fact]
    public void Rotary_equals_its_formula_and_back_undoes_it()
    {
        const double Theta = 10_000;
        foreach (int width in new[] { 2, 4, 6, 16, 30, 32, 34, 66, 128 })
        {
            using RotaryEmbedding rotary = new(width, 300, Theta);
            foreach ((int rows, int heads) in new[] { (1, 1), (3, 5), (17, 2), (33, 1) })
            {
                int[] positions = Integers(rows, 300);
                using GuardedFloats x = Values(rows * heads * width);
                float[] original = x.ToArray(), expected = x.ToArray();
                for (int r = 0; r < rows; r++)
                    for (int h = 0; h < heads; h++) RotaryEmbedding.Reference(expected.AsSpan((r * heads + h) * width, width), positions[r], Theta);
                fixed (int* position = positions)
                {
                    rotary.Rotate(pool, x.Data, position, rows, heads, back: false);
                    // The angle, up to 300, is rounded to float32 as in Hugging Face's implementation: up to 1.5e-5, times 2 for the frequency.
                    Expect.Close(expected, x.Values, 5e-5, 1e-6, $"{rows} rows of {heads} heads of {width}");
                    rotary.Rotate(pool, x.Data, position, rows, heads, back: true);
                }
                Expect.Close(original, x.Values, 5e-7, 0, $"back, {rows} rows of {heads} heads of {width}");
            }
        }
    }

    /// <summary>Hugging Face's layout pairs i with i + D / 2; Meta's would pair 0 with 1 and 2 with 3.</summary>
    [Fact]
    public void Rotary_pairs_the_halves_of_a_head()
    {
        using RotaryEmbedding rotary = new(4, 8, 10_000);
        using GuardedFloats x = new([1f, 2, 3, 4]);
        int position = 5;
        rotary.Rotate(pool, x.Data, &position, 1, 1, back: false);
        (double sin0, double cos0) = Math.SinCos(5);
        (double sin1, double cos1) = Math.SinCos(0.05);
        Expect.Close([cos0 - 3 * sin0, 2 * cos1 - 4 * sin1, 3 * cos0 + sin0, 4 * cos1 + 2 * sin1], x.Values, 1e-6, 0, "turned");
    }

    /// <summary>Interleaved heads hold the same pairs side by side: the same bits in another order.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(34)]
    [InlineData(128)]
    public void Rotary_of_interleaved_pairs_gives_the_same_bits(int width)
    {
        RopeScaling scaling = new RopeScaling.Yarn(4, 100);
        using RotaryEmbedding halves = new(width, 600, 10_000, scaling), neighbours = new(width, 600, 10_000, scaling, interleaved: true);
        int[] positions = [0, 1, 255, 256, 599];
        using GuardedFloats x = Values(positions.Length * 3 * width), y = new(positions.Length * 3 * width);
        Interleave(x.Values, y.Values);
        foreach (bool back in new[] { false, true })
        {
            fixed (int* position = positions)
            {
                halves.Rotate(pool, x.Data, position, positions.Length, 3, back);
                neighbours.Rotate(pool, y.Data, position, positions.Length, 3, back);
            }
            float[] expected = new float[x.Values.Length];
            Interleave(x.Values, expected);
            Expect.SameBits(expected, y.Values, $"width {width}, back {back}");
        }

        void Interleave(ReadOnlySpan<float> from, Span<float> to)
        {
            for (int i = 0; i < from.Length; i++)
            {
                int within = i % width, pair = within % (width / 2);
                to[i - within + 2 * pair + within / (width / 2)] = from[i];
            }
        }
    }

    /// <summary>The tables of a window of 131072 positions would be 64 MiB: what is not used is not made.</summary>
    [Fact]
    public void A_huge_window_costs_nothing_until_it_is_used()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        using RotaryEmbedding rotary = new(128, 131_072, 500_000, new RopeScaling.Llama3(8, 1, 4, 8192));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 8192);
        using GuardedFloats x = Values(128);
        float[] original = x.ToArray();
        int position = 131_071;
        rotary.Rotate(pool, x.Data, &position, 1, 1, back: false);
        rotary.Rotate(pool, x.Data, &position, 1, 1, back: true);
        Expect.Close(original, x.Values, 5e-7, 0, "there and back");
    }

    [Fact]
    public void A_bias_is_added_to_every_row_and_its_gradient_is_their_sum()
    {
        foreach (int rows in Rows)
            foreach (int width in Widths)
            {
                using GuardedFloats y = Values(rows * width), bias = Values(width), gradient = Values(width);
                float[] original = y.ToArray(), before = gradient.ToArray();
                RowBias.Forward(pool, bias.Data, rows, width, y.Data);
                Expect.SameBits([.. original.Select((v, i) => v + bias.Values[i % width])], y.Values, $"{rows} rows of {width}");
                RowBias.Backward(pool, y.Data, rows, width, gradient.Data);
                double[] sums = [.. before.Select((g, j) => g + Enumerable.Range(0, rows).Sum(r => (double)y.Values[r * width + j]))];
                Expect.Close(sums, gradient.Values, 1e-6 * rows, 1e-6, $"gradient, {rows} rows of {width}");
            }
    }

    [Fact]
    public void Position_zero_turns_nothing()
    {
        using RotaryEmbedding rotary = new(6, 2, 10_000);
        using GuardedFloats x = Values(6);
        float[] original = x.ToArray();
        int position = 0;
        rotary.Rotate(pool, x.Data, &position, 1, 1, back: false);
        Expect.SameBits(original, x.Values, "position 0");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void CrossEntropy_equals_its_formula(bool withGradient)
    {
        const float Scale = 0.125f;
        foreach (int rows in Rows)
            foreach (int vocabulary in Widths)
            {
                int[] targets = Integers(rows, vocabulary);
                float[] weights = [.. Enumerable.Range(0, rows).Select(i => i % 3 == 1 ? 0f : i % 3 == 2 ? 0.5f : 1f)];
                using GuardedFloats logits = Values(rows * vocabulary, 20), losses = new(rows);
                float[] original = logits.ToArray();
                fixed (int* target = targets)
                fixed (float* weight = weights)
                    CrossEntropy.Run(pool, logits.Data, target, weight, rows, vocabulary, Scale, withGradient, losses.Data);
                for (int r = 0; r < rows; r++)
                {
                    double[] gradient = new double[vocabulary];
                    double loss = CrossEntropy.Reference(original.AsSpan(r * vocabulary, vocabulary), targets[r], gradient);
                    string what = $"row {r} of {rows}, vocabulary {vocabulary}";
                    // Logits up to 20: their differences, up to 40, are rounded to 2e-6 before the exponential.
                    Expect.Close([weights[r] * loss], losses.Values.Slice(r, 1), 4e-6, 1e-6, "loss of " + what);
                    if (!withGradient) continue;
                    double[] expected = [.. gradient.Select(g => weights[r] * Scale * g)];
                    Expect.Close(expected, logits.Values.Slice(r * vocabulary, vocabulary), 5e-7, 1e-6, "gradient of " + what);
                }
            }
    }

    /// <summary>The maximum is taken out first, so that large logits neither overflow nor lose the loss.</summary>
    [Fact]
    public void CrossEntropy_of_huge_logits_is_finite()
    {
        using GuardedFloats logits = new([1e4f, 1e4f, -1e4f]), losses = new(1);
        int target = 1;
        float weight = 1;
        CrossEntropy.Run(pool, logits.Data, &target, &weight, 1, 3, 1, true, losses.Data);
        Expect.Close([Math.Log(2)], losses.Values, 1e-7, 0, "loss");
        Expect.Close([0.5, -0.5, 0], logits.Values, 1e-7, 0, "gradient");
    }

    /// <summary>A masked row may hold anything, a NaN and a target that is no id included.</summary>
    [Fact]
    public void CrossEntropy_ignores_masked_rows()
    {
        using GuardedFloats logits = new([float.NaN, 1, 2]), losses = new([5f]);
        int target = -100;
        float weight = 0;
        CrossEntropy.Run(pool, logits.Data, &target, &weight, 1, 3, 1, true, losses.Data);
        Expect.SameBits([0], losses.Values, "loss");
        Expect.SameBits([0, 0, 0], logits.Values, "gradient");
    }

    GuardedFloats Values(int count, float size = 1) => GuardedFloats.Random(random, count, size);

    int[] Integers(int count, int below) => [.. Enumerable.Range(0, count).Select(_ => random.Next(below))];
}

using System.Runtime.Intrinsics.X86;
using Bonito.Engine.Kernels;
using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Kernels;

/// <summary>
/// Products with quantised weights: every path equals the scalar one bit for bit, a row equals the same row computed alone, and the
/// product is that of the dequantised weights with the quantised activations.
/// </summary>
public sealed unsafe class QuantizedGemmTests
{
    public static TheoryData<DType> Formats => [DType.Q8_0, DType.Q4_0, DType.Q4_K, DType.Q5_K, DType.Q6_K];

    // Rows on both sides of a tile of 16 and of a group of tiles, and rows of A on both sides of a chunk of 32.
    static readonly (int M, int N)[] Shapes = [(1, 16), (1, 1), (3, 15), (5, 17), (2, 300), (31, 33), (32, 16), (33, 40), (70, 18)];

    [Theory]
    [MemberData(nameof(Formats))]
    public void Every_path_equals_the_scalar_path(DType type)
    {
        List<TileKernel> paths = [];
        if (VnniTileKernel.IsSupported) paths.Add(TileKernel.Vnni);
        if (Avx512BW.IsSupported) paths.Add(TileKernel.Wide512);
        if (Avx2.IsSupported && Fma.IsSupported) paths.Add(TileKernel.Wide256);
        Assert.SkipWhen(paths.Count == 0, "This processor has neither AVX-512 nor AVX2: there is the scalar path only.");
        foreach ((int m, int n) in Shapes)
        {
            float[] x = Activations(m, 512, m + n);
            byte[] w = Weights(type, n, 512, n);
            float[] expected = Multiply(type, TileKernel.Scalar, 1, x, w, m, n, 512);
            foreach (TileKernel path in paths) Expect.SameBits(expected, Multiply(type, path, 1, x, w, m, n, 512), $"{type} {path} {m} x {n}");
        }
    }

    [Theory]
    [MemberData(nameof(Formats))]
    public void A_row_equals_the_same_row_alone_on_any_number_of_threads(DType type)
    {
        const int M = 45, N = 150, K = 512;
        float[] x = Activations(M, K, 1);
        byte[] w = Weights(type, N, K, 2);
        float[] all = Multiply(type, TileKernel.Best, 3, x, w, M, N, K);
        for (int i = 0; i < M; i++)
            Expect.SameBits(all.AsSpan(i * N, N), Multiply(type, TileKernel.Best, 1 + i % 2, x[(i * K)..((i + 1) * K)], w, 1, N, K), $"{type} row {i}");
    }

    /// <summary>
    /// Codes and scales are exact, sums within a step too; what is left is the rounding of one product and one or two additions
    /// for each step of 32 weights: within steps * 4 * 2^-24 of the sum of magnitudes.
    /// </summary>
    [Theory]
    [MemberData(nameof(Formats))]
    public void The_product_is_that_of_the_values_that_the_codes_stand_for(DType type)
    {
        const int M = 4, N = 21, K = 1024;
        float[] x = Activations(M, K, 3);
        byte[] w = Weights(type, N, K, 4);
        float[] y = Multiply(type, TileKernel.Best, 2, x, w, M, N, K);
        float[] quantised = Quantised(x);
        float[] row = new float[K];
        for (int j = 0; j < N; j++)
        {
            long bytes = type.RowBytes(K);
            RowCodec.Dequantize(type, w.AsSpan((int)(j * bytes), (int)bytes), row);
            for (int i = 0; i < M; i++)
            {
                double sum = 0, magnitude = 0;
                for (int k = 0; k < K; k++)
                {
                    double term = (double)row[k] * quantised[i * K + k];
                    sum += term;
                    magnitude += Math.Abs(term);
                }
                // Formats with an offset or a minimum add and subtract the sum of the activations times it.
                double offset = Math.Abs(row.Min()) * quantised.AsSpan(i * K, K).ToArray().Sum(Math.Abs);
                Assert.Equal(sum, y[i * N + j], (magnitude + offset) * (K / 32) * 4 * Math.Pow(2, -24));
            }
        }
    }

    /// <summary>Activations lose at most half a step of 1/127 of the largest of their 32.</summary>
    [Fact]
    public void Activations_are_rounded_to_the_nearest_code()
    {
        float[] x = Activations(1, 3200, 5);
        float[] quantised = Quantised(x);
        for (int b = 0; b < 100; b++)
        {
            float largest = x.AsSpan(b * 32, 32).ToArray().Max(Math.Abs);
            for (int k = b * 32; k < b * 32 + 32; k++) Assert.Equal(x[k], quantised[k], largest / 127 * 0.5001f);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Activations_that_are_not_finite_are_not_hidden(float bad)
    {
        float[] x = Activations(2, 256, 6);
        x[256 + 77] = bad;
        float[] y = Multiply(DType.Q4_K, TileKernel.Best, 1, x, Weights(DType.Q4_K, 16, 256, 7), 2, 16, 256);
        Assert.All(y[..16], v => Assert.True(float.IsFinite(v)));
        Assert.All(y[16..], v => Assert.True(float.IsNaN(v)));
    }

    [Fact]
    public void Tiny_activations_are_nothing_rather_than_infinite()
    {
        float[] x = new float[32];
        Array.Fill(x, 1e-40f);
        Assert.All(Multiply(DType.Q8_0, TileKernel.Best, 1, x, Weights(DType.Q8_0, 16, 32, 8), 1, 16, 32), v => Assert.Equal(0, v));
    }

    /// <summary>Magnitudes from block to block differ, as those of a model's activations do.</summary>
    static float[] Activations(int m, int k, int seed)
    {
        Random random = new(seed);
        float[] x = new float[m * k];
        for (int i = 0; i < x.Length; i++) x[i] = (random.NextSingle() - 0.5f) * (1 + i / 32 % 7);
        return x;
    }

    [Fact]
    public void Products_of_one_job_equal_those_made_alone()
    {
        (DType Type, int N)[] matrices = [(DType.Q4_K, 200), (DType.Q8_0, 17), (DType.Q6_K, 48)];
        const int M = 35, K = 256;
        float[] x = Activations(M, K, 3);
        using WorkerPool pool = new(2);
        using QuantizedGemm gemm = new(pool);
        PackedTargets targets = default;
        List<(PackedMatrix W, GuardedFloats Y)> parts = [];
        foreach ((DType type, int n) in matrices)
            fixed (byte* weights = Weights(type, n, K, n))
            {
                parts.Add((PackedMatrix.Pack(pool, MicroKernel.Best, new StoredMatrix(type, weights, n, K)), new GuardedFloats(M * n)));
                targets.Add(parts[^1].W, parts[^1].Y.Data);
            }
        fixed (float* activations = x) gemm.Multiply(activations, M, targets);
        foreach ((int i, (DType type, int n)) in matrices.Index())
        {
            Expect.SameBits(Multiply(type, TileKernel.Best, 1, x, Weights(type, n, K, n), M, n, K), parts[i].Y.Values, $"{type}");
            parts[i].W.Dispose();
            parts[i].Y.Dispose();
        }
    }

    static byte[] Weights(DType type, int n, int k, int seed)
    {
        Random random = new(seed);
        float[] values = new float[n * k];
        for (int i = 0; i < values.Length; i++) values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble()) * 0.02);
        byte[] stored = new byte[n * type.RowBytes(k)];
        RowCodec.Quantize(type, values, stored);
        return stored;
    }

    static float[] Multiply(DType type, TileKernel kernel, int threads, float[] x, byte[] w, int m, int n, int k)
    {
        using WorkerPool pool = new(threads);
        using QuantizedGemm gemm = new(pool, kernel);
        using GuardedFloats y = new(m * n);
        fixed (byte* weights = w)
        fixed (float* activations = x)
        {
            using PackedMatrix packed = PackedMatrix.Pack(pool, MicroKernel.Best, new StoredMatrix(type, weights, n, k));
            gemm.Multiply(activations, m, new PackedTargets(packed, y.Data));
        }
        return new ReadOnlySpan<float>(y.Data, m * n).ToArray();
    }

    static float[] Quantised(float[] x)
    {
        float[] values = new float[x.Length];
        ActivationBlock block = default;
        fixed (float* from = x)
            for (int i = 0; i < x.Length; i++)
            {
                if (i % 32 == 0) ActivationBlock.Quantize(from + i, &block);
                values[i] = block.Codes[i % 32] * block.Scale;
            }
        return values;
    }
}

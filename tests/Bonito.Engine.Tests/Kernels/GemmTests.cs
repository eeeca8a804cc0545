using Bonito.Engine.Kernels;
using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Kernels;

/// <summary>
/// Products against <see cref="Gemm.Reference"/>, whole and bit for bit. All paths equal it, so they equal each other, and a row
/// equals the same row computed alone.
/// </summary>
public sealed unsafe class GemmTests
{
    public static TheoryData<string> Paths => KernelPaths.Names;

    // m, n, depth: every block height of every path, edges on both sides of the panel widths 8, 16 and 32, and depths on both
    // sides of one and of two depth blocks of 384.
    static readonly (int M, int N, int Depth)[] Shapes =
    [
        (1, 1, 1), (1, 100, 17), (3, 15, 3), (15, 3, 16), (16, 16, 15), (17, 31, 33), (31, 17, 1), (33, 33, 100), (100, 7, 31),
        (2, 8, 383), (5, 9, 384), (7, 33, 385), (13, 1, 769), (29, 32, 2), (14, 64, 3), (12, 65, 5), (113, 24, 4),
    ];

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_operand_order_and_edge_equals_the_reference(string path)
    {
        using WorkerPool pool = new(3);
        using Gemm gemm = new(pool, KernelPaths.Named(path));
        foreach ((int m, int n, int depth) in Shapes)
            foreach (bool aTransposed in new[] { false, true })
                foreach (bool bTransposed in new[] { false, true })
                    foreach (bool accumulate in new[] { false, true })
                        Check(gemm, m, n, depth, aTransposed, bTransposed, accumulate, gap: (m + n) % 4);
    }

    /// <summary>Many column blocks; and so many rows for so few columns that the rows are split among the workers too.</summary>
    [Theory]
    [InlineData(1, 1, 2000, 9)]
    [InlineData(2, 60, 801, 20)]
    [InlineData(3, 1000, 40, 7)]
    [InlineData(5, 1801, 33, 3)]
    [InlineData(8, 15, 7, 400)]
    public void Work_is_cut_among_threads_without_changing_a_bit(int threads, int m, int n, int depth)
    {
        using WorkerPool pool = new(threads);
        using Gemm gemm = new(pool);
        Check(gemm, m, n, depth, false, false, false, gap: 3);
        Check(gemm, m, n, depth, true, true, true, gap: 0);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void The_reference_is_the_product(string path)
    {
        Random random = new(4);
        using WorkerPool pool = new(2);
        using Gemm gemm = new(pool, KernelPaths.Named(path));
        const int M = 7, N = 19, Depth = 500;
        using GuardedFloats a = GuardedFloats.Random(random, M * Depth), b = GuardedFloats.Random(random, N * Depth), c = new(M * N);
        gemm.Multiply(new Operand(a.Data, Depth), new Operand(b.Data, Depth), M, N, Depth, c.Data, N);
        double[] expected = new double[M * N];
        for (int i = 0; i < M; i++)
            for (int j = 0; j < N; j++)
                for (int k = 0; k < Depth; k++) expected[i * N + j] += (double)a.Values[i * Depth + k] * b.Values[j * Depth + k];
        // A sum of 500 products below 1 stays below 60 here; its roundings, half an ulp (2e-6 at 32) each, add up like a random walk.
        Expect.Close(expected, c.Values, 5e-5, 0, path);
    }

    [Fact]
    public void Infinities_and_NaN_reach_the_result_and_stay_in_their_row()
    {
        using WorkerPool pool = new(2);
        using Gemm gemm = new(pool);
        const int M = 15, N = 33, Depth = 5;
        using GuardedFloats a = new(M * Depth), b = new(N * Depth), c = new(M * N);
        a.Values.Fill(1);
        b.Values.Fill(1);
        a.Values[3 * Depth] = float.NaN;
        a.Values[14 * Depth + 2] = float.PositiveInfinity;
        gemm.Multiply(new Operand(a.Data, Depth), new Operand(b.Data, Depth), M, N, Depth, c.Data, N);
        for (int i = 0; i < M * N; i++)
            Assert.Equal((i / N) switch { 3 => float.NaN, 14 => float.PositiveInfinity, _ => Depth }, c.Values[i]);
    }

    static void Check(Gemm gemm, int m, int n, int depth, bool aTransposed, bool bTransposed, bool accumulate, int gap)
    {
        string what = $"{gemm.Kernel} {m} x {n} x {depth}, a {(aTransposed ? "" : "not ")}transposed, b {(bTransposed ? "" : "not ")}transposed, {(accumulate ? "added" : "stored")}";
        Random random = new(m * 7919 + n * 104729 + depth);
        int aStride = (aTransposed ? m : depth) + gap, bStride = (bTransposed ? n : depth) + gap, stride = n + gap;
        using GuardedFloats a = Matrix(random, aTransposed ? depth : m, aStride, gap), b = Matrix(random, bTransposed ? depth : n, bStride, gap);
        using GuardedFloats expected = GuardedFloats.Random(random, m * stride - gap), actual = new(expected.Values);
        Operand left = new(a.Data, aStride, aTransposed), right = new(b.Data, bStride, bTransposed);

        // The gaps between rows are in the comparison: they must stay as they were.
        Gemm.Reference(left, right, m, n, depth, expected.Data, stride, accumulate);
        gemm.Multiply(left, right, m, n, depth, actual.Data, stride, accumulate);
        Expect.SameBits(expected.Values, actual.Values, what);

        using GuardedFloats matrix = new(n * depth);
        for (int j = 0; j < n; j++)
            for (int k = 0; k < depth; k++) matrix.Data[j * depth + k] = *right.At(j, k).Data;
        using PackedMatrix w = PackedMatrix.Pack(gemm.Pool, gemm.Kernel, new StoredMatrix(DType.F32, (byte*)matrix.Data, n, depth));
        using GuardedFloats dense = new(m * n), half = new(m * n), last = new(m * n);
        Gemm.Reference(left, right, m, n, depth, dense.Data, n);
        // As two of the products of one job: each has the bits that it has alone.
        PackedTargets targets = new(w, half.Data);
        targets.Add(w, last.Data);
        gemm.MultiplyPacked(left, m, targets);
        Expect.SameBits(dense.Values, half.Values, what + ", packed");
        Expect.SameBits(dense.Values, last.Values, what + ", packed, second");
    }

    /// <summary>Random rows, NaN in the gaps between them; the last row has none.</summary>
    static GuardedFloats Matrix(Random random, int rows, int stride, int gap)
    {
        GuardedFloats made = GuardedFloats.Random(random, rows * stride - gap);
        for (int r = 0; r + 1 < rows; r++) made.Values.Slice((r + 1) * stride - gap, gap).Fill(float.NaN);
        return made;
    }

    /// <summary>
    /// Weights of 16 bits give the bits of the same weights widened before, for few rows and for many, which take different ways.
    /// Subnormal numbers are among the weights.
    /// </summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void Weights_of_16_bits_equal_the_same_weights_widened(string path)
    {
        using WorkerPool pool = new(2);
        using Gemm gemm = new(pool, KernelPaths.Named(path));
        Random random = new(9);
        foreach (DType type in new[] { DType.BF16, DType.F16 })
            foreach ((int m, int n, int depth) in new[] { (1, 100, 17), (2, 31, 385), (14, 64, 40), (15, 65, 769), (40, 33, 390) })
            {
                ushort[] narrow = new ushort[n * depth];
                for (int i = 0; i < narrow.Length; i++)
                    narrow[i] = type == DType.F16 ? BitConverter.HalfToUInt16Bits((Half)((random.NextSingle() - 0.5f) * MathF.Pow(2, -random.Next(24)))) : (ushort)(BitConverter.SingleToUInt32Bits(random.NextSingle() - 0.5f) >> 16);
                using GuardedFloats x = GuardedFloats.Random(random, m * depth), wide = new(n * depth), expected = new(m * n), actual = new(m * n);
                fixed (ushort* bits = narrow)
                {
                    StoredMatrix stored = new(type, (byte*)bits, n, depth);
                    for (int j = 0; j < n; j++) RowCodec.ToFloat(stored, j, wide.Values.Slice(j * depth, depth));
                    using PackedMatrix packed = PackedMatrix.Pack(pool, gemm.Kernel, stored);
                    gemm.MultiplyPacked(new Operand(x.Data, depth), m, new PackedTargets(packed, actual.Data));
                }
                gemm.Multiply(new Operand(x.Data, depth), new Operand(wide.Data, depth), m, n, depth, expected.Data, n);
                Expect.SameBits(expected.Values, actual.Values, $"{type} {m} x {n} x {depth}");
            }
    }

    [Theory]
    [InlineData(DType.F16, 0)]
    [InlineData(DType.Q8_0, 0)]
    [InlineData(DType.Q4_K, 2)]
    [InlineData(DType.Q6_K, 208)]
    public void Weights_that_are_not_finite_are_refused(DType type, int at)
    {
        using WorkerPool pool = new(1);
        byte[] row = new byte[type.RowBytes(256)];
        row[at + 1] = 0x7C;
        fixed (byte* data = row)
        {
            StoredMatrix matrix = new(type, data, 1, 256);
            EngineException e = Assert.Throws<EngineException>(() => PackedMatrix.Pack(pool, MicroKernel.Best, matrix));
            Assert.Contains("infinite", e.Message, StringComparison.Ordinal);
        }
    }
}

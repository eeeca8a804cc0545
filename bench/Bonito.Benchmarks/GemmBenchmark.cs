using System.Diagnostics;
using System.Runtime.InteropServices;
using Bonito.Engine.Kernels;
using Bonito.Engine.Tensors;

namespace Bonito.Benchmarks;

/// <summary>
/// Our matrix products next to OpenBLAS and to the machine's fused multiply-add peak, interleaved in one run; medians.
/// OpenBLAS (libopenblas.so.0, package libopenblas0-pthread) is left out where it is not installed.
/// </summary>
static unsafe partial class GemmBenchmark
{
    static readonly (int M, int N, int K)[] Shapes =
    [
        (1024, 256, 256), (1024, 688, 256), (1024, 256, 688), (1024, 8192, 256), (128, 768, 768), (512, 2048, 768),
        (1024, 1024, 1024), (512, 5632, 2048), (512, 2048, 5632), (32, 4096, 4096), (8, 4096, 4096), (1, 4096, 4096),
    ];

    public static void Run(string[] shapes)
    {
        using WorkerPool pool = new();
        using Gemm gemm = new(pool);
        bool openBlas = NativeLibrary.TryLoad("libopenblas.so.0", out _);
        if (openBlas) SetThreads(pool.Threads);
        Console.WriteLine($"{pool.Threads} threads, {gemm.Kernel} kernels, GFLOPS (share of the FMA peak), medians; forward X*W^T, input gradient dY*W, weight gradient dY^T*X");
        using NativeBuffer memory = new(1 << 26);
        new Span<float>(memory.Data, 1 << 26).Fill(1);
        Console.WriteLine("| M x N x K | FMA peak | forward | packed | input grad | weight grad | OpenBLAS forward |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach ((int m, int n, int k) in Shapes) if (shapes.Length == 0 || shapes.Contains($"{m}x{n}x{k}")) Measure(pool, gemm, memory, m, n, k, openBlas);
    }

    static void Measure(WorkerPool pool, Gemm gemm, NativeBuffer memory, int m, int n, int k, bool openBlas)
    {
        using NativeBuffer x = Filled((long)m * k, 1), w = Filled((long)n * k, 2), y = Filled((long)m * n, 3), dx = new((long)m * k), dw = new((long)n * k);
        using PackedMatrix packed = PackedMatrix.Pack(pool, gemm.Kernel, new StoredMatrix(DType.F32, (byte*)w.Data, n, k));
        Action[] runs =
        [
            () => gemm.Multiply(new Operand(x.Data, k), new Operand(w.Data, k), m, n, k, y.Data, n),
            () => gemm.MultiplyPacked(new Operand(x.Data, k), m, new PackedTargets(packed, y.Data)),
            () => gemm.Multiply(new Operand(y.Data, n), new Operand(w.Data, k, true), m, k, n, dx.Data, k, true),
            () => gemm.Multiply(new Operand(y.Data, n, true), new Operand(x.Data, k, true), n, k, m, dw.Data, k, true),
            () => { if (openBlas) Sgemm(101, 111, 112, m, n, k, 1, x.Data, k, w.Data, k, 0, y.Data, n); },
        ];
        double work = 2.0 * m * n * k;
        int inner = Math.Max(1, (int)(1e9 / work));
        Machine machine = new(pool, memory);
        Timings[] timings = [.. runs.Select(_ => new Timings())];
        for (int round = 0; round < 15; round++)
            for (int r = 0; r < runs.Length; r++)
            {
                runs[r]();
                timings[r].Add(machine.Time(() =>
                {
                    long start = Stopwatch.GetTimestamp();
                    for (int i = 0; i < inner; i++) runs[r]();
                    return Stopwatch.GetElapsedTime(start).TotalSeconds / inner;
                }));
            }
        string[] cells = [.. timings.Select(t => t.Operations(work)).Select(o => $"{o.Rate:F0} ({o.Share:P0})")];
        if (!openBlas) cells[^1] = "-";
        Console.WriteLine($"| {m} x {n} x {k} | {timings[0].Operations(work).Limit:F0} | {string.Join(" | ", cells)} |");
    }

    static NativeBuffer Filled(long count, int seed)
    {
        NativeBuffer buffer = new(count);
        Random random = new(seed);
        for (long i = 0; i < count; i++) buffer.Data[i] = random.NextSingle() - 0.5f;
        return buffer;
    }

    [LibraryImport("libopenblas.so.0", EntryPoint = "cblas_sgemm")]
    private static partial void Sgemm(int order, int transA, int transB, int m, int n, int k, float alpha, float* a, int lda, float* b, int ldb, float beta, float* c, int ldc);

    [LibraryImport("libopenblas.so.0", EntryPoint = "openblas_set_num_threads")]
    private static partial void SetThreads(int threads);
}

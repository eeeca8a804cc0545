using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Bonito.Engine.Tensors;

namespace Bonito.Benchmarks;

/// <summary>What the machine can do at most, measured now: every figure is quoted as a fraction of it.</summary>
static class Limits
{
    const int Accumulators = 12;
    const int Repeats = 4_000_000;
    const int Rounds = 3;

    /// <summary>
    /// Fused multiply-adds on registers alone, all workers, in GFLOPS (two operations each). The best of some rounds of about 20 ms:
    /// the first pays for waking threads and for the processor's change to its clock of wide vectors.
    /// </summary>
    public static double FmaPeak(WorkerPool pool)
    {
        // Not Vector512.IsHardwareAccelerated: on processors that lower their clock for wide vectors it advises against them.
        int lanes = Avx512F.IsSupported ? 16 : 8;
        return Best(pool, new FmaLoop(), 2.0 * pool.Threads * Repeats * Accumulators * lanes) * 1e-9;
    }

    /// <summary>Reading memory that no cache holds, all workers, in GB/s.</summary>
    /// <param name="memory">Much larger than the last-level cache.</param>
    public static unsafe double ReadBandwidth(WorkerPool pool, NativeBuffer memory) =>
        Best(pool, new ReadLoop((nint)memory.Data, memory.Count / pool.Threads), 4.0 * (memory.Count / pool.Threads) * pool.Threads) * 1e-9;

    /// <summary>Reading and writing back memory that no cache holds, all workers, in GB/s of both together.</summary>
    /// <param name="memory">Much larger than the last-level cache.</param>
    public static unsafe double UpdateBandwidth(WorkerPool pool, NativeBuffer memory) =>
        Best(pool, new UpdateLoop((nint)memory.Data, memory.Count / pool.Threads), 8.0 * (memory.Count / pool.Threads) * pool.Threads) * 1e-9;

    static double Best<TJob>(WorkerPool pool, TJob job, double work) where TJob : struct, IParallelJob
    {
        double best = 0;
        for (int i = 0; i < Rounds; i++)
        {
            long start = Stopwatch.GetTimestamp();
            pool.For(pool.Threads, job);
            best = Math.Max(best, work / Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }

    readonly unsafe struct ReadLoop(nint memory, long floats) : IParallelJob
    {
        public void Run(int index, int worker) => Read((float*)memory + index * floats, floats / 64 * 64);

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        static float Read(float* p, long count)
        {
            Vector512<float> a = Vector512<float>.Zero, b = a, c = a, d = a;
            for (float* end = p + count; p != end; p += 64)
            {
                a += Vector512.Load(p);
                b += Vector512.Load(p + 16);
                c += Vector512.Load(p + 32);
                d += Vector512.Load(p + 48);
            }
            return Vector512.Sum(a + b + c + d);
        }
    }

    readonly unsafe struct UpdateLoop(nint memory, long floats) : IParallelJob
    {
        public void Run(int index, int worker) => Update((float*)memory + index * floats, floats / 64 * 64);

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        static void Update(float* p, long count)
        {
            for (float* end = p + count; p != end; p += 64)
            {
                (-Vector512.Load(p)).Store(p);
                (-Vector512.Load(p + 16)).Store(p + 16);
                (-Vector512.Load(p + 32)).Store(p + 32);
                (-Vector512.Load(p + 48)).Store(p + 48);
            }
        }
    }

    readonly struct FmaLoop : IParallelJob
    {
        public void Run(int index, int worker)
        {
            if (Avx512F.IsSupported) Wide512();
            else Wide256();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        static float Wide512()
        {
            Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(0.001f);
            Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
            for (int n = 0; n < Repeats; n++)
            {
                a = Vector512.FusedMultiplyAdd(a, x, y);
                b = Vector512.FusedMultiplyAdd(b, x, y);
                c = Vector512.FusedMultiplyAdd(c, x, y);
                d = Vector512.FusedMultiplyAdd(d, x, y);
                e = Vector512.FusedMultiplyAdd(e, x, y);
                f = Vector512.FusedMultiplyAdd(f, x, y);
                g = Vector512.FusedMultiplyAdd(g, x, y);
                h = Vector512.FusedMultiplyAdd(h, x, y);
                i = Vector512.FusedMultiplyAdd(i, x, y);
                j = Vector512.FusedMultiplyAdd(j, x, y);
                k = Vector512.FusedMultiplyAdd(k, x, y);
                l = Vector512.FusedMultiplyAdd(l, x, y);
            }
            return Vector512.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        static float Wide256()
        {
            Vector256<float> x = Vector256.Create(0.999f), y = Vector256.Create(0.001f);
            Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
            for (int n = 0; n < Repeats; n++)
            {
                a = Vector256.FusedMultiplyAdd(a, x, y);
                b = Vector256.FusedMultiplyAdd(b, x, y);
                c = Vector256.FusedMultiplyAdd(c, x, y);
                d = Vector256.FusedMultiplyAdd(d, x, y);
                e = Vector256.FusedMultiplyAdd(e, x, y);
                f = Vector256.FusedMultiplyAdd(f, x, y);
                g = Vector256.FusedMultiplyAdd(g, x, y);
                h = Vector256.FusedMultiplyAdd(h, x, y);
                i = Vector256.FusedMultiplyAdd(i, x, y);
                j = Vector256.FusedMultiplyAdd(j, x, y);
                k = Vector256.FusedMultiplyAdd(k, x, y);
                l = Vector256.FusedMultiplyAdd(l, x, y);
            }
            return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        }
    }
}

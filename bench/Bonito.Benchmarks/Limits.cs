using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Bonito.Engine.Tensors;

namespace Bonito.Benchmarks;

/// <summary>What the machine can do at most, measured now: every figure is quoted as a fraction of it.</summary>
static class Limits
{
    const int Accumulators = 12;
    const int Repeats = 4_000_000;

    /// <summary>Fused multiply-adds on registers alone, all workers, in GFLOPS (two operations each).</summary>
    public static double FmaPeak(WorkerPool pool)
    {
        long start = Stopwatch.GetTimestamp();
        pool.For(pool.Threads, new FmaLoop());
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        int lanes = Vector512.IsHardwareAccelerated ? 16 : 8;
        return 2.0 * pool.Threads * Repeats * Accumulators * lanes / seconds * 1e-9;
    }

    readonly struct FmaLoop : IParallelJob
    {
        public void Run(int index, int worker)
        {
            if (Vector512.IsHardwareAccelerated) Wide512();
            else Wide256();
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
        static float Wide512()
        {
            Vector512<float> x = Vector512.Create(0.999f), y = Vector512.Create(0.001f);
            Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
            for (int n = 0; n < Repeats; n++)
            {
                a = Vector512.FusedMultiplyAdd(x, y, a);
                b = Vector512.FusedMultiplyAdd(x, y, b);
                c = Vector512.FusedMultiplyAdd(x, y, c);
                d = Vector512.FusedMultiplyAdd(x, y, d);
                e = Vector512.FusedMultiplyAdd(x, y, e);
                f = Vector512.FusedMultiplyAdd(x, y, f);
                g = Vector512.FusedMultiplyAdd(x, y, g);
                h = Vector512.FusedMultiplyAdd(x, y, h);
                i = Vector512.FusedMultiplyAdd(x, y, i);
                j = Vector512.FusedMultiplyAdd(x, y, j);
                k = Vector512.FusedMultiplyAdd(x, y, k);
                l = Vector512.FusedMultiplyAdd(x, y, l);
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
                a = Vector256.FusedMultiplyAdd(x, y, a);
                b = Vector256.FusedMultiplyAdd(x, y, b);
                c = Vector256.FusedMultiplyAdd(x, y, c);
                d = Vector256.FusedMultiplyAdd(x, y, d);
                e = Vector256.FusedMultiplyAdd(x, y, e);
                f = Vector256.FusedMultiplyAdd(x, y, f);
                g = Vector256.FusedMultiplyAdd(x, y, g);
                h = Vector256.FusedMultiplyAdd(x, y, h);
                i = Vector256.FusedMultiplyAdd(x, y, i);
                j = Vector256.FusedMultiplyAdd(x, y, j);
                k = Vector256.FusedMultiplyAdd(x, y, k);
                l = Vector256.FusedMultiplyAdd(x, y, l);
            }
            return Vector256.Sum(a + b + c + d + e + f + g + h + i + j + k + l);
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

/// <summary>
/// Dropout (Srivastava et al., 2014): a share of the values becomes zero, the others are divided by what is left of 1. Whether a value
/// is kept follows from a key, its row and its column alone, so that nothing has to be stored for the backward pass.
/// </summary>
public static unsafe class Dropout
{
    const int RowsPerPiece = 8;

    /// <summary>The key of one layer in a pass.</summary>
    public static ulong Key(ulong pass, int place) => SplitMix64.Next(pass ^ SplitMix64.Next((uint)place + 1UL));

    /// <summary>y = x / (1 - rate) where a value is kept, else 0. y may be x.</summary>
    /// <param name="x">[rows, width]</param>
    /// <param name="rate">Share of the values to drop, from 0 to below 1.</param>
    /// <param name="y">[rows, width]</param>
    public static void Forward(WorkerPool pool, float* x, int rows, int width, ulong key, float rate, float* y) =>
        pool.For((rows + RowsPerPiece - 1) / RowsPerPiece, new Job((nint)x, rows, width, key, rate, (nint)y, false));

    /// <summary>dx += dy / (1 - rate) where a value is kept.</summary>
    public static void Backward(WorkerPool pool, float* dy, int rows, int width, ulong key, float rate, float* dx) =>
        pool.For((rows + RowsPerPiece - 1) / RowsPerPiece, new Job((nint)dy, rows, width, key, rate, (nint)dx, true));

    /// <summary>Reference: whether a value is kept.</summary>
    public static bool Keeps(ulong key, int row, int column, float rate)
    {
        ulong seed = SplitMix64.Next(key ^ SplitMix64.Next((uint)row));
        uint z = (uint)column * ColumnFactor ^ (uint)seed;
        z = (z ^ (z >> 16)) * FirstFactor + (uint)(seed >> 32);
        z = (z ^ (z >> 15)) * SecondFactor;
        return (z ^ (z >> 16)) >= Threshold(rate);
    }

    // A 32-bit mixer with the constants that Wellons found by search ("Prospecting for hash functions", 2018).
    const uint FirstFactor = 0x7FEB352D;
    const uint SecondFactor = 0x846CA68B;
    const uint ColumnFactor = 0x9E3779B9;

    static uint Threshold(float rate) => (uint)(rate * 4294967296.0);

    readonly struct Job(nint x, int rows, int width, ulong key, float rate, nint y, bool add) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            Vector512<float> factor = Vector512.Create(1 / (1 - rate));
            Vector512<uint> threshold = Vector512.Create(Threshold(rate)), lanes = Vector512<uint>.Indices * ColumnFactor;
            for (int row = index * RowsPerPiece; row < Math.Min(rows, (index + 1) * RowsPerPiece); row++)
            {
                float* from = (float*)x + (long)row * width;
                float* to = (float*)y + (long)row * width;
                ulong seed = SplitMix64.Next(key ^ SplitMix64.Next((uint)row));
                Vector512<uint> low = Vector512.Create((uint)seed), high = Vector512.Create((uint)(seed >> 32));
                for (int i = 0; i < width; i += Lanes)
                {
                    Vector512<uint> z = (lanes + Vector512.Create((uint)i * ColumnFactor)) ^ low;
                    z = (z ^ (z >> 16)) * Vector512.Create(FirstFactor) + high;
                    z = (z ^ (z >> 15)) * Vector512.Create(SecondFactor);
                    Vector512<float> kept = Vector512.GreaterThanOrEqual(z ^ (z >> 16), threshold).AsSingle();
                    Vector512<float> value = kept & (Load(from + i, width - i) * factor);
                    Store(add ? Load(to + i, width - i) + value : value, to + i, width - i);
                }
            }
        }
    }
}

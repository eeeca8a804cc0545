using System.Runtime.CompilerServices;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Kernels;

/// <summary>Sum of squares of many floats: partial sums of pieces of fixed size, added in order, whatever the number of threads.</summary>
public static unsafe class SquaredNorm
{
    const int Piece = 16384;

    public static double Of(WorkerPool pool, float* x, long count)
    {
        int pieces = (int)((count + Piece - 1) / Piece);
        double[] sums = new double[pieces];
        pool.For(pieces, new PieceJob((nint)x, count, sums));
        double total = 0;
        foreach (double sum in sums) total += sum;
        return total;
    }

    readonly struct PieceJob(nint x, long count, double[] sums) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            float* from = (float*)x + (long)index * Piece;
            sums[index] = VectorMath.Dot(from, from, (int)Math.Min(Piece, count - (long)index * Piece));
        }
    }
}

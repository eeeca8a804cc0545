using System.Runtime.CompilerServices;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Kernels;

/// <summary>Sum of squares of many floats: partial sums of pieces of fixed size, added in order, whatever the number of threads.</summary>
public static unsafe class SquaredNorm
{
    const int Piece = 16384;

    /// <summary>Partial sums of so many floats.</summary>
    public static int Pieces(long count) => (int)((count + Piece - 1) / Piece);

    public static double Of(WorkerPool pool, float* x, long count) => Of(pool, x, count, new double[Pieces(count)]);

    /// <summary>As the other, without an allocation.</summary>
    /// <param name="sums">Room for <see cref="Pieces"/> partial sums.</param>
    public static double Of(WorkerPool pool, float* x, long count, double[] sums)
    {
        int pieces = Pieces(count);
        pool.For(pieces, new PieceJob((nint)x, count, sums));
        double total = 0;
        foreach (double sum in sums.AsSpan(0, pieces)) total += sum;
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

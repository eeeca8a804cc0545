using System.Runtime.CompilerServices;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

/// <summary>Element-by-element sums: the residual connections, and gradients that were computed transposed.</summary>
public static unsafe class Addition
{
    const int Piece = 16384;
    const int ColumnsPerPiece = 256;

    /// <summary>y = a + b; y may be a or b.</summary>
    public static void Forward(WorkerPool pool, float* a, float* b, long count, float* y) =>
        pool.For((int)((count + Piece - 1) / Piece), new SumJob((nint)a, (nint)b, count, (nint)y));

    /// <summary>da += dy; db += dy. Either is left out where it is null.</summary>
    public static void Backward(WorkerPool pool, float* dy, long count, float* da, float* db)
    {
        if (da != null) Forward(pool, da, dy, count, da);
        if (db != null) Forward(pool, db, dy, count, db);
    }

    /// <summary>y[j, i] += x[i, j].</summary>
    /// <param name="x">[rows, columns], not y.</param>
    /// <param name="y">[columns, rows]</param>
    public static void Transposed(WorkerPool pool, float* x, int rows, int columns, float* y) =>
        pool.For((columns + ColumnsPerPiece - 1) / ColumnsPerPiece, new TransposedJob((nint)x, rows, columns, (nint)y));

    readonly struct TransposedJob(nint x, int rows, int columns, nint y) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            for (int j = index * ColumnsPerPiece; j < Math.Min(columns, (index + 1) * ColumnsPerPiece); j++)
            {
                float* from = (float*)x + j, to = (float*)y + (long)j * rows;
                for (int i = 0; i < rows; i++) to[i] += from[(long)i * columns];
            }
        }
    }

    readonly struct SumJob(nint a, nint b, long count, nint y) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            long end = Math.Min(count, (index + 1L) * Piece);
            for (long i = (long)index * Piece; i < end; i += Lanes)
            {
                int left = (int)(end - i);
                Store(Load((float*)a + i, left) + Load((float*)b + i, left), (float*)y + i, left);
            }
        }
    }
}

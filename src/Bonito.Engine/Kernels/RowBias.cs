using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

/// <summary>y[r, j] += b[j] in place, for the rows of a linear layer's output.</summary>
public static unsafe class RowBias
{
    const int RowsPerPiece = 16;
    const int ColumnsPerPiece = 64;

    /// <param name="bias">[width]</param>
    /// <param name="y">[rows, width]</param>
    public static void Forward(WorkerPool pool, float* bias, int rows, int width, float* y) =>
        pool.For((rows + RowsPerPiece - 1) / RowsPerPiece, new ForwardJob((nint)bias, rows, width, (nint)y));

    /// <summary>db[j] += sum over rows of dy[r, j].</summary>
    public static void Backward(WorkerPool pool, float* dy, int rows, int width, float* db) =>
        pool.For((width + ColumnsPerPiece - 1) / ColumnsPerPiece, new BackwardJob((nint)dy, rows, width, (nint)db));

    readonly struct ForwardJob(nint bias, int rows, int width, nint y) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            float* b = (float*)bias;
            for (int row = index * RowsPerPiece; row < Math.Min(rows, (index + 1) * RowsPerPiece); row++)
            {
                float* to = (float*)y + (long)row * width;
                for (int i = 0; i < width; i += Lanes) Store(Load(to + i, width - i) + Load(b + i, width - i), to + i, width - i);
            }
        }
    }

    readonly struct BackwardJob(nint dy, int rows, int width, nint db) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            int end = Math.Min(width, (index + 1) * ColumnsPerPiece);
            for (int i = index * ColumnsPerPiece; i < end; i += Lanes)
            {
                float* up = (float*)dy + i;
                Vector512<float> sum = Vector512<float>.Zero;
                for (int row = 0; row < rows; row++, up += width) sum += Load(up, width - i);
                Store(Load((float*)db + i, width - i) + sum, (float*)db + i, width - i);
            }
        }
    }
}

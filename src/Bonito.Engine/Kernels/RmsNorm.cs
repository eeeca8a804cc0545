using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

/// <summary>
/// Root mean square normalisation (Zhang and Sennrich, 2019): y[i] = x[i] * r * w[i] with r = 1 / sqrt(mean(x^2) + epsilon),
/// for each row. Outputs do not alias inputs.
/// </summary>
public static unsafe class RmsNorm
{
    const int RowsPerPiece = 16;
    const int ColumnsPerPiece = 64;

    /// <param name="x">[rows, width]</param>
    /// <param name="weight">[width]</param>
    /// <param name="y">[rows, width]</param>
    /// <param name="inverse">[rows]: r of each row, for the backward pass.</param>
    public static void Forward(WorkerPool pool, float* x, float* weight, int rows, int width, float epsilon, float* y, float* inverse) =>
        pool.For((rows + RowsPerPiece - 1) / RowsPerPiece, new ForwardJob((nint)x, (nint)weight, rows, width, epsilon, (nint)y, (nint)inverse));

    /// <summary>
    /// dx[i] += r * (w[i] dy[i] - x[i] r^2 mean(w dy x)); dw[i] += sum over rows of dy[i] x[i] r. Either is left
    /// out where it is null.
    /// </summary>
    public static void Backward(WorkerPool pool, float* x, float* weight, float* inverse, float* dy, int rows, int width, float* dx, float* dw)
    {
        if (dx != null) pool.For((rows + RowsPerPiece - 1) / RowsPerPiece, new InputJob((nint)x, (nint)weight, (nint)inverse, (nint)dy, rows, width, (nint)dx));
        if (dw != null) pool.For((width + ColumnsPerPiece - 1) / ColumnsPerPiece, new WeightJob((nint)x, (nint)inverse, (nint)dy, rows, width, (nint)dw));
    }

    /// <summary>The formula in double precision, one row.</summary>
    public static void Reference(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, float epsilon, Span<float> y)
    {
        double squares = 0;
        foreach (float value in x) squares += (double)value * value;
        double r = 1 / Math.Sqrt(squares / x.Length + epsilon);
        for (int i = 0; i < x.Length; i++) y[i] = (float)(x[i] * r * weight[i]);
    }

    readonly struct ForwardJob(nint x, nint weight, int rows, int width, float epsilon, nint y, nint inverse) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            float* w = (float*)weight;
            for (int row = index * RowsPerPiece; row < Math.Min(rows, (index + 1) * RowsPerPiece); row++)
            {
                float* from = (float*)x + (long)row * width;
                float* to = (float*)y + (long)row * width;
                float r = 1 / MathF.Sqrt(Dot(from, from, width) / width + epsilon);
                ((float*)inverse)[row] = r;
                for (int i = 0; i < width; i += Lanes)
                    Store(Load(from + i, width - i) * r * Load(w + i, width - i), to + i, width - i);
            }
        }
    }

    readonly struct InputJob(nint x, nint weight, nint inverse, nint dy, int rows, int width, nint dx) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            float* w = (float*)weight;
            for (int row = index * RowsPerPiece; row < Math.Min(rows, (index + 1) * RowsPerPiece); row++)
            {
                float* from = (float*)x + (long)row * width;
                float* up = (float*)dy + (long)row * width;
                float* to = (float*)dx + (long)row * width;
                float r = ((float*)inverse)[row];
                Vector512<float> sum = Vector512<float>.Zero;
                for (int i = 0; i < width; i += Lanes)
                    sum = Vector512.FusedMultiplyAdd(Load(w + i, width - i) * Load(up + i, width - i), Load(from + i, width - i), sum);
                float pull = -Vector512.Sum(sum) * r * r * r / width;
                for (int i = 0; i < width; i += Lanes)
                {
                    Vector512<float> d = Load(w + i, width - i) * Load(up + i, width - i) * r + Load(from + i, width - i) * pull;
                    Store(Load(to + i, width - i) + d, to + i, width - i);
                }
            }
        }
    }

    readonly struct WeightJob(nint x, nint inverse, nint dy, int rows, int width, nint dw) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            int end = Math.Min(width, (index + 1) * ColumnsPerPiece);
            for (int i = index * ColumnsPerPiece; i < end; i += Lanes)
            {
                float* from = (float*)x + i;
                float* up = (float*)dy + i;
                Vector512<float> sum = Vector512<float>.Zero;
                for (int row = 0; row < rows; row++, from += width, up += width)
                    sum = Vector512.FusedMultiplyAdd(Load(from, width - i) * Load(up, width - i), Vector512.Create(((float*)inverse)[row]), sum);
                Store(Load((float*)dw + i, width - i) + sum, (float*)dw + i, width - i);
            }
        }
    }
}

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
    const int RowsPerPiece = 32;
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
        int pieces = (rows + RowsPerPiece - 1) / RowsPerPiece;
        // Sums of pieces of fixed size, added in order: the same bits with any number of threads.
        using NativeBuffer? parts = dw == null ? null : new NativeBuffer((long)pieces * width, zeroed: false);
        float* at = parts == null ? null : parts.Data;
        pool.For(pieces, new BackwardJob((nint)x, (nint)weight, (nint)inverse, (nint)dy, rows, width, (nint)dx, (nint)at));
        if (dw != null) pool.For((width + ColumnsPerPiece - 1) / ColumnsPerPiece, new SumJob((nint)at, pieces, width, (nint)dw));
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
                Vector512<float> factor = Vector512.Create(r);
                int i = 0;
                for (; i <= width - Lanes; i += Lanes) (Vector512.Load(from + i) * factor * Vector512.Load(w + i)).Store(to + i);
                if (i < width) Store(Load(from + i, width - i) * factor * Load(w + i, width - i), to + i, width - i);
            }
        }
    }

    /// <summary>Both gradients of some rows in one pass; what they add to dw goes to a row of <paramref name="parts"/>.</summary>
    readonly struct BackwardJob(nint x, nint weight, nint inverse, nint dy, int rows, int width, nint dx, nint parts) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            float* part = parts == 0 ? null : (float*)parts + (long)index * width;
            if (part != null) new Span<float>(part, width).Clear();
            for (int row = index * RowsPerPiece; row < Math.Min(rows, (index + 1) * RowsPerPiece); row++)
            {
                float* from = (float*)x + (long)row * width;
                float* up = (float*)dy + (long)row * width;
                float r = ((float*)inverse)[row];
                if (dx != 0) Input(from, (float*)weight, up, r, width, (float*)dx + (long)row * width);
                if (part != null) Weight(from, up, r, width, part);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Input(float* x, float* w, float* dy, float r, int width, float* dx)
        {
            Vector512<float> a = Vector512<float>.Zero, b = a;
            int i = 0;
            for (; i <= width - 2 * Lanes; i += 2 * Lanes)
            {
                a = Vector512.FusedMultiplyAdd(Vector512.Load(w + i) * Vector512.Load(dy + i), Vector512.Load(x + i), a);
                b = Vector512.FusedMultiplyAdd(Vector512.Load(w + i + Lanes) * Vector512.Load(dy + i + Lanes), Vector512.Load(x + i + Lanes), b);
            }
            for (; i < width; i += Lanes)
                a = Vector512.FusedMultiplyAdd(Load(w + i, width - i) * Load(dy + i, width - i), Load(x + i, width - i), a);
            Vector512<float> push = Vector512.Create(r), pull = Vector512.Create(-Vector512.Sum(a + b) * r * r * r / width);
            for (i = 0; i <= width - Lanes; i += Lanes)
                (Vector512.Load(dx + i) + (Vector512.Load(w + i) * Vector512.Load(dy + i) * push + Vector512.Load(x + i) * pull)).Store(dx + i);
            if (i < width)
                Store(Load(dx + i, width - i) + (Load(w + i, width - i) * Load(dy + i, width - i) * push + Load(x + i, width - i) * pull), dx + i, width - i);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Weight(float* x, float* dy, float r, int width, float* dw)
        {
            Vector512<float> factor = Vector512.Create(r);
            int i = 0;
            for (; i <= width - Lanes; i += Lanes)
                Vector512.FusedMultiplyAdd(Vector512.Load(x + i) * Vector512.Load(dy + i), factor, Vector512.Load(dw + i)).Store(dw + i);
            if (i < width)
                Store(Vector512.FusedMultiplyAdd(Load(x + i, width - i) * Load(dy + i, width - i), factor, Load(dw + i, width - i)), dw + i, width - i);
        }
    }

    /// <summary>Adds the rows of some matrix to a vector, in their order.</summary>
    readonly struct SumJob(nint parts, int count, int width, nint dw) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            int first = index * ColumnsPerPiece, columns = Math.Min(ColumnsPerPiece, width - first);
            for (int part = 0; part < count; part++) AddScaled((float*)parts + (long)part * width + first, 1, columns, (float*)dw + first);
        }
    }
}

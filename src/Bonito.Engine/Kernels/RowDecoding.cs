using System.Runtime.CompilerServices;
using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Kernels;

/// <summary>Rows of a stored matrix as float32, for products that need them exactly.</summary>
public static unsafe class RowDecoding
{
    const int RowsPerPiece = 16;

    /// <param name="source">In any format.</param>
    /// <param name="first">The first row.</param>
    /// <param name="destination">[count, columns]</param>
    public static void Run(WorkerPool pool, StoredMatrix source, int first, int count, float* destination) =>
        pool.For((count + RowsPerPiece - 1) / RowsPerPiece, new Job(source, first, count, (nint)destination));

    readonly struct Job(StoredMatrix source, int first, int count, nint destination) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            for (int row = index * RowsPerPiece; row < Math.Min(count, (index + 1) * RowsPerPiece); row++)
                RowCodec.ToFloat(source, first + row, new Span<float>((float*)destination + (long)row * source.Columns, source.Columns));
        }
    }
}

using System.Runtime.CompilerServices;
using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Kernels;

/// <summary>Rows of a table by id. Ids are checked before they come here.</summary>
public static unsafe class EmbeddingLookup
{
    const int RowsPerPiece = 64;
    const int ColumnsPerPiece = 64;

    /// <summary>y[t] = table[ids[t]].</summary>
    /// <param name="ids">[count]</param>
    /// <param name="table">[vocabulary, width], in any format.</param>
    /// <param name="y">[count, width]</param>
    public static void Forward(WorkerPool pool, int* ids, StoredMatrix table, int count, float* y) =>
        pool.For((count + RowsPerPiece - 1) / RowsPerPiece, new ForwardJob((nint)ids, table, count, (nint)y));

    /// <summary>dtable[ids[t]] += dy[t], in ascending t.</summary>
    public static void Backward(WorkerPool pool, int* ids, float* dy, int count, int width, float* dtable) =>
        pool.For((width + ColumnsPerPiece - 1) / ColumnsPerPiece, new BackwardJob((nint)ids, (nint)dy, count, width, (nint)dtable));

    readonly struct ForwardJob(nint ids, StoredMatrix table, int count, nint y) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            for (int t = index * RowsPerPiece; t < Math.Min(count, (index + 1) * RowsPerPiece); t++)
                RowCodec.ToFloat(table, ((int*)ids)[t], new Span<float>((float*)y + (long)t * table.Columns, table.Columns));
        }
    }

    readonly struct BackwardJob(nint ids, nint dy, int count, int width, nint dtable) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            int first = index * ColumnsPerPiece;
            int columns = Math.Min(width - first, ColumnsPerPiece);
            for (int t = 0; t < count; t++)
                VectorMath.AddScaled((float*)dy + (long)t * width + first, 1, columns, (float*)dtable + (long)((int*)ids)[t] * width + first);
        }
    }
}

using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>Copies stored weights from one format into another and one order of rows into another, a few megabytes at a time.</summary>
internal static class WeightCopy
{
    private const long ChunkBytes = 8 << 20;

    /// <summary>Writes the rows of a matrix; unchanged bytes where the format stays.</summary>
    /// <param name="name">The tensor's, for messages.</param>
    /// <param name="order">The row to be written at each place; null is the order as it is.</param>
    /// <exception cref="EngineException">A value cannot be stored in the format.</exception>
    public static void Write(Stream stream, string name, StoredMatrix matrix, DType type, int[]? order = null, CancellationToken cancellation = default)
    {
        int rowBytes = checked((int)type.RowBytes(matrix.Columns));
        int rows = (int)Math.Clamp(ChunkBytes / Math.Max(rowBytes, 1), 1, Math.Max(matrix.Rows, 1));
        byte[] chunk = new byte[checked(rows * rowBytes)];
        for (int first = 0; first < matrix.Rows; first += rows)
        {
            cancellation.ThrowIfCancellationRequested();
            int start = first, count = Math.Min(rows, matrix.Rows - first);
            try
            {
                Parallel.For(0, count, () => new float[matrix.Columns], (i, _, values) =>
                {
                    int row = order is null ? start + i : order[start + i];
                    Convert(name, matrix, row, type, values, chunk.AsSpan(i * rowBytes, rowBytes));
                    return values;
                }, _ => { });
            }
            catch (AggregateException e) when (e.Flatten().InnerExceptions is [EngineException refusal, ..])
            {
                throw new EngineException(refusal.Message, e);
            }
            stream.Write(chunk.AsSpan(0, count * rowBytes));
        }
    }

    private static unsafe void Convert(string name, StoredMatrix matrix, int row, DType type, float[] values, Span<byte> destination)
    {
        if (matrix.Type == type)
        {
            new ReadOnlySpan<byte>(matrix.Row(row), destination.Length).CopyTo(destination);
            return;
        }
        RowCodec.ToFloat(matrix, row, values);
        int bad = RowCodec.IndexOfUnstorable(type, values);
        if (bad >= 0)
        {
            throw new EngineException($"Tensor {ErrorText.Quote(name)} cannot be stored as {type}: its value at row {row}, column {bad} is {values[bad]:g9}. "
                + (float.IsFinite(values[bad]) ? "Store it as BF16 or F32." : "The weights are damaged; download the model again."));
        }
        RowCodec.Quantize(type, values, destination);
    }
}

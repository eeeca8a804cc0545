using System.Runtime.CompilerServices;
using Bonito.Engine.Kernels;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Quantization;

/// <summary>
/// A matrix quantised to NF4, its scales in 8 bits (double quantisation): less the mean of all, in groups of 256, each by its
/// largest magnitude and the signed <see cref="DynamicMap"/>. The mean is summed in float64 in the order of the blocks.
/// </summary>
internal sealed unsafe class NF4Matrix : IDisposable
{
    // Values decoded at once by a worker: they stay in its first cache levels.
    const int Piece = 1 << 14;

    readonly NativeBuffer memory;

    NF4Matrix(NativeBuffer memory, StoredMatrix stored)
    {
        this.memory = memory;
        Stored = stored;
    }

    /// <summary>The matrix, valid until this is disposed.</summary>
    public StoredMatrix Stored { get; }

    /// <summary>Bytes of codes and scales.</summary>
    public long Bytes => memory.Count * sizeof(float);

    /// <summary>Quantises a matrix of any format, a piece at a time: no float32 copy of it exists.</summary>
    /// <param name="name">For messages.</param>
    /// <exception cref="EngineException">A value is not finite, or beyond <see cref="RowCodec.LargestQuantized"/>.</exception>
    public static NF4Matrix Quantize(string name, StoredMatrix source, WorkerPool pool)
    {
        long values = (long)source.Rows * source.Columns, blocks = NF4.Blocks(values), groups = (blocks + NestedScales.Group - 1) / NestedScales.Group;
        // Each part begins on a cache line.
        long scaleCodesAt = Floats(NF4.CodeBytes(values)), maximaAt = scaleCodesAt + Floats(blocks);
        NativeBuffer memory = new(maximaAt + groups);
        byte* codes = (byte*)memory.Data, scaleCodes = (byte*)(memory.Data + scaleCodesAt);
        float* maxima = memory.Data + maximaAt;
        using NativeBuffer scales = new(blocks);
        // Whole rows that are whole blocks together, so that workers do not meet in a block.
        int step = Block(source.Columns), rows = Math.Max(step, Piece / Math.Max(1, source.Columns) / step * step);
        int[] badRows = [.. Enumerable.Repeat(int.MaxValue, pool.Threads)];
        NativeBuffer[] scratch = [.. badRows.Select(_ => new NativeBuffer((long)rows * source.Columns + NF4.Block))];
        pool.For((source.Rows + rows - 1) / rows, new CodeJob(source, rows, (nint)codes, (nint)scales.Data, badRows, scratch));
        foreach (NativeBuffer buffer in scratch) buffer.Dispose();
        if (badRows.Min() is var bad && bad != int.MaxValue)
        {
            memory.Dispose();
            throw Unstorable(name, source, bad);
        }
        double sum = 0;
        for (long b = 0; b < blocks; b++) sum += scales.Data[b];
        float mean = (float)(sum / blocks);
        pool.For((int)groups, new ScaleJob((nint)scales.Data, blocks, mean, (nint)scaleCodes, (nint)maxima));
        return new NF4Matrix(memory, new StoredMatrix(codes, new NestedScales(DynamicMap.Signed.Values, scaleCodes, maxima, mean), source.Rows, source.Columns));
    }

    public void Dispose() => memory.Dispose();

    static long Floats(long bytes) => (bytes + 63) / 64 * 16;

    /// <summary>The least number of rows that are whole blocks.</summary>
    static int Block(int columns)
    {
        int rows = 1;
        while ((long)rows * columns % NF4.Block != 0) rows *= 2;
        return rows;
    }

    static EngineException Unstorable(string name, StoredMatrix source, int row)
    {
        float[] values = new float[source.Columns];
        RowCodec.ToFloat(source, row, values);
        int column = RowCodec.IndexOfUnstorable(DType.NF4, values);
        return new EngineException($"{name} cannot be quantised to NF4: its value at row {row}, column {column} is {values[column]:g9}; expected finite values up to {RowCodec.LargestQuantized:N0}. The weights are damaged; fetch or convert the model again.");
    }

    readonly struct CodeJob(StoredMatrix source, int rows, nint codes, nint scales, int[] badRows, NativeBuffer[] scratch) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            int first = index * rows, count = Math.Min(rows, source.Rows - first), columns = source.Columns;
            float* values = scratch[worker].Data;
            for (int row = 0; row < count; row++)
            {
                Span<float> target = new(values + (long)row * columns, columns);
                RowCodec.ToFloat(source, first + row, target);
                if (RowCodec.IndexOfUnstorable(DType.NF4, target) >= 0) badRows[worker] = Math.Min(badRows[worker], first + row);
            }
            long have = (long)count * columns, block = (long)first * columns / NF4.Block;
            new Span<float>(values + have, NF4.Block).Clear();
            byte* padded = stackalloc byte[NF4.Block / 2];
            for (long at = 0; at < have; at += NF4.Block, block++)
            {
                byte* target = (byte*)codes + block * (NF4.Block / 2);
                if (have - at >= NF4.Block) ((float*)scales)[block] = NF4.Quantize(values + at, target);
                else
                {
                    ((float*)scales)[block] = NF4.Quantize(values + at, padded);
                    int bytes = (int)NF4.CodeBytes(have - at);
                    new Span<byte>(padded, bytes).CopyTo(new Span<byte>(target, bytes));
                }
            }
        }
    }

    readonly struct ScaleJob(nint scales, long blocks, float mean, nint codes, nint maxima) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            long first = (long)index * NestedScales.Group, end = Math.Min(blocks, first + NestedScales.Group);
            float largest = 0;
            for (long b = first; b < end; b++) largest = MathF.Max(largest, MathF.Abs(((float*)scales)[b] - mean));
            ((float*)maxima)[index] = largest;
            float inverse = 1 / largest;
            if (!float.IsFinite(inverse)) inverse = 0;
            for (long b = first; b < end; b++) ((byte*)codes)[b] = DynamicMap.Signed.Nearest((((float*)scales)[b] - mean) * inverse);
        }
    }
}

using System.Runtime.CompilerServices;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Kernels;

/// <summary>
/// A weight matrix [N, K] in the order in which the matrix kernels read it, in the format in which it is stored: float formats as panels
/// [N / W][K][W] of <see cref="MicroKernel.PanelWidth"/> rows, quantised ones as tiles of <see cref="TilePacking"/>.
/// </summary>
public sealed unsafe class PackedMatrix : IDisposable
{
    readonly NativeBuffer buffer;

    PackedMatrix(DType type, int rows, int columns, long bytes)
    {
        Type = type;
        Rows = rows;
        Columns = columns;
        buffer = new NativeBuffer((bytes + sizeof(float) - 1) / sizeof(float));
    }

    public DType Type { get; }

    /// <summary>N.</summary>
    public int Rows { get; }

    /// <summary>K.</summary>
    public int Columns { get; }

    public byte* Data => (byte*)buffer.Data;

    /// <summary>Rewrites a matrix on all workers.</summary>
    /// <exception cref="EngineException">A binary16 number in it, a weight or a scale, is infinite or NaN: the weights are damaged.</exception>
    public static PackedMatrix Pack(WorkerPool pool, MicroKernel kernel, StoredMatrix source)
    {
        if (source.Type.IsQuantized())
        {
            int tiles = (source.Rows + TilePacking.Rows - 1) / TilePacking.Rows;
            long tileBytes = TilePacking.TileBytes(source.Type, source.Columns);
            PackedMatrix packed = new(source.Type, source.Rows, source.Columns, tiles * tileBytes);
            pool.For(tiles, new TileJob(source, (nint)packed.Data, tileBytes));
            return packed;
        }
        int width = kernel.PanelWidth, panels = (source.Rows + width - 1) / width;
        PackedMatrix result = new(source.Type, source.Rows, source.Columns, (long)panels * width * source.Columns * source.Type.BlockBytes());
        pool.For(panels, new PanelJob(source, (nint)result.Data, width));
        return result;
    }

    public void Dispose() => buffer.Dispose();

    // The kernels widen binary16 by integer arithmetic that is right for finite numbers only.
    static void RequireFiniteHalves(StoredMatrix source, int row)
    {
        ReadOnlySpan<ushort> bits = new(source.Row(row), source.Columns);
        if (bits.ContainsAnyInRange((ushort)0x7C00, (ushort)0x7FFF) || bits.ContainsAnyInRange((ushort)0xFC00, ushort.MaxValue)) throw Damaged(source, row, "a weight");
    }

    static void RequireFiniteScales(StoredMatrix source, int row)
    {
        int bytes = source.Type.BlockBytes(), first = source.Type == DType.Q6_K ? bytes - 2 : 0;
        byte* block = source.Row(row);
        for (byte* end = block + source.RowBytes; block != end; block += bytes)
            if (!Half.IsFinite(*(Half*)(block + first)) || (source.Type is DType.Q4_K or DType.Q5_K && !Half.IsFinite(*(Half*)(block + 2))))
                throw Damaged(source, row, "a scale");
    }

    static EngineException Damaged(StoredMatrix source, int row, string what) =>
        new($"Row {row} of a weight matrix {source} has {what} that is infinite or not a number: the model's file is damaged, or was made from weights that do not fit its format. Fetch or convert it again.");

    readonly struct TileJob(StoredMatrix source, nint data, long tileBytes) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            int first = index * TilePacking.Rows, last = Math.Min(first + TilePacking.Rows, source.Rows);
            for (int row = first; row < last; row++) RequireFiniteScales(source, row);
            TilePacking.Pack(source, index, (byte*)data + index * tileBytes);
        }
    }

    readonly struct PanelJob(StoredMatrix source, nint data, int width) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            int first = index * width, rows = Math.Min(width, source.Rows - first);
            if (source.Type == DType.F16)
                for (int row = first; row < first + rows; row++) RequireFiniteHalves(source, row);
            byte* panel = (byte*)data + (long)first * source.Columns * source.Type.BlockBytes();
            if (source.Type == DType.F32) Packing.Pack(new Operand((float*)source.Row(first), source.Columns), rows, source.Columns, (float*)panel, width);
            else Packing.Pack16((ushort*)source.Row(first), rows, source.Columns, (ushort*)panel, width);
        }
    }
}

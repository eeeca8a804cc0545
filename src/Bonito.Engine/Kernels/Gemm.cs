using System.Runtime.CompilerServices;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Kernels;

/// <summary>
/// Matrix products C[M, N] (+)= A[M, K] · B[K, N] by packing and register blocks (Goto and van de Geijn, "Anatomy of
/// High-Performance Matrix Multiplication", 2008). K is cut into blocks of <see cref="DepthBlock"/>, which do not depend on
/// M, N or the number of threads: each element of C is summed in one order, so a row's bits do not depend on its neighbours.
/// </summary>
public sealed unsafe class Gemm : IDisposable
{
    /// <summary>K is summed in blocks of this length: a panel of A (14 rows) then stays in the first-level cache.</summary>
    public const int DepthBlock = 384;

    // Columns of B packed at once by a worker: DepthBlock x 384 floats are 576 KiB of its second-level cache.
    const int ColumnBlock = 384;

    // Steps of K packed at once of a transposed A: with the rows of a chunk, half the first-level cache.
    const int TransposedSteps = 32;

    // Blocks of rows for which 16-bit weights are widened in registers each time; beyond, once into the cache for all.
    const int NarrowBlocks = 3;

    readonly WorkerPool pool;
    readonly MicroKernel kernel;
    readonly NativeBuffer[] columnScratch;
    readonly NativeBuffer[] edgeScratch;
    NativeBuffer rowScratch = new(1);

    public Gemm(WorkerPool pool, MicroKernel? kernel = null)
    {
        this.pool = pool;
        this.kernel = kernel ?? MicroKernel.Best;
        columnScratch = [.. Enumerable.Range(0, pool.Threads).Select(_ => new NativeBuffer(DepthBlock * ColumnBlock))];
        edgeScratch = [.. Enumerable.Range(0, pool.Threads).Select(_ => new NativeBuffer(this.kernel.MaxRows * this.kernel.PanelWidth))];
    }

    public MicroKernel Kernel => kernel;

    public WorkerPool Pool => pool;

    /// <summary>C (+)= A · B on all workers. C must not overlap A or B.</summary>
    /// <param name="a">(i, k) with i &lt; m, k &lt; depth.</param>
    /// <param name="b">(j, k) with j &lt; n, k &lt; depth: "not transposed" is a weight matrix [n, depth].</param>
    /// <param name="c">[m, n] with <paramref name="stride"/> floats from row to row.</param>
    public void Multiply(Operand a, Operand b, int m, int n, int depth, float* c, int stride, bool accumulate = false)
    {
        PackRows(a, m, depth);
        int rowSplit = RowSplit(m, n);
        pool.For(ColumnBlocks(n) * rowSplit, new Product(this, b, m, n, depth, (nint)c, stride, accumulate, rowSplit));
    }

    /// <summary>C = A · W^T for each target, of float formats; the same bits as <see cref="Multiply"/> with W widened.</summary>
    /// <param name="a">(i, k) with i &lt; m, k &lt; columns of W.</param>
    /// <param name="targets">Packed panels.</param>
    public void MultiplyPacked(Operand a, int m, PackedTargets targets)
    {
        PackRows(a, m, targets.Matrix(0).Columns);
        for (int i = 0; i < targets.Count; i++)
        {
            int n = targets.Matrix(i).Rows;
            targets.Divide(i, ColumnBlocks(n) * RowSplit(m, n));
        }
        pool.For(targets.Pieces, new PackedProduct(this, targets, m));
    }

    /// <summary>The product element by element, in the order of sums that every path keeps: the same bits as <see cref="Multiply"/>.</summary>
    public static void Reference(Operand a, Operand b, int m, int n, int depth, float* c, int stride, bool accumulate = false)
    {
        for (int i = 0; i < m; i++)
            for (int j = 0; j < n; j++)
                for (int first = 0; first < depth; first += DepthBlock)
                {
                    float sum = 0;
                    for (int k = first; k < Math.Min(depth, first + DepthBlock); k++) sum = MathF.FusedMultiplyAdd(*a.At(i, k).Data, *b.At(j, k).Data, sum);
                    float* at = c + (long)i * stride + j;
                    *at = accumulate || first > 0 ? *at + sum : sum;
                }
    }

    public void Dispose()
    {
        foreach (NativeBuffer b in columnScratch) b.Dispose();
        foreach (NativeBuffer b in edgeScratch) b.Dispose();
        rowScratch.Dispose();
    }

    /// <summary>C[rows] (+)= packed A rows · packed panels of B, on the calling worker.</summary>
    /// <param name="a">Blocks of rows as <see cref="PackRowBlocks"/> leaves them, all <paramref name="aDepth"/> deep.</param>
    /// <param name="aFirst">First of the <paramref name="depth"/> steps of A to use.</param>
    /// <param name="panel">Panels of B, <paramref name="panelStride"/> floats from one to the next.</param>
    /// <param name="edge">Room for one block: [<see cref="MicroKernel.MaxRows"/>, <see cref="MicroKernel.PanelWidth"/>].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void MultiplyBlock(MicroKernel kernel, float* a, int aDepth, int aFirst, int firstRow, int endRow, float* panel, long panelStride, int n, int depth, float* c, int stride, bool accumulate, float* edge)
    {
        int width = kernel.PanelWidth;
        for (int i = firstRow; i < endRow;)
        {
            int rows = kernel.BlockRows(endRow - i);
            float* block = a + (long)i * aDepth + (long)aFirst * rows;
            float* ci = c + (long)i * stride;
            float* b = panel;
            int j = 0;
            for (; j + width <= n; j += width, b += panelStride) kernel.Block(rows, depth, block, b, ci + j, stride, accumulate);
            if (j < n)
            {
                kernel.Block(rows, depth, block, b, edge, width, false);
                AddEdge(edge, width, rows, n - j, ci + j, stride, accumulate);
            }
            i += rows;
        }
    }

    /// <summary>Packs rows of A in greedy blocks: block at row i starts at float i * depth and is [depth, block rows].</summary>
    internal static void PackRowBlocks(MicroKernel kernel, Operand a, int firstRow, int endRow, int depth, float* packed)
    {
        // Where A is transposed all blocks take their part of the same lines of memory: while those are in the cache.
        int steps = a.Transposed ? TransposedSteps : depth;
        for (int k = 0; k < depth; k += steps)
            for (int i = firstRow; i < endRow;)
            {
                int rows = kernel.BlockRows(endRow - i);
                Packing.Pack(a.At(i, k), rows, Math.Min(steps, depth - k), packed + (long)i * depth + (long)k * rows, rows);
                i += rows;
            }
    }

    // Blocks of MaxRows are cut from row 0, so any cut at a multiple of MaxRows gives the same blocks.
    int RowChunk => kernel.MaxRows * 8;

    void PackRows(Operand a, int m, int depth)
    {
        long need = (long)m * depth;
        if (rowScratch.Count < need)
        {
            rowScratch.Dispose();
            rowScratch = new NativeBuffer(need + need / 4);
        }
        pool.For((m + RowChunk - 1) / RowChunk, new RowPacking(this, a, m, depth));
    }

    // As many blocks as keep B in cache, rounded up to a multiple of the workers, so that all end together.
    int ColumnsPerBlock(int n)
    {
        int width = kernel.PanelWidth, panels = (n + width - 1) / width, threads = pool.Threads;
        int blocks = (n + ColumnBlock - 1) / ColumnBlock;
        blocks = Math.Min((blocks + threads - 1) / threads * threads, panels);
        return (panels + blocks - 1) / blocks * width;
    }

    int ColumnBlocks(int n)
    {
        int columns = ColumnsPerBlock(n);
        return (n + columns - 1) / columns;
    }

    // Where there are fewer column blocks than would keep all workers busy, rows are split too: B is then packed once per part.
    int RowSplit(int m, int n)
    {
        int blocks = ColumnBlocks(n);
        int wanted = blocks % pool.Threads == 0 ? 1 : (2 * pool.Threads + blocks - 1) / blocks;
        return Math.Clamp(wanted, 1, Math.Max(1, m / (4 * RowChunk)));
    }

    readonly struct RowPacking(Gemm gemm, Operand a, int m, int depth) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker) =>
            PackRowBlocks(gemm.kernel, a, index * gemm.RowChunk, Math.Min(m, (index + 1) * gemm.RowChunk), depth, gemm.rowScratch.Data);
    }

    /// <summary>The part of C that a piece of work writes: one block of columns and, where rows are split, one range of rows.</summary>
    (int FirstRow, int EndRow, int FirstColumn, int Columns) Part(int index, int m, int n, int rowSplit)
    {
        int columns = ColumnsPerBlock(n), j = index / rowSplit * columns, part = index % rowSplit, chunks = (m + RowChunk - 1) / RowChunk;
        int firstRow = (int)((long)chunks * part / rowSplit) * RowChunk;
        int endRow = Math.Min(m, (int)((long)chunks * (part + 1) / rowSplit) * RowChunk);
        return (firstRow, endRow, j, Math.Min(columns, n - j));
    }

    readonly struct Product(Gemm gemm, Operand b, int m, int n, int depth, nint c, int stride, bool accumulate, int rowSplit) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            MicroKernel kernel = gemm.kernel;
            int width = kernel.PanelWidth;
            (int firstRow, int endRow, int j, int columns) = gemm.Part(index, m, n, rowSplit);
            float* edge = gemm.edgeScratch[worker].Data, panels = gemm.columnScratch[worker].Data;
            for (int k = 0; k < depth; k += DepthBlock)
            {
                int steps = Math.Min(DepthBlock, depth - k);
                for (int q = 0; q < columns; q += width)
                    Packing.Pack(b.At(j + q, k), Math.Min(width, columns - q), steps, panels + (long)q * steps, width);
                MultiplyBlock(kernel, gemm.rowScratch.Data, depth, k, firstRow, endRow, panels, (long)steps * width, columns, steps, (float*)c + j, stride, accumulate || k > 0, edge);
            }
        }
    }

    readonly struct PackedProduct(Gemm gemm, PackedTargets targets, int m) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            (int target, int piece) = targets.Find(index);
            PackedMatrix w = targets.Matrix(target);
            MicroKernel kernel = gemm.kernel;
            int width = kernel.PanelWidth, depth = w.Columns, stride = w.Rows;
            (int firstRow, int endRow, int j, int columns) = gemm.Part(piece, m, w.Rows, gemm.RowSplit(m, w.Rows));
            float* c = targets.Result(target) + j;
            float* edge = gemm.edgeScratch[worker].Data, scratch = gemm.columnScratch[worker].Data;
            for (int k = 0; k < depth; k += DepthBlock)
            {
                int steps = Math.Min(DepthBlock, depth - k);
                long first = (long)j * depth + (long)k * width;
                if (w.Type == DType.F32)
                {
                    MultiplyBlock(kernel, gemm.rowScratch.Data, depth, k, firstRow, endRow, (float*)w.Data + first, (long)depth * width, columns, steps, c, stride, k > 0, edge);
                    continue;
                }
                ushort* panels = (ushort*)w.Data + first;
                if (endRow - firstRow <= NarrowBlocks * kernel.MaxRows)
                {
                    MultiplyNarrow(kernel, w.Type, gemm.rowScratch.Data, depth, k, firstRow, endRow, panels, (long)depth * width, columns, steps, c, stride, k > 0, edge);
                    continue;
                }
                // Widened once for all blocks of rows.
                for (int q = 0; q < columns; q += width)
                    MicroKernel.Widen(w.Type, panels + (long)q * depth, (long)steps * width, scratch + (long)q * steps);
                MultiplyBlock(kernel, gemm.rowScratch.Data, depth, k, firstRow, endRow, scratch, (long)steps * width, columns, steps, c, stride, k > 0, edge);
            }
        }
    }

    /// <summary>As <see cref="MultiplyBlock"/> with panels of a 16-bit format, for few rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static void MultiplyNarrow(MicroKernel kernel, DType type, float* a, int aDepth, int aFirst, int firstRow, int endRow, ushort* panel, long panelStride, int n, int depth, float* c, int stride, bool accumulate, float* edge)
    {
        int width = kernel.PanelWidth;
        for (int j = 0; j < n; j += width, panel += panelStride)
            for (int i = firstRow; i < endRow;)
            {
                int rows = kernel.BlockRows(endRow - i);
                float* block = a + (long)i * aDepth + (long)aFirst * rows;
                float* target = c + (long)i * stride + j;
                if (j + width <= n) kernel.Block(type, rows, depth, block, panel, target, stride, accumulate);
                else
                {
                    kernel.Block(type, rows, depth, block, panel, edge, width, false);
                    AddEdge(edge, width, rows, n - j, target, stride, accumulate);
                }
                i += rows;
            }
    }

    static void AddEdge(float* edge, int width, int rows, int columns, float* c, int stride, bool accumulate)
    {
        for (int r = 0; r < rows; r++)
            for (int q = 0; q < columns; q++)
            {
                float* at = c + (long)r * stride + q;
                *at = accumulate ? *at + edge[r * width + q] : edge[r * width + q];
            }
    }
}

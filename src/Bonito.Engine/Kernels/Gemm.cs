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

    /// <summary>C (+)= A · B on all workers. C must not overlap A or B.</summary>
    /// <param name="a">(i, k) with i &lt; m, k &lt; depth.</param>
    /// <param name="b">(j, k) with j &lt; n, k &lt; depth: "not transposed" is a weight matrix [n, depth].</param>
    /// <param name="c">[m, n] with <paramref name="stride"/> floats from row to row.</param>
    public void Multiply(Operand a, Operand b, int m, int n, int depth, float* c, int stride, bool accumulate = false)
    {
        PackRows(a, m, depth);
        int rowSplit = RowSplit(m, n);
        pool.For(ColumnBlocks(n) * rowSplit, new Product(this, b, 0, m, n, depth, c, stride, accumulate, rowSplit));
    }

    /// <summary>C (+)= A · B with B packed before by <see cref="PackPanels"/>; the same bits as <see cref="Multiply"/>.</summary>
    public void MultiplyPacked(Operand a, float* panels, int m, int n, int depth, float* c, int stride, bool accumulate = false)
    {
        PackRows(a, m, depth);
        int rowSplit = RowSplit(m, n);
        pool.For(ColumnBlocks(n) * rowSplit, new Product(this, default, (nint)panels, m, n, depth, c, stride, accumulate, rowSplit));
    }

    /// <summary>Floats that <see cref="PackPanels"/> writes for B[n, depth].</summary>
    public long PanelFloats(int n, int depth) => (long)(n + kernel.PanelWidth - 1) / kernel.PanelWidth * kernel.PanelWidth * depth;

    /// <summary>Packs all of B for <see cref="MultiplyPacked"/>: panels of <see cref="MicroKernel.PanelWidth"/> columns, each [depth, width].</summary>
    public void PackPanels(Operand b, int n, int depth, float* panels) =>
        pool.For((n + kernel.PanelWidth - 1) / kernel.PanelWidth, new PanelPacking(b, n, depth, (nint)panels, kernel.PanelWidth));

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
                for (int r = 0; r < rows; r++)
                    for (int q = 0; q < n - j; q++)
                    {
                        float value = edge[r * width + q];
                        float* at = ci + (long)r * stride + j + q;
                        *at = accumulate ? *at + value : value;
                    }
            }
            i += rows;
        }
    }

    /// <summary>Packs rows of A in greedy blocks: block at row i starts at float i * depth and is [depth, block rows].</summary>
    internal static void PackRowBlocks(MicroKernel kernel, Operand a, int firstRow, int endRow, int depth, float* packed)
    {
        for (int i = firstRow; i < endRow;)
        {
            int rows = kernel.BlockRows(endRow - i);
            Packing.Pack(a.At(i, 0), rows, depth, packed + (long)i * depth, rows);
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

    int ColumnsPerBlock(int n)
    {
        int width = kernel.PanelWidth;
        int blocks = Math.Max((n + ColumnBlock - 1) / ColumnBlock, Math.Min(pool.Threads, (n + width - 1) / width));
        int columns = (n + blocks - 1) / blocks;
        return (columns + width - 1) / width * width;
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
        public void Run(int index, int worker) =>
            PackRowBlocks(gemm.kernel, a, index * gemm.RowChunk, Math.Min(m, (index + 1) * gemm.RowChunk), depth, gemm.rowScratch.Data);
    }

    readonly struct PanelPacking(Operand b, int n, int depth, nint panels, int width) : IParallelJob
    {
        public void Run(int index, int worker)
        {
            int j = index * width;
            Packing.Pack(b.At(j, 0), Math.Min(width, n - j), depth, (float*)panels + (long)j * depth, width);
        }
    }

    /// <summary>One block of columns (and, where rows are split, one range of rows) of the product.</summary>
    readonly struct Product(Gemm gemm, Operand b, nint panels, int m, int n, int depth, float* c, int stride, bool accumulate, int rowSplit) : IParallelJob
    {
        readonly nint c = (nint)c;

        public void Run(int index, int worker)
        {
            MicroKernel kernel = gemm.kernel;
            int width = kernel.PanelWidth;
            int columns = gemm.ColumnsPerBlock(n);
            int j = index / rowSplit * columns;
            int block = Math.Min(columns, n - j);
            int part = index % rowSplit;
            int chunks = (m + gemm.RowChunk - 1) / gemm.RowChunk;
            int firstRow = (int)((long)chunks * part / rowSplit) * gemm.RowChunk;
            int endRow = Math.Min(m, (int)((long)chunks * (part + 1) / rowSplit) * gemm.RowChunk);
            float* edge = gemm.edgeScratch[worker].Data;
            float* target = (float*)c + j;
            for (int k = 0; k < depth; k += DepthBlock)
            {
                int steps = Math.Min(DepthBlock, depth - k);
                float* panel;
                long panelStride;
                if (panels != 0)
                {
                    panel = (float*)panels + (long)j * depth + (long)k * width;
                    panelStride = (long)depth * width;
                }
                else
                {
                    panel = gemm.columnScratch[worker].Data;
                    panelStride = (long)steps * width;
                    for (int q = 0; q < block; q += width)
                        Packing.Pack(b.At(j + q, k), Math.Min(width, block - q), steps, panel + (long)q * steps, width);
                }
                MultiplyBlock(kernel, gemm.rowScratch.Data, depth, k, firstRow, endRow, panel, panelStride, block, steps, target, stride, accumulate || k > 0, edge);
            }
        }
    }
}

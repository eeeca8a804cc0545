using System.Runtime.CompilerServices;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Kernels;

/// <summary>
/// Products C[M, N] = A[M, K] · W[N, K]^T with quantised weights: the activations are quantised to 8 bits in blocks of 32 and multiplied as
/// integers. One row of A and a thousand take the same arithmetic, so a row's bits do not depend on its neighbours.
/// </summary>
public sealed unsafe class QuantizedGemm(WorkerPool pool, TileKernel? kernel = null) : IDisposable
{
    // Rows of A that are multiplied with a tile while its weights are in registers: their blocks should stay in the second-level cache.
    const int ColumnChunk = 32;

    // Tiles of one piece of work: their weights stay in the second-level cache while the chunks of A pass.
    const int TileChunk = 8;

    readonly TileKernel kernel = kernel ?? TileKernel.Best;
    readonly NativeBuffer[] sums = [.. Enumerable.Range(0, pool.Threads).Select(_ => new NativeBuffer(ColumnChunk * TilePacking.Rows))];
    NativeBuffer activations = new(1);

    /// <summary>C = A · W^T for each target, on all workers.</summary>
    /// <param name="a">[m, columns of W], no padding.</param>
    /// <param name="targets">Packed tiles of quantised formats.</param>
    public void Multiply(float* a, int m, PackedTargets targets)
    {
        int steps = targets.Matrix(0).Columns / TilePacking.Step;
        Reserve((long)m * steps * sizeof(ActivationBlock) / sizeof(float));
        pool.For(m, new Quantization((nint)a, m, steps, (nint)activations.Data));
        for (int i = 0; i < targets.Count; i++)
        {
            int tiles = Tiles(targets.Matrix(i)), group = Group(tiles);
            targets.Divide(i, (tiles + group - 1) / group);
        }
        pool.For(targets.Pieces, new Product(this, targets, m));
    }

    public void Dispose()
    {
        foreach (NativeBuffer b in sums) b.Dispose();
        activations.Dispose();
    }

    static int Tiles(PackedMatrix w) => (w.Rows + TilePacking.Rows - 1) / TilePacking.Rows;

    int Group(int tiles) => Math.Clamp(tiles / (4 * pool.Threads), 1, TileChunk);

    void Reserve(long floats)
    {
        if (activations.Count >= floats) return;
        activations.Dispose();
        activations = new NativeBuffer(floats + floats / 4);
    }

    /// <summary>One row of A to blocks [chunk][step][row of the chunk].</summary>
    readonly struct Quantization(nint a, int m, int steps, nint blocks) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            int chunk = index / ColumnChunk * ColumnChunk, columns = Math.Min(ColumnChunk, m - chunk);
            float* x = (float*)a + (long)index * steps * TilePacking.Step;
            ActivationBlock* block = (ActivationBlock*)blocks + (long)chunk * steps + (index - chunk);
            for (int s = 0; s < steps; s++) ActivationBlock.Quantize(x + s * TilePacking.Step, block + (long)s * columns);
        }
    }

    /// <summary>A group of tiles with all rows of A.</summary>
    readonly struct Product(QuantizedGemm gemm, PackedTargets targets, int m) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            (int target, int piece) = targets.Find(index);
            PackedMatrix w = targets.Matrix(target);
            float* acc = gemm.sums[worker].Data;
            int steps = w.Columns / TilePacking.Step, blocks = w.Columns / w.Type.BlockLength();
            long tileBytes = TilePacking.TileBytes(w.Type, w.Columns);
            int tiles = Tiles(w), group = gemm.Group(tiles), end = Math.Min(tiles, (piece + 1) * group);
            for (int chunk = 0; chunk < m; chunk += ColumnChunk)
            {
                int columns = Math.Min(ColumnChunk, m - chunk);
                ActivationBlock* x = (ActivationBlock*)gemm.activations.Data + (long)chunk * steps;
                for (int tile = piece * group; tile < end; tile++)
                {
                    new Span<float>(acc, columns * TilePacking.Rows).Clear();
                    gemm.kernel.Run(w.Type, w.Data + tile * tileBytes, blocks, x, columns, acc);
                    int row = tile * TilePacking.Rows, rows = Math.Min(TilePacking.Rows, w.Rows - row);
                    float* c = targets.Result(target) + (long)chunk * w.Rows + row;
                    for (int i = 0; i < columns; i++, c += w.Rows)
                        new ReadOnlySpan<float>(acc + i * TilePacking.Rows, rows).CopyTo(new Span<float>(c, rows));
                }
            }
        }
    }
}

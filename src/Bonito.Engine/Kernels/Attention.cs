using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

/// <summary>
/// Causal grouped-query attention over a <see cref="KvCache"/>: o = softmax(q k^T / sqrt(D)) v for each query head, keys up to
/// the query's own position, query head h reading key/value head h / (H / K). A row's bits depend on its own sequence alone:
/// scores and outputs are chains of fused multiply-adds in ascending order, whichever rows share a block.
/// </summary>
public sealed unsafe partial class Attention : IDisposable
{
    readonly WorkerPool pool;
    readonly MicroKernel kernel;
    readonly NativeBuffer?[] scratch;

    public Attention(WorkerPool pool, MicroKernel kernel)
    {
        this.pool = pool;
        this.kernel = kernel;
        scratch = new NativeBuffer?[pool.Threads];
    }

    // Query tokens of one piece of work.
    int PieceRows => kernel.MaxRows * 4;

    /// <summary>Writes keys and values of a batch into the cache, then attends.</summary>
    /// <param name="q">[M, H * D], rotated.</param>
    /// <param name="k">[M, K * D], rotated.</param>
    /// <param name="v">[M, K * D]</param>
    /// <param name="heads">H, a multiple of the cache's K.</param>
    /// <param name="window">How many of the latest tokens, itself included, a token attends to.</param>
    /// <param name="o">[M, H * D], no alias.</param>
    /// <param name="logSums">[M, H]: log of the softmax denominators, for the backward pass; may be null.</param>
    public void Forward(float* q, float* k, float* v, TokenBatch batch, KvCache cache, int layer, int heads, int window, float* o, float* logSums)
    {
        int longest = 0, pieces = 0;
        foreach (Segment s in batch.Segments)
        {
            longest = Math.Max(longest, s.Past + s.Count);
            pieces += Pieces(s) * heads;
        }
        int padded = (longest + kernel.PanelWidth - 1) / kernel.PanelWidth * kernel.PanelWidth;
        int outputs = (cache.HeadWidth + kernel.PanelWidth - 1) / kernel.PanelWidth * kernel.PanelWidth;
        // For the cache's capacity, not the longest sequence: decoding then never has to grow it.
        EnsureScratch((long)kernel.MaxRows * (cache.HeadWidth + 2L * cache.Capacity + outputs));
        pool.For(batch.Segments.Length * cache.Heads, new StoreJob((nint)k, (nint)v, batch, cache, layer));
        pool.For(pieces, new ForwardJob(this, (nint)q, batch, cache, layer, heads, window, (nint)o, (nint)logSums, padded));
    }

    /// <summary>One query against its keys, in double precision: the formula.</summary>
    /// <param name="q">[D]</param>
    /// <param name="keys">[count, D]</param>
    /// <param name="values">[count, D]</param>
    /// <param name="o">[D]</param>
    public static void Reference(ReadOnlySpan<float> q, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, Span<float> o)
    {
        int width = q.Length, count = keys.Length / width;
        double[] weights = new double[count];
        double sum = 0;
        for (int j = 0; j < count; j++)
        {
            double score = 0;
            for (int d = 0; d < width; d++) score += (double)q[d] * keys[j * width + d];
            sum += weights[j] = Math.Exp(score / Math.Sqrt(width));
        }
        for (int d = 0; d < width; d++)
        {
            double total = 0;
            for (int j = 0; j < count; j++) total += weights[j] / sum * values[j * width + d];
            o[d] = (float)total;
        }
    }

    public void Dispose()
    {
        foreach (NativeBuffer? buffer in scratch) buffer?.Dispose();
    }

    void EnsureScratch(long floats)
    {
        for (int i = 0; i < scratch.Length; i++)
            if (scratch[i] is not { } buffer || buffer.Count < floats)
            {
                scratch[i]?.Dispose();
                scratch[i] = new NativeBuffer(floats + floats / 4);
            }
    }

    /// <summary>The first key that a token attends to.</summary>
    static int FirstKey(int position, int window) => Math.Max(0, position - window + 1);

    int Pieces(Segment segment) => (segment.Count + PieceRows - 1) / PieceRows;

    readonly struct StoreJob(nint k, nint v, TokenBatch batch, KvCache cache, int layer) : IParallelJob
    {
        public void Run(int index, int worker)
        {
            Segment segment = batch.Segments[index / cache.Heads];
            int head = index % cache.Heads, width = cache.HeadWidth, panel = cache.PanelWidth;
            float* keys = cache.Keys(layer, segment.Slot, head);
            float* values = cache.Values(layer, segment.Slot, head);
            for (int t = 0; t < segment.Count; t++)
            {
                int position = segment.Past + t;
                long from = ((long)(segment.FirstRow + t) * cache.Heads + head) * width;
                float* key = keys + (long)(position / panel) * width * panel + position % panel;
                for (int d = 0; d < width; d++) key[d * panel] = ((float*)k)[from + d];
                for (int d = 0; d < width; d += panel)
                    new ReadOnlySpan<float>((float*)v + from + d, Math.Min(panel, width - d))
                        .CopyTo(new Span<float>(values + (long)d * cache.Capacity + (long)position * panel, panel));
            }
        }
    }

    readonly struct ForwardJob(Attention attention, nint q, TokenBatch batch, KvCache cache, int layer, int heads, int window, nint o, nint logSums, int padded) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            MicroKernel kernel = attention.kernel;
            int s = 0;
            while (index >= attention.Pieces(batch.Segments[s]) * heads) index -= attention.Pieces(batch.Segments[s++]) * heads;
            Segment segment = batch.Segments[s];
            int head = index % heads, width = cache.HeadWidth, panel = kernel.PanelWidth, rowFloats = heads * width;
            int first = index / heads * attention.PieceRows, end = Math.Min(segment.Count, first + attention.PieceRows);
            float scale = 1 / MathF.Sqrt(width);
            float* keys = cache.Keys(layer, segment.Slot, head / (heads / cache.Heads));
            float* values = cache.Values(layer, segment.Slot, head / (heads / cache.Heads));
            int outputs = (width + panel - 1) / panel * panel;
            float* query = attention.scratch[worker]!.Data;
            float* scores = query + kernel.MaxRows * width;
            float* packed = scores + (long)kernel.MaxRows * padded;
            float* result = packed + (long)kernel.MaxRows * padded;
            float* sums = stackalloc float[kernel.MaxRows];
            for (int t = first; t < end;)
            {
                int rows = kernel.BlockRows(end - t);
                long row = segment.FirstRow + t;
                int begin = FirstKey(segment.Past + t, window) / panel * panel, visible = segment.Past + t + rows;
                Packing.Pack(new Operand((float*)q + row * rowFloats + head * width, rowFloats), rows, width, query, rows);
                for (int j = begin; j < visible; j += panel)
                    kernel.Block(rows, width, query, keys + (long)j * width, scores + j, padded, false);
                for (int r = 0; r < rows; r++)
                {
                    float* score = scores + (long)r * padded;
                    int count = segment.Past + t + r + 1, from = FirstKey(count - 1, window);
                    float max = Max(score + from, count - from) * scale;
                    sums[r] = ExpSum(score + from, count - from, scale, max);
                    new Span<float>(score + begin, from - begin).Clear();
                    if (logSums != 0) ((float*)logSums)[(row + r) * heads + head] = max + MathF.Log(sums[r]);
                    new Span<float>(score + count, visible - count).Clear();
                }
                Packing.Pack(new Operand(scores + begin, padded), rows, visible - begin, packed, rows);
                for (int d = 0; d < outputs; d += panel)
                    kernel.Block(rows, visible - begin, packed, values + (long)d * cache.Capacity + (long)begin * panel, result + d, outputs, false);
                for (int r = 0; r < rows; r++)
                {
                    float* to = (float*)o + (row + r) * rowFloats + head * width;
                    Vector512<float> factor = Vector512.Create(1 / sums[r]);
                    for (int d = 0; d < width; d += Lanes) Store(Load(result + r * outputs + d, width - d) * factor, to + d, width - d);
                }
                t += rows;
            }
        }
    }
}

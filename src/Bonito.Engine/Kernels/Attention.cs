using System.Runtime.CompilerServices;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

/// <summary>
/// Causal grouped-query attention over a <see cref="KvCache"/>: o = softmax(q k^T / sqrt(D)) v for each query head, keys up to
/// the query's own position and not further back than a window, query head h reading key/value head h / (H / K). Keys are taken
/// a page at a time with a running maximum and sum (Milakov and Gimelshein, 2018; Dao et al., "FlashAttention", 2022). Pages lie
/// at fixed positions and each element is a chain of fused multiply-adds in ascending order, so a row's bits depend on its own
/// sequence alone, whichever rows share a block.
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
        int tokens = PieceTokens(heads / cache.Heads), pieces = 0;
        foreach (Segment s in batch.Segments)
        {
            cache.Reserve(s.Slot, s.Past, s.Count);
            pieces += (s.Count + tokens - 1) / tokens * cache.Heads;
        }
        EnsureScratch(new ForwardScratch(kernel, tokens * (heads / cache.Heads), cache.HeadWidth).Floats);
        pool.For(batch.Segments.Length * cache.Heads, new StoreJob((nint)k, (nint)v, batch, cache, layer));
        pool.For(pieces, new ForwardJob(this, (nint)q, batch, cache, layer, heads, window, (nint)o, (nint)logSums));
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
    static int FirstKey(int position, int window) => (int)Math.Max(0, (long)position - window + 1);

    readonly struct StoreJob(nint k, nint v, TokenBatch batch, KvCache cache, int layer) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            Segment segment = batch.Segments[index / cache.Heads];
            int head = index % cache.Heads, width = cache.HeadWidth, panel = cache.PanelWidth;
            for (int t = 0; t < segment.Count; t++)
            {
                int page = (segment.Past + t) / KvCache.PageTokens, at = (segment.Past + t) % KvCache.PageTokens;
                long from = ((long)(segment.FirstRow + t) * cache.Heads + head) * width;
                float* key = cache.Keys(layer, segment.Slot, head, page) + (long)(at / panel) * width * panel + at % panel;
                for (int d = 0; d < width; d++) key[d * panel] = ((float*)k)[from + d];
                float* value = cache.Values(layer, segment.Slot, head, page) + (long)at * panel;
                for (int d = 0; d < width; d += panel)
                    new ReadOnlySpan<float>((float*)v + from + d, Math.Min(panel, width - d))
                        .CopyTo(new Span<float>(value + (long)d * KvCache.PageTokens, panel));
            }
        }
    }
}

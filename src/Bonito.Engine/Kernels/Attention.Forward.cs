using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

public sealed unsafe partial class Attention
{
    // Rows of a piece of work, in blocks: each page of keys and values is read from the second-level cache by all of them.
    const int PieceBlocks = 8;

    /// <summary>Query tokens of one piece of work, all heads of a group: whole blocks of rows.</summary>
    int PieceTokens(int perGroup) => kernel.MaxRows * Math.Max(1, PieceBlocks / perGroup);

    /// <summary>How a worker's scratch is cut, in floats; all parts start on a cache line.</summary>
    readonly struct ForwardScratch
    {
        // Rows of scores do not start at the same place of a 4 KiB page, which would make loads wait for stores.
        public const int ScoreStride = KvCache.PageTokens + Lanes;

        public ForwardScratch(MicroKernel kernel, int rows, int width)
        {
            OutputStride = (width + kernel.PanelWidth - 1) / kernel.PanelWidth * kernel.PanelWidth;
            Outputs = Aligned((long)rows * width);
            Sums = Outputs + Aligned((long)rows * OutputStride);
            Maxima = Sums + (long)rows * Lanes;
            Scores = Maxima + Aligned(rows);
            // Eight rows are transposed at a time, past the last row too.
            Packed = Scores + (long)(kernel.MaxRows + 7) / 8 * 8 * ScoreStride;
            Floats = Packed + Aligned((long)kernel.MaxRows * KvCache.PageTokens + 8);
        }

        /// <summary>Row length of the outputs, whole panels.</summary>
        public int OutputStride { get; }

        /// <summary>After the packed queries, which come first: the weighted sums of values, [rows, OutputStride].</summary>
        public long Outputs { get; }

        /// <summary>Sums of weights in sixteen lanes, [rows, 16].</summary>
        public long Sums { get; }

        /// <summary>Largest score so far, [rows].</summary>
        public long Maxima { get; }

        /// <summary>Scores of a block of rows, then their weights, [MaxRows in eights, ScoreStride].</summary>
        public long Scores { get; }

        /// <summary>Weights as the matrix kernels read them, [PageTokens, rows].</summary>
        public long Packed { get; }

        public long Floats { get; }

        static long Aligned(long count) => (count + Lanes - 1) / Lanes * Lanes;
    }

    /// <summary>
    /// The queries of a few tokens and of all heads that share a key/value head: rows token after token, head after head.
    /// </summary>
    readonly struct ForwardJob(Attention attention, nint q, TokenBatch batch, KvCache cache, int layer, int heads, int window, nint o, nint logSums) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            MicroKernel kernel = attention.kernel;
            int perGroup = heads / cache.Heads, width = cache.HeadWidth, pieceTokens = attention.PieceTokens(perGroup), s = 0;
            int Pieces(Segment segment) => (segment.Count + pieceTokens - 1) / pieceTokens;
            while (index >= Pieces(batch.Segments[s]) * cache.Heads) index -= Pieces(batch.Segments[s++]) * cache.Heads;
            Segment segment = batch.Segments[s];
            // Late tokens have most keys: with these first, no worker is left alone with a large piece at the end.
            int group = index % cache.Heads, first = (Pieces(segment) - 1 - index / cache.Heads) * pieceTokens;
            int rows = Math.Min(pieceTokens, segment.Count - first) * perGroup, past = segment.Past + first, firstToken = segment.FirstRow + first;
            ForwardScratch layout = new(kernel, pieceTokens * perGroup, width);
            float* memory = attention.scratch[worker]!.Data;
            float* queries = memory, outputs = memory + layout.Outputs, sums = memory + layout.Sums, maxima = memory + layout.Maxima;
            float* scores = memory + layout.Scores, packed = memory + layout.Packed;
            int stride = layout.OutputStride, panel = kernel.PanelWidth;
            float scale = 1 / MathF.Sqrt(width);

            for (int i = 0; i < rows; i++) new ReadOnlySpan<float>((float*)q + HeadAt(firstToken, group, i) * width, width).CopyTo(new Span<float>(outputs + i * stride, width));
            Gemm.PackRowBlocks(kernel, new Operand(outputs, stride), 0, rows, width, queries);
            new Span<float>(outputs, rows * stride).Clear();
            new Span<float>(sums, rows * Lanes).Clear();
            new Span<float>(maxima, rows).Fill(float.NegativeInfinity);

            int lastPage = (past + (rows - 1) / perGroup) / KvCache.PageTokens;
            for (int page = FirstKey(past, window) / KvCache.PageTokens; page <= lastPage; page++)
            {
                float* keys = cache.Keys(layer, segment.Slot, group, page), values = cache.Values(layer, segment.Slot, group, page);
                // Positions from here on are counted from the start of the page.
                int position = past - page * KvCache.PageTokens;
                for (int row = 0, block; row < rows; row += block)
                {
                    block = kernel.BlockRows(rows - row);
                    // What any of these rows attends to in this page.
                    int begin = FirstKey(position + row / perGroup, window) / panel * panel;
                    int end = Math.Min(KvCache.PageTokens, position + (row + block - 1) / perGroup + 1);
                    if (begin >= end) continue;
                    for (int j = begin; j < end; j += panel)
                        kernel.Block(block, width, queries + (long)row * width, keys + (long)j * width, scores + j, ForwardScratch.ScoreStride, false);
                    for (int r = 0; r < block; r++)
                    {
                        int own = position + (row + r) / perGroup;
                        float* score = scores + (long)r * ForwardScratch.ScoreStride;
                        Weigh(score, FirstKey(own, window), Math.Min(KvCache.PageTokens, own + 1), scale, maxima + row + r, sums + (row + r) * Lanes, outputs + (row + r) * stride, stride);
                        Clear(score, begin, Math.Min(end, FirstKey(own, window)));
                        Clear(score, Math.Max(begin, own + 1), end);
                    }
                    float* weights = Pack(scores + begin, block, end - begin, packed);
                    for (int d = 0; d < stride; d += panel)
                        kernel.Block(block, end - begin, weights, values + (long)d * KvCache.PageTokens + begin * panel, outputs + (long)row * stride + d, stride, true);
                }
            }

            for (int i = 0; i < rows; i++)
            {
                float sum = Vector512.Sum(Vector512.Load(sums + i * Lanes));
                Vector512<float> factor = Vector512.Create(1 / sum);
                long head = HeadAt(firstToken, group, i);
                // Adding zero turns -0, which depends on how many products of zero were added, into 0.
                for (int d = 0; d < width; d += Lanes) Store(Load(outputs + i * stride + d, width - d) * factor + Vector512<float>.Zero, (float*)o + head * width + d, width - d);
                if (logSums != 0) ((float*)logSums)[head] = maxima[i] * scale + MathF.Log(sum);
            }
        }

        /// <summary>Where in q and o a row of a piece is, in heads.</summary>
        /// <param name="firstToken">The batch's row of the piece's first token.</param>
        long HeadAt(int firstToken, int group, int row)
        {
            int perGroup = heads / cache.Heads;
            return (long)(firstToken + row / perGroup) * heads + group * perGroup + row % perGroup;
        }

        /// <summary>
        /// scores[first, count) becomes e^((score - maximum) * scale), after the maximum, the sum of weights and the weighted values have
        /// been brought to these scores too.
        /// </summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        static void Weigh(float* scores, int first, int count, float scale, float* maximum, float* sums, float* outputs, int stride)
        {
            if (first >= count) return;
            // Lanes belong to positions in the page, wherever the first is.
            int from = first / Lanes * Lanes, end = (count + Lanes - 1) / Lanes * Lanes;
            if (first > from) Hide(scores + from, 0, first - from);
            if (end > count) Hide(scores + end - Lanes, count - end + Lanes, Lanes);
            Vector512<float> best = Vector512.Load(scores + from);
            for (int j = from + Lanes; j < end; j += Lanes) best = Vector512.MaxNative(best, Vector512.Load(scores + j));
            Vector512<float> sum = Vector512.Load(sums);
            if (Vector512.GreaterThanAny(best, Vector512.Create(*maximum)))
            {
                float largest = Across(best);
                Vector512<float> shrink = ExpNonPositive(Vector512.Create((*maximum - largest) * scale));
                sum *= shrink;
                for (int d = 0; d < stride; d += Lanes) Store(Load(outputs + d, stride - d) * shrink, outputs + d, stride - d);
                *maximum = largest;
            }
            Vector512<float> factor = Vector512.Create(scale), shift = Vector512.Create(-*maximum * scale);
            for (int j = from; j < end; j += Lanes)
            {
                Vector512<float> weight = ExpNonPositive(Vector512.FusedMultiplyAdd(Vector512.Load(scores + j), factor, shift));
                weight.Store(scores + j);
                sum += weight;
            }
            sum.Store(sums);
        }

        /// <summary>The weights of a block as the matrix kernels read them, [depth, rows].</summary>
        /// <param name="weights">[rows, depth]; rows that follow are read too, and overwritten by what belongs there.</param>
        /// <returns>Where they are: a single row is so already.</returns>
        static float* Pack(float* weights, int rows, int depth, float* packed)
        {
            if (rows == 1) return weights;
            if (Avx.IsSupported)
            {
                // Eight floats are stored where up to eight belong: the rest is written after, by the next step or the first rows.
                for (int first = (rows - 1) / 8 * 8; first >= 0; first -= 8)
                    Packing.Transpose8(weights + (long)first * ForwardScratch.ScoreStride, ForwardScratch.ScoreStride, depth, packed + first, rows);
            }
            else Packing.Pack(new Operand(weights, ForwardScratch.ScoreStride), rows, depth, packed, rows);
            return packed;
        }

        /// <summary>Makes lanes of sixteen scores minus infinity: their weights become zero.</summary>
        static void Hide(float* scores, int from, int end)
        {
            Vector512<int> lane = Vector512<int>.Indices;
            Vector512<int> hidden = Vector512.GreaterThanOrEqual(lane, Vector512.Create(from)) & Vector512.LessThan(lane, Vector512.Create(end));
            Vector512.ConditionalSelect(hidden.AsSingle(), Vector512.Create(float.NegativeInfinity), Vector512.Load(scores)).Store(scores);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        static float Across(Vector512<float> v)
        {
            Vector256<float> eight = Vector256.MaxNative(v.GetLower(), v.GetUpper());
            Vector128<float> four = Vector128.MaxNative(eight.GetLower(), eight.GetUpper());
            four = Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(2, 3, 0, 1)));
            return Vector128.MaxNative(four, Vector128.Shuffle(four, Vector128.Create(1, 0, 3, 2))).ToScalar();
        }

        static void Clear(float* scores, int from, int end)
        {
            if (end > from) new Span<float>(scores + from, end - from).Clear();
        }
    }
}

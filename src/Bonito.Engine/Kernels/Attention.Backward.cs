using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Kernels.VectorMath;

namespace Bonito.Engine.Kernels;

public sealed unsafe partial class Attention
{
    /// <summary>
    /// Gradients of <see cref="Forward"/> over whole sequences (no past). With P the probabilities, recomputed from the scores
    /// and the saved log-sums: dv += P^T do; dS = P * (do v^T - rowsum(do * o)) / sqrt(D); dq += dS k; dk += dS^T q.
    /// </summary>
    /// <param name="o">[M, H * D], the output of the forward pass.</param>
    /// <param name="logSums">[M, H]</param>
    /// <param name="dO">[M, H * D]</param>
    /// <param name="heads">H</param>
    /// <param name="groups">K</param>
    /// <param name="width">D</param>
    /// <param name="window">As in the forward pass.</param>
    /// <param name="dq">[M, H * D], added to; dk and dv [M, K * D] likewise.</param>
    public void Backward(float* q, float* k, float* v, float* o, float* logSums, float* dO, TokenBatch batch, int heads, int groups, int width, int window, float* dq, float* dk, float* dv)
    {
        int longest = 0;
        foreach (Segment s in batch.Segments)
        {
            if (s.Past != 0) throw new InvalidOperationException("Attention is differentiated over whole sequences, without a past.");
            longest = Math.Max(longest, s.Count);
        }
        EnsureScratch(new BackwardScratch(this, width, longest).Floats);
        pool.For(batch.Segments.Length * groups, new BackwardJob(this, (nint)q, (nint)k, (nint)v, (nint)o, (nint)logSums, (nint)dO, batch, heads, groups, width, window, (nint)dq, (nint)dk, (nint)dv, longest));
    }

    // Query tokens whose scores exist at once.
    int BackwardRows => kernel.MaxRows * 4;

    /// <summary>How a worker's scratch is cut, in floats.</summary>
    readonly struct BackwardScratch
    {
        public BackwardScratch(Attention attention, int headWidth, int longest)
        {
            MicroKernel kernel = attention.kernel;
            int panel = kernel.PanelWidth, rows = attention.BackwardRows;
            Keys = (longest + panel - 1) / panel * panel;
            int width = (headWidth + panel - 1) / panel * panel;
            ValuePanels = 0;
            KeyPanels = ValuePanels + (long)Keys * headWidth;
            KeyColumns = KeyPanels + (long)Keys * headWidth;
            Scores = KeyColumns + (long)Keys * width;
            Slopes = Scores + (long)rows * Keys;
            PackedA = Slopes + (long)rows * Keys;
            PackedB = PackedA + (long)rows * Math.Max(Keys, headWidth);
            Edge = PackedB + (long)rows * width;
            Floats = Edge + (long)kernel.MaxRows * panel;
        }

        /// <summary>Longest sequence, in whole panels: row length of scores and slopes.</summary>
        public int Keys { get; }

        public long ValuePanels { get; }

        public long KeyPanels { get; }

        public long KeyColumns { get; }

        public long Scores { get; }

        public long Slopes { get; }

        public long PackedA { get; }

        public long PackedB { get; }

        public long Edge { get; }

        public long Floats { get; }
    }

    readonly struct BackwardJob(Attention attention, nint q, nint k, nint v, nint o, nint logSums, nint dO, TokenBatch batch, int heads, int groups, int width, int window, nint dq, nint dk, nint dv, int longest) : IParallelJob
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int index, int worker)
        {
            MicroKernel kernel = attention.kernel;
            Segment segment = batch.Segments[index / groups];
            int group = index % groups, perGroup = heads / groups, panel = kernel.PanelWidth;
            int queryStride = heads * width, keyStride = groups * width, count = segment.Count;
            BackwardScratch layout = new(attention, width, longest);
            float* memory = attention.scratch[worker]!.Data;
            float* valuePanels = memory + layout.ValuePanels, keyPanels = memory + layout.KeyPanels, keyColumns = memory + layout.KeyColumns, scores = memory + layout.Scores, slopes = memory + layout.Slopes;
            float* packedA = memory + layout.PackedA, packedB = memory + layout.PackedB, edge = memory + layout.Edge;
            long keyAt = (long)segment.FirstRow * keyStride + group * width;
            float* keys = (float*)k + keyAt, values = (float*)v + keyAt, keyGradient = (float*)dk + keyAt, valueGradient = (float*)dv + keyAt;
            float scale = 1 / MathF.Sqrt(width);

            // k^T and v^T as panels of keys, for q k^T and do v^T; k as panels of its columns, for dS k.
            for (int j = 0; j < count; j += panel)
            {
                Packing.Pack(new Operand(keys + (long)j * keyStride, keyStride), Math.Min(panel, count - j), width, keyPanels + (long)j * width, panel);
                Packing.Pack(new Operand(values + (long)j * keyStride, keyStride), Math.Min(panel, count - j), width, valuePanels + (long)j * width, panel);
            }
            for (int d = 0; d < width; d += panel)
                Packing.Pack(new Operand(keys + d, keyStride, true), Math.Min(panel, width - d), count, keyColumns + (long)d * count, panel);

            for (int head = group * perGroup; head < (group + 1) * perGroup; head++)
                for (int t = 0; t < count; t += attention.BackwardRows)
                {
                    int rows = Math.Min(attention.BackwardRows, count - t);
                    // Keys that any of these rows attends to.
                    int begin = FirstKey(t, window) / panel * panel, visible = t + rows - begin;
                    long at = (long)(segment.FirstRow + t) * queryStride + head * width;
                    Operand query = new((float*)q + at, queryStride), outer = new((float*)dO + at, queryStride);

                    Gemm.PackRowBlocks(kernel, query, 0, rows, width, packedA);
                    Gemm.MultiplyBlock(kernel, packedA, width, 0, 0, rows, keyPanels + (long)begin * width, (long)width * panel, visible, width, scores, layout.Keys, false, edge);
                    Gemm.PackRowBlocks(kernel, outer, 0, rows, width, packedA);
                    Gemm.MultiplyBlock(kernel, packedA, width, 0, 0, rows, valuePanels + (long)begin * width, (long)width * panel, visible, width, slopes, layout.Keys, false, edge);
                    for (int r = 0; r < rows; r++)
                    {
                        long row = segment.FirstRow + t + r;
                        float logSum = ((float*)logSums)[row * heads + head];
                        float drift = Dot((float*)dO + at + (long)r * queryStride, (float*)o + at + (long)r * queryStride, width);
                        Slope(scores + (long)r * layout.Keys, slopes + (long)r * layout.Keys, FirstKey(t + r, window) - begin, t + r + 1 - begin, visible, scale, logSum, drift);
                    }

                    PackColumns((float*)dO + at, queryStride, rows, width, packedB, panel);
                    Gemm.PackRowBlocks(kernel, new Operand(scores, layout.Keys, true), 0, visible, rows, packedA);
                    Gemm.MultiplyBlock(kernel, packedA, rows, 0, 0, visible, packedB, (long)rows * panel, width, rows, valueGradient + (long)begin * keyStride, keyStride, true, edge);

                    PackColumns((float*)q + at, queryStride, rows, width, packedB, panel);
                    Gemm.PackRowBlocks(kernel, new Operand(slopes, layout.Keys, true), 0, visible, rows, packedA);
                    Gemm.MultiplyBlock(kernel, packedA, rows, 0, 0, visible, packedB, (long)rows * panel, width, rows, keyGradient + (long)begin * keyStride, keyStride, true, edge);

                    Gemm.PackRowBlocks(kernel, new Operand(slopes, layout.Keys), 0, rows, visible, packedA);
                    Gemm.MultiplyBlock(kernel, packedA, visible, 0, 0, rows, keyColumns + (long)begin * panel, (long)count * panel, width, visible, (float*)dq + at, queryStride, true, edge);
                }
        }

        static void PackColumns(float* source, int stride, int rows, int width, float* packed, int panel)
        {
            for (int d = 0; d < width; d += panel)
                Packing.Pack(new Operand(source + d, stride, true), Math.Min(panel, width - d), rows, packed + (long)d * rows, panel);
        }

        /// <summary>scores becomes P, slopes (do v^T) becomes dS; both are zero outside [first, count), what the row attends to.</summary>
        static void Slope(float* scores, float* slopes, int first, int count, int visible, float scale, float logSum, float drift)
        {
            for (int j = first; j < count; j += Lanes)
            {
                int left = count - j;
                Vector512<float> p = Exp(Vector512.FusedMultiplyAdd(Load(scores + j, left), Vector512.Create(scale), Vector512.Create(-logSum)));
                Store(p, scores + j, left);
                Store(p * (Load(slopes + j, left) - Vector512.Create(drift)) * scale, slopes + j, left);
            }
            new Span<float>(scores, first).Clear();
            new Span<float>(slopes, first).Clear();
            new Span<float>(scores + count, visible - count).Clear();
            new Span<float>(slopes + count, visible - count).Clear();
        }
    }
}

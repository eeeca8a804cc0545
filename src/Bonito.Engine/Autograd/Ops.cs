using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Autograd;

/// <summary>
/// The operations that models are written in. With a <see cref="Tape"/> each one that comes after something trained records its
/// backward pass and its output keeps a gradient; otherwise nothing is recorded and nothing is allocated but from the arena. Frozen
/// weights, and what no trained weight comes before, have no gradient, and backward passes leave it out. Outputs live until the arena
/// is reset.
/// This is the seam for another device: models know nothing below it, kernels nothing above it.
/// </summary>
public sealed unsafe partial class Ops : IDisposable
{
    // Rows whose logits exist at once while a loss is computed.
    const int LossRows = 256;

    readonly Attention attention;
    readonly QuantizedGemm quantizedGemm;

    /// <param name="arena">Memory shared with other operations that take turns with these; null takes memory of their own.</param>
    public Ops(WorkerPool pool, Tape? tape = null, MicroKernel? kernel = null, Arena? arena = null)
    {
        Arena = arena ?? new Arena();
        Pool = pool;
        Tape = tape;
        Training = tape != null;
        Gemm = new Gemm(pool, kernel);
        attention = new Attention(pool, Gemm.Kernel);
        quantizedGemm = new QuantizedGemm(pool);
    }

    public WorkerPool Pool { get; }

    /// <summary>What records the backward passes; null where nothing does.</summary>
    public Tape? Tape { get; private set; }

    /// <summary>Whether passes are those of training, also while nothing is recorded because a block runs again later.</summary>
    public bool Training { get; }

    public Gemm Gemm { get; }

    public Arena Arena { get; }

    /// <summary>Decides, with layer and token, what dropout drops: set for each pass of a training step, so that a pass made again drops the same.</summary>
    public ulong DropoutKey { get; set; }

    /// <summary>Rows of the table by id: [M, C].</summary>
    public Tensor Embedding(ReadOnlySpan<int> ids, Parameter table)
    {
        int rows = table.Tensor.Rows;
        foreach (int id in ids)
            if ((uint)id >= (uint)rows) throw new EngineException($"Token id {id} is outside the model's vocabulary of {rows}. The tokenizer and the model do not belong together.");
        int* copy = Arena.Integers(ids);
        Tensor y = Output(ids.Length, table.Tensor.Columns, table.Tensor.HasGradient);
        EmbeddingLookup.Forward(Pool, copy, table.Stored, y.Rows, y.Data);
        if (y.HasGradient) RecordEmbedding(copy, table.Tensor, y);
        return y;
    }

    /// <summary>Root mean square norm of each row: [M, C].</summary>
    public Tensor RmsNorm(Tensor x, Parameter weight, float epsilon)
    {
        Tensor y = Output(x.Rows, x.Columns, x.HasGradient || weight.Tensor.HasGradient);
        float* inverse = Arena.Floats(x.Rows);
        Kernels.RmsNorm.Forward(Pool, x.Data, weight.Tensor.Data, x.Rows, x.Columns, epsilon, y.Data, inverse);
        if (y.HasGradient) RecordRmsNorm(x, weight.Tensor, inverse, y);
        return y;
    }

    /// <summary>Root mean square norm of each head of each row: [M, heads * D], the weight [D].</summary>
    public Tensor HeadNorm(Tensor x, Parameter weight, float epsilon)
    {
        int width = weight.Tensor.Columns;
        Tensor heads = new(x.Data, x.Gradient, checked((int)(x.Count / width)), width);
        Tensor y = RmsNorm(heads, weight, epsilon);
        return new Tensor(y.Data, y.Gradient, x.Rows, x.Columns);
    }

    /// <summary>Turns the heads of x [M, heads * D] by their positions, in place.</summary>
    /// <exception cref="EngineException">A sequence is longer than the model's window.</exception>
    public void Rotary(Tensor x, TokenBatch batch, RotaryEmbedding rotary)
    {
        foreach (Segment s in batch.Segments)
            if (s.Past + s.Count > rotary.Positions) throw new EngineException($"A sequence of {s.Past + s.Count} tokens does not fit the model's window of {rotary.Positions}. Shorten it, or use a model with a wider window.");
        int* positions = Arena.Integers(batch.Positions);
        int heads = x.Columns / rotary.HeadWidth;
        rotary.Rotate(Pool, x.Data, positions, x.Rows, heads, back: false);
        if (Tape != null && x.HasGradient) RecordRotary(x, positions, heads, rotary);
    }

    /// <summary>Causal grouped-query attention, q [M, H * D], k and v [M, K * D] to [M, H * D]; k and v enter the cache.</summary>
    /// <param name="window">How many of the latest tokens, itself included, a token attends to.</param>
    public Tensor Attention(Tensor q, Tensor k, Tensor v, TokenBatch batch, KvCache cache, int layer, int window = int.MaxValue)
    {
        if (cache.PanelWidth != Gemm.Kernel.PanelWidth)
            throw new InvalidOperationException($"The cache was made for panels of {cache.PanelWidth}, the {Gemm.Kernel} kernels read panels of {Gemm.Kernel.PanelWidth}.");
        foreach (Segment s in batch.Segments)
            if ((uint)s.Slot >= (uint)cache.Slots || s.Past + s.Count > cache.Capacity)
                throw new InvalidOperationException($"{s.Past + s.Count} tokens in slot {s.Slot} do not fit a cache of {cache.Slots} slots of {cache.Capacity} tokens.");
        int heads = q.Columns / cache.HeadWidth;
        Tensor y = Output(q.Rows, q.Columns, q.HasGradient || k.HasGradient || v.HasGradient);
        float* logSums = !y.HasGradient ? null : Arena.Floats((long)q.Rows * heads);
        attention.Forward(q.Data, k.Data, v.Data, batch, cache, layer, heads, window, y.Data, logSums);
        if (y.HasGradient) RecordAttention(q, k, v, batch, cache.Heads, cache.HeadWidth, window, logSums, y);
        return y;
    }

    /// <summary>silu(gate) * up: [M, F].</summary>
    public Tensor SwiGlu(Tensor gate, Tensor up)
    {
        Tensor y = Output(gate.Rows, gate.Columns, gate.HasGradient || up.HasGradient);
        Kernels.SwiGlu.Forward(Pool, gate.Data, up.Data, gate.Count, y.Data);
        if (y.HasGradient) RecordSwiGlu(gate, up, y);
        return y;
    }

    /// <summary>a + b, of the same shape.</summary>
    public Tensor Add(Tensor a, Tensor b)
    {
        Tensor y = Output(a.Rows, a.Columns, a.HasGradient || b.HasGradient);
        Addition.Forward(Pool, a.Data, b.Data, a.Count, y.Data);
        if (y.HasGradient) RecordAdd(a, b, y);
        return y;
    }

    /// <summary>Copies chosen rows, for inference: [rows.Length, C].</summary>
    public Tensor Rows(Tensor x, ReadOnlySpan<int> rows)
    {
        if (Tape != null) throw new InvalidOperationException("Rows has no backward pass.");
        Tensor y = Output(rows.Length, x.Columns, gradient: false);
        for (int i = 0; i < rows.Length; i++) x.Row(rows[i]).CopyTo(y.Row(i));
        return y;
    }

    /// <summary>Log-probabilities of chosen ids after each row, log softmax(x · W^T), for inference: logits exist for a block of rows at a time only.</summary>
    /// <param name="x">[M, C], the normalised output of the last layer.</param>
    /// <param name="head">The output layer, W [V, C].</param>
    /// <param name="firsts">[M + 1], ascending from 0: where each row's ids begin.</param>
    /// <param name="ids">The chosen ids, those of one row after those of another.</param>
    /// <param name="logProbabilities">Receives one for each of the ids.</param>
    public void LogProbabilities(Tensor x, Linear head, ReadOnlySpan<int> firsts, ReadOnlySpan<int> ids, Span<float> logProbabilities)
    {
        if (Tape != null) throw new InvalidOperationException("LogProbabilities has no backward pass.");
        foreach (int id in ids)
            if ((uint)id >= (uint)head.Outputs) throw new EngineException($"Token id {id} is outside the model's vocabulary of {head.Outputs}. The tokenizer and the model do not belong together.");
        int* first = Arena.Integers(firsts), chosen = Arena.Integers(ids);
        float* results = Arena.Floats(ids.Length), logits = Arena.Floats((long)Math.Min(LossRows, x.Rows) * head.Outputs);
        for (int row = 0; row < x.Rows; row += LossRows)
        {
            int rows = Math.Min(LossRows, x.Rows - row);
            Product(new Tensor(x.Data + (long)row * head.Inputs, null, rows, head.Inputs), head, logits);
            LogProbability.Run(Pool, logits, first + row, chosen, rows, head.Outputs, results);
        }
        new ReadOnlySpan<float>(results, ids.Length).CopyTo(logProbabilities);
    }

    /// <summary>
    /// Sum over rows of weight * cross-entropy of softmax(x · W^T) against the targets. With a tape the gradients of x and W
    /// that are kept, times <paramref name="scale"/>, are added at once: logits exist for a block of rows at a time only.
    /// </summary>
    /// <param name="x">[M, C], the normalised output of the last layer.</param>
    /// <param name="head">The output layer, W [V, C].</param>
    /// <param name="targets">[M]: the id that should follow each token; ignored where the weight is 0.</param>
    /// <param name="weights">[M]: the label mask, 1 or 0.</param>
    /// <param name="scale">Factor of the gradients, such as 1 / (target tokens of the step).</param>
    /// <param name="rowLosses">[M] or empty: receives weight * cross-entropy of each row.</param>
    public double CrossEntropy(Tensor x, Linear head, ReadOnlySpan<int> targets, ReadOnlySpan<float> weights, float scale, Span<float> rowLosses = default)
    {
        int vocabulary = head.Outputs, width = head.Inputs;
        for (int i = 0; i < x.Rows; i++)
            if (weights[i] != 0 && (uint)targets[i] >= (uint)vocabulary) throw new EngineException($"Target {targets[i]} of row {i} is outside the model's vocabulary of {vocabulary}. The tokenizer and the model do not belong together.");
        Tensor w = head.Weight.Tensor;
        bool gradient = Tape != null && (x.HasGradient || w.HasGradient);
        float* logits = Arena.Floats((long)LossRows * vocabulary);
        float* losses = Arena.Floats(LossRows);
        double total = 0;
        for (int first = 0; first < x.Rows; first += LossRows)
        {
            int rows = Math.Min(LossRows, x.Rows - first);
            Product(new Tensor(x.Data + (long)first * width, null, rows, width), head, logits);
            fixed (int* target = targets)
            fixed (float* weight = weights)
                Kernels.CrossEntropy.Run(Pool, logits, target + first, weight + first, rows, vocabulary, scale, gradient, losses);
            for (int i = 0; i < rows; i++) total += losses[i];
            if (!rowLosses.IsEmpty) new ReadOnlySpan<float>(losses, rows).CopyTo(rowLosses[first..]);
            if (!gradient) continue;
            Tensor part = new(x.Data + (long)first * width, x.HasGradient ? x.Gradient + (long)first * width : null, rows, width);
            LinearBackward(part, head.Weight, logits);
        }
        return total;
    }

    public void Dispose()
    {
        Gemm.Dispose();
        quantizedGemm.Dispose();
        attention.Dispose();
        Arena.Dispose();
    }

    /// <summary>A tensor for a result, with a gradient where there is a tape and something trained comes before it.</summary>
    Tensor Output(int rows, int columns, bool gradient) => Arena.Tensor(rows, columns, gradient && Tape != null);

    /// <summary>The gradient, or zeros to be forgotten where none is kept, for kernels that write several gradients at once.</summary>
    float* GradientOrScratch(Tensor x) => x.HasGradient ? x.Gradient : Arena.Tensor(x.Rows, x.Columns, gradient: true).Gradient;

    // A lambda's captured variables are allocated when its method is entered: separate methods keep inference free of that.
    void RecordEmbedding(int* ids, Tensor table, Tensor y) => Tape!.Record(() =>
        EmbeddingLookup.Backward(Pool, ids, y.Gradient, y.Rows, y.Columns, table.Gradient));

    void RecordRmsNorm(Tensor x, Tensor weight, float* inverse, Tensor y) => Tape!.Record(() =>
        Kernels.RmsNorm.Backward(Pool, x.Data, weight.Data, inverse, y.Gradient, x.Rows, x.Columns, x.Gradient, weight.Gradient));

    void RecordRotary(Tensor x, int* positions, int heads, RotaryEmbedding rotary) => Tape!.Record(() =>
        rotary.Rotate(Pool, x.Gradient, positions, x.Rows, heads, back: true));

    void RecordAttention(Tensor q, Tensor k, Tensor v, TokenBatch batch, int groups, int width, int window, float* logSums, Tensor y) => Tape!.Record(() =>
    {
        (int, long) start = Arena.Position;
        float* dq = GradientOrScratch(q), dk = GradientOrScratch(k), dv = GradientOrScratch(v);
        attention.Backward(q.Data, k.Data, v.Data, y.Data, logSums, y.Gradient, batch, q.Columns / width, groups, width, window, dq, dk, dv);
        Arena.Rewind(start);
    });

    void RecordSwiGlu(Tensor gate, Tensor up, Tensor y) => Tape!.Record(() =>
    {
        (int, long) start = Arena.Position;
        Kernels.SwiGlu.Backward(Pool, gate.Data, up.Data, y.Gradient, y.Count, GradientOrScratch(gate), GradientOrScratch(up));
        Arena.Rewind(start);
    });

    void RecordAdd(Tensor a, Tensor b, Tensor y) => Tape!.Record(() =>
        Addition.Backward(Pool, y.Gradient, y.Count, a.Gradient, b.Gradient));
}

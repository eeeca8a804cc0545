using System.Diagnostics;
using System.Globalization;
using Bonito.Engine.Autograd;
using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Training;

namespace Bonito.Benchmarks;

/// <summary>
/// One optimiser step of QLoRA on the shape of Mistral 7B: NF4 weights, LoRA on all linear layers, blocks run again in the backward pass.
/// Seconds against the operations that the step needs, and the most memory that the process ever held.
/// </summary>
static class QloraBenchmark
{
    public static void Run(string[] args)
    {
        int layers = Number(args, 0, 32), tokens = Number(args, 1, 512), bits = Number(args, 2, 8), rank = Number(args, 3, 64), steps = Number(args, 4, 1);
        LlamaConfig config = ModelBenchmark.Shape("7B") with { NumHiddenLayers = layers };
        using WorkerPool pool = new();
        long start = Stopwatch.GetTimestamp();
        using Llama model = new(config, new RandomNF4Checkpoint(config));
        model.AddLora(new LoraOptions { Rank = rank, Alpha = 16 }, 1);
        // As after some steps: with B of zeros there is no gradient of A.
        Random random = new(2);
        foreach (Parameter p in model.Trainable)
            if (p.Name.Contains("lora_B", StringComparison.Ordinal))
                foreach (ref float value in p.Tensor.Values) value = 0.01f * (random.NextSingle() - 0.5f);
        using AdamW optimizer = new(pool, model.Trainable, bits);
        using Ops ops = new(pool, new Tape()) { Checkpointing = true };
        using KvCache cache = new(config, ops.Gemm.Kernel, 1, tokens, keep: false);
        TokenBatch batch = new();
        batch.Add(0, 0, [.. Enumerable.Range(0, tokens).Select(_ => random.Next(config.VocabSize))]);
        int[] targets = [.. Enumerable.Range(0, tokens).Select(_ => random.Next(config.VocabSize))];
        float[] weights = [.. Enumerable.Repeat(1f, tokens)];
        Print($"{layers} layers, {model.ParameterCount / 1e9:F2} billion weights and {model.Trainable.Sum(p => p.Tensor.Count) / 1e6:F1} million trained, {bits} bits a moment; made in {Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s");
        Print($"decoding all weights once: {Decode(pool, model):F2} s");
        TrainingOptions options = new();
        for (int step = 1; step <= steps; step++)
        {
            double peak = Limits.FmaPeak(pool);
            start = Stopwatch.GetTimestamp();
            ops.Arena.Reset();
            model.ZeroGradients();
            Tensor hidden = model.Forward(ops, batch, cache);
            double forward = Stopwatch.GetElapsedTime(start).TotalSeconds;
            double loss = ops.CrossEntropy(hidden, model.Head, targets, weights, 1f / tokens);
            double head = Stopwatch.GetElapsedTime(start).TotalSeconds - forward;
            ops.Tape!.Backward();
            double backward = Stopwatch.GetElapsedTime(start).TotalSeconds - forward - head;
            double norm = optimizer.Step(step, options);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds, work = Operations(model, tokens), after = Limits.FmaPeak(pool);
            Print($"step {step}: 1 x {tokens} tokens in {seconds:F2} s (forward {forward:F2}, loss {head:F2}, again and backward {backward:F2}, optimiser {seconds - forward - head - backward:F2}), loss {loss / tokens:F3}, norm {norm:G3}");
            Print($"  {work * 1e-12:F2} T operations, {work / seconds * 1e-9:F0} G a second = {work / seconds * 1e-9 / Math.Max(peak, after):P0} of the FMA peak {peak:F0} before and {after:F0} after");
            Print($"  {string.Join(", ", File.ReadLines("/proc/self/status").Where(l => l.StartsWith("VmHWM", StringComparison.Ordinal) || l.StartsWith("RssAnon", StringComparison.Ordinal)))}; activations {ops.Arena.Capacity * 4 / 1048576.0:F0} MiB, keys and values {cache.Bytes / 1048576.0:F0} MiB");
        }
    }

    /// <summary>
    /// What the step needs: the frozen products forward, again, and for the gradient of their input; LoRA's two products forward and again, and four
    /// backward; the head forward and for its input; attention's two forward, again, and five backward.
    /// </summary>
    static double Operations(Llama model, int tokens)
    {
        LlamaConfig config = model.Config;
        double head = (double)config.VocabSize * config.HiddenSize;
        double frozen = model.Parameters.Where(p => p.Name.Contains("_proj", StringComparison.Ordinal)).Sum(p => (double)p.Tensor.Count);
        double trained = model.Trainable.Sum(p => (double)p.Tensor.Count);
        double attention = (double)tokens * (tokens + 1) / 2 * config.QueryWidth * config.NumHiddenLayers;
        return 2.0 * tokens * (3 * frozen + 4 * trained + 2 * head) + 2 * attention * (2 + 2 + 5);
    }

    static unsafe double Decode(WorkerPool pool, Llama model)
    {
        StoredMatrix[] matrices = [.. model.Parameters.Where(p => p.Stored.Type == DType.NF4).Select(p => p.Stored)];
        const int Rows = 384;
        using NativeBuffer stripe = new((long)Rows * matrices.Max(m => m.Columns));
        long start = Stopwatch.GetTimestamp();
        foreach (StoredMatrix m in matrices)
            for (int row = 0; row < m.Rows; row += Rows) RowDecoding.Run(pool, m, row, Math.Min(Rows, m.Rows - row), stripe.Data);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    static void Print(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    static int Number(string[] args, int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
}

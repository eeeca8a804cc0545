using System.Diagnostics;
using System.Globalization;
using Bonito.Engine.Autograd;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Benchmarks;

/// <summary>
/// Whole models of random weights: a prompt of 512 tokens, and decoding of 1 to 64 sequences after contexts of 256 tokens, for each weight
/// format. Prompts are set against the fused multiply-add peak, decoding against the read bandwidth too. Medians of interleaved rounds.
/// </summary>
static unsafe class ModelBenchmark
{
    const int Context = 256, Decoded = 8;

    // A model of billions of weights takes a minute for what a small one does in a second.
    const long Large = 500_000_000, Huge = 3_000_000_000;

    /// <summary>The shapes of this project's figures; "7B" is Mistral 7B's.</summary>
    public static LlamaConfig Shape(string name) => name switch
    {
        "160M" => Make(32000, 768, 12, 12, 4, 2048),
        "1.1B" => Make(32000, 2048, 22, 32, 4, 5632),
        "7B" => Make(32000, 4096, 32, 32, 8, 14336),
        _ => throw new ArgumentException($"Unknown model shape {name}: 160M, 1.1B or 7B."),
    };

    public static void Run(string[] args)
    {
        string name = args.Length > 0 ? args[0] : "160M";
        string[] mixes = args.Length > 1 ? args[1..] : ["F32", "BF16", "F16", "Q8_0", "Q4_0", "Q4_K_M"];
        using WorkerPool pool = new();
        using NativeBuffer memory = new(1 << 26);
        new Span<float>(memory.Data, 1 << 26).Fill(1);
        Console.WriteLine($"{name}, {pool.Threads} threads, medians of interleaved rounds");
        Console.WriteLine("| weights | what | tokens/s | G operations/s | % of FMA peak | GB/s | % of bandwidth |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        if (name.EndsWith(".gguf", StringComparison.Ordinal))
        {
            long start = Stopwatch.GetTimestamp();
            GgufCheckpoint checkpoint = GgufCheckpoint.Open(name);
            using Llama model = new(checkpoint.Config, checkpoint);
            Console.WriteLine($"ready after {Stopwatch.GetElapsedTime(start).TotalSeconds:F2} s");
            Measure(model, "file", pool, memory);
            return;
        }
        foreach (string mix in mixes)
        {
            using Llama model = new(Shape(name), new RandomCheckpoint(Shape(name), Mix(mix)));
            Measure(model, mix, pool, memory);
        }
    }

    /// <summary>Writes a GGUF file of random weights.</summary>
    public static void Make(string[] args)
    {
        LlamaConfig config = Shape(args[0]);
        using RandomCheckpoint checkpoint = new(config, Mix(args[1]));
        ModelWriter.WriteGguf(args[2], checkpoint, config, GgufConfig.Write("random weights", config), Mix(args[1]));
    }

    static WeightMix Mix(string name) => WeightMix.Find(name) ?? throw new ArgumentException($"Unknown weights {name}: {string.Join(", ", WeightMix.All)}.");

    /// <summary>What Linux says of this process: all resident memory, and the part that is not pages of mapped files.</summary>
    static string ResidentMemory() => string.Join(", ", File.ReadLines("/proc/self/status").Where(l => l.StartsWith("VmHWM", StringComparison.Ordinal) || l.StartsWith("VmRSS", StringComparison.Ordinal) || l.StartsWith("RssAnon", StringComparison.Ordinal)));

    static void Measure(Llama model, string type, WorkerPool pool, NativeBuffer memory)
    {
        LlamaConfig config = model.Config;
        bool large = model.ParameterCount > Large, huge = model.ParameterCount > Huge;
        int[] batchSizes = huge ? [1, 8] : large ? [1, 8, 32] : [1, 8, 16, 32, 64];
        int prompt = huge ? 64 : 512, rounds = large ? 5 : 9;
        using Ops ops = new(pool);
        using KvCache cache = new(config, ops.Gemm.Kernel, batchSizes[^1], 512);
        TokenBatch batch = new();
        int[] tokens = [.. Enumerable.Range(0, prompt).Select(i => i * 7919 % config.VocabSize)];
        double embedding = (double)config.VocabSize * config.HiddenSize, matrices = model.Parameters.Where(p => p.Shape.Count == 2).Sum(p => (double)p.Tensor.Count) - embedding;
        double bytes = model.Parameters.Where(p => p.Shape.Count == 2).Skip(1).Sum(p => (double)p.Stored.Bytes);
        // The first round packs the weights and compiles the kernels; it is not counted.
        Machine machine = new(pool, memory);
        Timings[] timings = [.. batchSizes.Prepend(0).Select(_ => new Timings())];
        for (int round = 0; round <= rounds; round++)
        {
            for (int i = 0; i <= batchSizes.Length; i++)
            {
                int size = i == 0 ? 1 : batchSizes[i - 1], steps = i == 0 ? 1 : Decoded;
                Timing timing = machine.Time(() =>
                {
                    long start = Stopwatch.GetTimestamp();
                    for (int step = 0; step < steps; step++)
                    {
                        batch.Clear();
                        if (i == 0) batch.Add(0, 0, tokens);
                        else
                            for (int slot = 0; slot < size; slot++) batch.Add(slot, Context + step, tokens.AsSpan(slot, 1));
                        ops.Arena.Reset();
                        Tensor hidden = model.Forward(ops, batch, cache);
                        // Of a prompt only the last token's logits are needed.
                        model.Logits(ops, i == 0 ? ops.Rows(hidden, [prompt - 1]) : hidden);
                    }
                    return Stopwatch.GetElapsedTime(start).TotalSeconds / steps;
                });
                if (round > 0) timings[i].Add(timing);
                if (huge && round == 0) Console.WriteLine($"{(i == 0 ? $"prompt of {prompt}" : $"decoding {batchSizes[i - 1]}")}: {ResidentMemory()}");
            }
        }
        for (int i = 0; i <= batchSizes.Length; i++)
        {
            int size = i == 0 ? prompt : batchSizes[i - 1];
            // Two operations a weight and token, and attention's two products over the visible keys.
            double visible = i == 0 ? (prompt + 1) / 2.0 : Context + Decoded / 2.0;
            double work = 2 * size * (i == 0 ? matrices - embedding : matrices) + 4.0 * size * visible * config.QueryWidth * config.NumHiddenLayers;
            (double operations, double ofPeak, double peak) = timings[i].Operations(work);
            (double read, double ofBandwidth, double bandwidth) = timings[i].Bytes(bytes);
            string what = i == 0 ? $"prompt of {prompt}" : $"decoding {size}";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {type} | {what} | {size / timings[i].Seconds:F1} | {operations:F0} | {ofPeak:P0} of {peak:F0} | {read:F1} | {ofBandwidth:P0} of {bandwidth:F1} |"));
        }
    }

    static LlamaConfig Make(int vocabulary, int width, int layers, int heads, int keyHeads, int inner) => new()
    {
        VocabSize = vocabulary,
        HiddenSize = width,
        NumHiddenLayers = layers,
        NumAttentionHeads = heads,
        NumKeyValueHeads = keyHeads,
        IntermediateSize = inner,
        MaxPositionEmbeddings = 4096,
    };
}

using System.Globalization;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Training;

namespace Bonito.Benchmarks;

/// <summary>
/// Training tokens/s of random examples, and the share of the fused multiply-add peak, measured before each step, that the step's
/// products make use of.
/// </summary>
static class TrainingBenchmark
{
    const int WarmUp = 2;

    /// <param name="args">A workload (7M, 160M, 160M-lora; default 7M) and the number of steps.</param>
    public static void Run(string[] args)
    {
        string workload = args.Length > 0 ? args[0] : "7M";
        int steps = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 12;
        bool lora = workload.EndsWith("-lora", StringComparison.Ordinal);
        string shape = lora ? workload[..^"-lora".Length] : workload;
        (LlamaConfig config, int batch, int length) = shape == "7M" ? (Small, 16, 256) : (ModelBenchmark.Shape(shape), 4, 256);
        using WorkerPool pool = new();
        using Llama model = Make(config, lora);
        Random random = new(2);
        TrainingExample[] examples = [.. Enumerable.Range(0, batch * 4).Select(_ => new TrainingExample([.. Enumerable.Range(0, length + 1).Select(_ => random.Next(config.VocabSize))], 1))];
        TrainingOptions options = new() { MaxSteps = steps, BatchSize = batch, SaveSteps = steps + 1, EvaluationSteps = steps + 1 };
        using Trainer trainer = new(model, pool, options, examples, []);
        string folder = Directory.CreateTempSubdirectory("bonito-bench").FullName;
        List<double> rates = [], shares = [];
        double operations = Operations(model, length, lora), peak = Limits.FmaPeak(pool);
        try
        {
            trainer.Run(folder, new TrainingObserver(m =>
            {
                if (m.Step > WarmUp)
                {
                    rates.Add(m.TokensPerSecond);
                    shares.Add(m.TokensPerSecond * operations * 1e-9 / peak);
                }
                peak = Limits.FmaPeak(pool);
            }), CancellationToken.None);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        double rate = Median(rates);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{workload}, {model.ParameterCount / 1e6:F1}M parameters, batch {batch} x {length}: {rate:F0} tokens/s (median of {rates.Count}), {rate * operations * 1e-9:F0} GFLOPS = {Median(shares):P0} of the FMA peak"));
    }

    static LlamaConfig Small { get; } = new()
    {
        VocabSize = 8192,
        HiddenSize = 256,
        IntermediateSize = 672,
        NumHiddenLayers = 6,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 4,
        MaxPositionEmbeddings = 512,
        TieWordEmbeddings = true,
    };

    static Llama Make(LlamaConfig config, bool lora)
    {
        if (!lora)
        {
            Llama full = new(config, gradients: true);
            full.Initialise(1);
            return full;
        }
        Llama model = new(config, new RandomCheckpoint(config, WeightMix.Find("F32")!));
        model.AddLora(new LoraOptions { Rank = 16, Alpha = 32 }, 1);
        return model;
    }

    /// <summary>
    /// Operations of a token's step: for every weight of a product two forward, two for the gradient of the input and, where it is
    /// trained, two for its own; attention between L tokens, of which half are seen, four of L / 2 times its width forward and twice
    /// that backward. A table of embeddings is no product; one tied to the head counts as the head.
    /// </summary>
    static double Operations(Llama model, int length, bool lora)
    {
        LlamaConfig config = model.Config;
        double matrices = model.Parameters.Where(p => p.Shape.Count == 2).Sum(p => (double)p.Tensor.Count);
        if (!config.TieWordEmbeddings) matrices -= (double)config.VocabSize * config.HiddenSize;
        double adapter = lora ? model.Trainable.Sum(p => (double)p.Tensor.Count) : 0;
        return (lora ? 4 : 6) * matrices + 6 * adapter + 3.0 * 4 * length / 2 * config.QueryWidth * config.NumHiddenLayers;
    }

    static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}

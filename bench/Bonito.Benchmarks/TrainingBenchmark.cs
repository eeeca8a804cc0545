using System.Globalization;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Training;

namespace Bonito.Benchmarks;

/// <summary>Training tokens/s of random examples, with the share of the machine's fused multiply-add peak that it makes use of.</summary>
static class TrainingBenchmark
{
    public static void Run(string[] args)
    {
        int vocabulary = Number(args, 0, 8192), width = Number(args, 1, 256), layers = Number(args, 2, 6), batch = Number(args, 3, 16), length = Number(args, 4, 256), steps = Number(args, 5, 12);
        LlamaConfig config = new()
        {
            VocabSize = vocabulary,
            HiddenSize = width,
            IntermediateSize = width * 8 / 3 / 16 * 16,
            NumHiddenLayers = layers,
            NumAttentionHeads = width / 64,
            NumKeyValueHeads = width / 64,
            MaxPositionEmbeddings = Math.Max(512, length),
            TieWordEmbeddings = true,
        };
        using WorkerPool pool = new();
        using Llama model = new(config, gradients: true);
        model.Initialise(1);
        Random random = new(2);
        TrainingExample[] examples = [.. Enumerable.Range(0, batch * 4).Select(_ => new TrainingExample([.. Enumerable.Range(0, length + 1).Select(_ => random.Next(vocabulary))], 1))];
        TrainingOptions options = new() { MaxSteps = steps, BatchSize = batch, SaveSteps = steps + 1, EvaluationSteps = steps + 1 };
        using Trainer trainer = new(model, pool, options, examples, []);
        string folder = Directory.CreateTempSubdirectory("bonito-bench").FullName;
        List<double> rates = [], peaks = [];
        try
        {
            TrainingObserver observer = new(m =>
            {
                if (m.Step > 2) rates.Add(m.TokensPerSecond);
                peaks.Add(Limits.FmaPeak(pool));
            });
            trainer.Run(folder, observer, CancellationToken.None);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
        rates.Sort();
        peaks.Sort();
        double rate = rates[rates.Count / 2], peak = peaks[peaks.Count / 2];
        // 6 x parameters (the tied table counts once, as the output layer) plus attention: 12 x layers x width x length / 2 x 3.5 / 3 is left out.
        double work = 6.0 * model.ParameterCount * rate * 1e-9;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model.ParameterCount / 1e6:F1}M parameters, batch {batch} x {length}: {rate:F0} tokens/s (median of {rates.Count}), {work:F0} GFLOPS = {work / peak:P0} of the FMA peak {peak:F0}"));
    }

    static int Number(string[] args, int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
}

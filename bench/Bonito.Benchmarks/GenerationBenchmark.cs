using System.Diagnostics;
using System.Globalization;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Generation;
using Bonito.Engine.Generation.Constraints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;

namespace Bonito.Benchmarks;

/// <summary>
/// Generation tokens/s of a model folder or of a random model: prompts alone, and decoding after a shared prompt at default
/// sampling. Next to them the share of the machine's fused multiply-add peak (prompts are bound by it) and the weights read
/// in a second (what decoding few sequences is bound by). Medians of interleaved rounds.
/// </summary>
static class GenerationBenchmark
{
    const int Rounds = 3, PromptLength = 256, WrittenLength = 128;

    public static void Run(string[] args)
    {
        (Llama model, Tokenizer tokenizer) = args.Length > 0 && !int.TryParse(args[0], out _) ? ModelFolder.Load(args[0]) : Random(args);
        using (model)
        {
            using WorkerPool pool = new();
            int[] batchSizes = [1, 8, 32];
            List<Round>[] rounds = [.. batchSizes.Select(_ => new List<Round>())];
            List<double> peaks = [];
            // The first round warms up.
            for (int round = 0; round <= Rounds; round++)
                for (int i = 0; i < batchSizes.Length; i++)
                {
                    Round measured = Measure(model, tokenizer, pool, batchSizes[i]);
                    if (round > 0) rounds[i].Add(measured);
                    peaks.Add(Limits.FmaPeak(pool));
                }
            double peak = Median(peaks);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{model.ParameterCount / 1e6:F1}M parameters, {pool.Threads} threads, FMA peak {peak:F0} GFLOPS; prompts of {PromptLength} tokens, {WrittenLength} tokens written at most"));
            Console.WriteLine("| batch | prompt tokens/s | % of peak | written tokens/s | steps/s | weights GB/s |");
            Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
            for (int i = 0; i < batchSizes.Length; i++)
            {
                double prompt = Median(rounds[i].Select(r => r.PromptRate)), written = Median(rounds[i].Select(r => r.WrittenRate)), steps = written / batchSizes[i];
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {batchSizes[i]} | {prompt:F0} | {2e-9 * model.ParameterCount * prompt / peak:P0} | {written:F0} | {steps:F0} | {4e-9 * model.ParameterCount * steps:F1} |"));
            }
        }
    }

    static Round Measure(Llama model, Tokenizer tokenizer, WorkerPool pool, int batchSize)
    {
        using Generator generator = new(model, tokenizer, pool, batchSize);
        Random random = new(1);
        // A trained model ends at once where the prompt makes no sense, and there would be nothing to measure.
        Constraint? endless = model.Config.EosTokenId is null ? null : Constraint.TextUntil("\0 never written \0");
        GenerationRequest Request(int number, int samples) =>
            new($"{number}", [.. Enumerable.Range(0, PromptLength).Select(_ => random.Next(tokenizer.VocabularySize))], samples, endless);
        // Prompts that differ, of which nothing but one token is written.
        GenerationRequest[] prompts = [.. Enumerable.Range(0, Math.Max(8, batchSize)).Select(i => Request(i, 1))];
        long start = Stopwatch.GetTimestamp();
        foreach (Completion _ in generator.Generate(prompts, new SamplingOptions { MaxTokens = 1 })) { }
        double promptSeconds = Stopwatch.GetElapsedTime(start).TotalSeconds;

        // One prompt whose samples share its computation, more than the batch takes at once.
        foreach (Completion _ in generator.Generate([Request(-1, 2 * batchSize)], new SamplingOptions { MaxTokens = 1 })) { }
        GenerationStatistics before = generator.Statistics;
        foreach (Completion _ in generator.Generate([Request(-1, 2 * batchSize)], new SamplingOptions { MaxTokens = WrittenLength })) { }
        GenerationStatistics after = generator.Statistics;
        return new Round(
            prompts.Length * PromptLength / promptSeconds,
            (after.GeneratedTokens - before.GeneratedTokens) / (after.GenerationSeconds - before.GenerationSeconds));
    }

    static (Llama, Tokenizer) Random(string[] args)
    {
        int Number(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
        int vocabulary = Number(0, 8192), width = Number(1, 256), layers = Number(2, 8);
        Llama model = new(new LlamaConfig
        {
            VocabSize = vocabulary,
            HiddenSize = width,
            IntermediateSize = width * 8 / 3 / 16 * 16,
            NumHiddenLayers = layers,
            NumAttentionHeads = width / 64,
            NumKeyValueHeads = width / 64,
            MaxPositionEmbeddings = 1024,
            TieWordEmbeddings = true,
        });
        model.Initialise(1);
        // A vocabulary of the same size, from random words: sampling takes its time too.
        Random random = new(2);
        string Word() => string.Concat(Enumerable.Range(0, 12).Select(_ => (char)('a' + random.Next(26))));
        Tokenizer tokenizer = BpeTrainer.Train(Enumerable.Range(0, vocabulary).Select(_ => Word()), vocabulary, ["<s>", "</s>"], "<s>", minFrequency: 1);
        return (model, tokenizer);
    }

    static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted[sorted.Length / 2];
    }

    readonly record struct Round(double PromptRate, double WrittenRate);
}

using Bonito.Engine.Generation;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tests.Generation;
using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

/// <summary>Generating with the model while it learns: it writes what its weights of that step write, and learns what it would have learnt.</summary>
public sealed class SamplingWhileTrainingTests : IDisposable
{
    static readonly LlamaConfig Config = SmallRun.Config with { VocabSize = TinyModel.Tokenizer.VocabularySize, MaxPositionEmbeddings = 96 };
    static readonly SamplingOptions Sampling = new() { Temperature = 1, TopP = 1, MaxTokens = 12 };
    static readonly GenerationRequest[] Requests = [TinyModel.Request(1, 5, samples: 2), TinyModel.Request(2, 9)];

    readonly string folder = Directory.CreateTempSubdirectory("bonito-sampling").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Samples_are_those_of_the_step_and_do_not_change_training(bool adapter)
    {
        LoraOptions? lora = adapter ? new LoraOptions { Rank = 4, Dropout = 0.2f } : null;
        TrainingOptions options = SmallRun.Options with { LearningRate = 2e-2f, WeightDecay = 0, MaxSteps = 9, SaveSteps = 3, SampleSteps = 3, SaveTotalLimit = 9, EvaluationSteps = 2 };
        using SmallRun quiet = new(Path.Combine(folder, "quiet"), options, threads: 2, config: Config, lora: lora);
        quiet.Train();

        string run = Path.Combine(folder, "run");
        using SmallRun sampled = new(run, options, threads: 2, config: Config, lora: lora);
        using WorkerPool pool = new(1);
        using Generator generator = new(sampled.Model, TinyModel.Tokenizer, pool, 2);
        using Scorer scorer = new(sampled.Model, pool, 2);
        Dictionary<int, (string[] Texts, double Score)> written = [];
        sampled.Train(sample: step => written[step] = Look(generator, scorer));

        Assert.Equal(quiet.Weights(), sampled.Weights());
        Assert.Equal([3, 6, 9], written.Keys);
        Assert.NotEqual(written[3].Texts, written[9].Texts);
        foreach ((int step, (string[] texts, double score)) in written)
        {
            // A model of its own with the weights of the checkpoint.
            using SmallRun fresh = new(Path.Combine(folder, $"fresh {step}"), options, config: Config, lora: lora);
            fresh.Trainer.LoadWeights(run, step);
            using Generator again = new(fresh.Model, TinyModel.Tokenizer, pool, 3);
            using Scorer rescorer = new(fresh.Model, pool, 2);
            (string[] expected, double expectedScore) = Look(again, rescorer);
            Assert.Equal(expected, texts);
            Assert.Equal(expectedScore, score);
        }
    }

    static (string[] Texts, double Score) Look(Generator generator, Scorer scorer)
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string[] texts = TinyModel.Sorted(generator.Generate(Requests, Sampling, cancellation));
        return (texts, scorer.Score([[new Continuation([0, 5, 9, 14, 3], 2)]], cancellation).Single().Single().LogProbabilities.Sum(p => (double)p));
    }
}

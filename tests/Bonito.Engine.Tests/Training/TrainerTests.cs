using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

public sealed class TrainerTests : IDisposable
{
    static readonly LlamaConfig Config = SmallRun.Config;

    static readonly TrainingOptions Options = new()
    {
        MaxSteps = 20,
        BatchSize = 3,
        GradientAccumulationSteps = 2,
        LearningRate = 3e-3f,
        WarmupSteps = 4,
        SourceLossWeight = 0.3f,
        SaveSteps = 10,
        EvaluationSteps = 10,
    };

    readonly string folder = Directory.CreateTempSubdirectory("bonito-trainer").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Ten_steps_a_resume_and_ten_more_give_the_bits_of_twenty()
    {
        float[] whole = Train("whole", Options, threads: 2, stopAfter: null, out _);
        Train("parts", Options, threads: 2, stopAfter: 10, out int stopped);
        Assert.Equal(10, stopped);
        float[] parts = Train("parts", Options, threads: 2, stopAfter: null, out int finished);
        Assert.Equal(20, finished);
        Assert.Equal(whole, parts);
        Assert.Equal(Losses("whole"), Losses("parts"));
    }

    [Fact]
    public void A_stop_between_checkpoints_loses_nothing()
    {
        float[] whole = Train("whole", Options, threads: 1, stopAfter: null, out _);
        Train("parts", Options, threads: 1, stopAfter: 7, out _);
        Assert.Equal(whole, Train("parts", Options, threads: 1, stopAfter: null, out _));
    }

    [Fact]
    public void The_number_of_threads_does_not_change_a_bit()
    {
        float[] one = Train("one", Options, threads: 1, stopAfter: null, out _);
        Assert.Equal(one, Train("three", Options, threads: 3, stopAfter: null, out _));
    }

    [Fact]
    public void Training_learns_and_the_metrics_say_so()
    {
        Train("run", Options with { MaxSteps = 60, LearningRate = 1e-2f, WeightDecay = 0 }, threads: 2, stopAfter: null, out _);
        double[] losses = Losses("run");
        Assert.Equal(60, losses.Length);
        // Random ids cannot be predicted, but twelve examples can be learnt by heart.
        Assert.True(losses[^1] < 0.6 * losses[0], $"loss {losses[0]} at the first step, {losses[^1]} at the last");
    }

    [Fact]
    public void Accumulated_batches_weigh_each_token_alike()
    {
        // One batch of six examples of different lengths, or two of three: the same sums in another order.
        TrainingExample[] six = SmallRun.Examples(6);
        TrainingOptions once = Options with { MaxSteps = 1, BatchSize = 6, GradientAccumulationSteps = 1, SaveSteps = 1, WarmupSteps = 0 };
        float[] together = Train("together", once, 2, null, out _, six);
        float[] apart = Train("apart", once with { BatchSize = 3, GradientAccumulationSteps = 2 }, 2, null, out _, six);
        Assert.Equal(Metric("together", "loss")[0], Metric("apart", "loss")[0], 1e-5);
        // Adam's first step is nearly the sign of the gradient, so the norms are compared, not the weights.
        Assert.Equal(Metric("together", "gradient_norm")[0], Metric("apart", "gradient_norm")[0], 1e-4);
        Assert.NotEqual(together, apart.Select(w => w + 1));
    }

    [Fact]
    public void A_run_that_memory_is_not_there_for_is_refused_before_its_first_step()
    {
        // A hundred million tokens in a pass of a small model: 700 GiB.
        LlamaConfig config = Config with { MaxPositionEmbeddings = 1 << 20 };
        TrainingExample longest = new(new int[1 << 20], 1);
        using WorkerPool pool = new(1);
        using Llama model = new(config, gradients: true);
        EngineException e = Assert.Throws<EngineException>(() => new Trainer(model, pool, Options with { BatchSize = 100 }, [.. Enumerable.Repeat(longest, 100)], []));
        Assert.StartsWith("Training needs ", e.Message, StringComparison.Ordinal);
        Assert.Contains("activations of 104,857,500 tokens", e.Message, StringComparison.Ordinal);
        Assert.Contains(" are available.", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_example_beyond_the_window_is_refused_before_training()
    {
        TrainingExample longer = new(new int[Config.MaxPositionEmbeddings + 2], 1);
        using WorkerPool pool = new(1);
        using Llama model = new(Config, gradients: true);
        EngineException e = Assert.Throws<EngineException>(() => new Trainer(model, pool, Options, [longer], []));
        Assert.Contains("65 tokens", e.Message, StringComparison.Ordinal);
        Assert.Contains("64", e.Message, StringComparison.Ordinal);
    }

    float[] Train(string name, TrainingOptions options, int threads, int? stopAfter, out int step, TrainingExample[]? examples = null)
    {
        using SmallRun run = new(Path.Combine(folder, name), options, threads, examples);
        step = run.Train(stopAfter).Step;
        return run.Weights();
    }

    double[] Losses(string name) => Metric(name, "loss");

    double[] Metric(string name, string key) =>
        [.. File.ReadLines(Path.Combine(folder, name, "metrics.jsonl")).Select(l => System.Text.Json.JsonDocument.Parse(l).RootElement.GetProperty(key).GetDouble())];
}

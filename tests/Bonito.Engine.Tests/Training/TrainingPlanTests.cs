using Bonito.Engine.Autograd;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tests.Checkpoints;
using Bonito.Engine.Tests.Models;
using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

/// <summary>What a run takes is known before it runs.</summary>
public sealed class TrainingPlanTests
{
    // Near the shape of the shipped model; all parts have a weight of their own.
    static readonly LlamaConfig Small = new()
    {
        VocabSize = 600,
        HiddenSize = 96,
        IntermediateSize = 272,
        NumHiddenLayers = 5,
        NumAttentionHeads = 6,
        NumKeyValueHeads = 2,
        MaxPositionEmbeddings = 256,
        TieWordEmbeddings = true,
    };

    static readonly LlamaConfig Mistral = new()
    {
        VocabSize = 32000,
        HiddenSize = 4096,
        IntermediateSize = 14336,
        NumHiddenLayers = 32,
        NumAttentionHeads = 32,
        NumKeyValueHeads = 8,
        MaxPositionEmbeddings = 4096,
        TieWordEmbeddings = false,
    };

    [Theory]
    [InlineData(false, false, false)]
    [InlineData(false, true, false)]
    [InlineData(true, false, false)]
    [InlineData(true, true, false)]
    [InlineData(true, false, true)]
    [InlineData(true, true, true)]
    public void Activations_take_what_was_said_and_at_least_nine_tenths_of_it(bool adapter, bool checkpointing, bool quantised)
    {
        LoraOptions? lora = adapter ? new LoraOptions { Rank = 8, Dropout = 0.1f } : null;
        using WorkerPool pool = new(2);
        using Llama model = new(Small, gradients: !adapter);
        model.Initialise(1);
        if (quantised) model.Quantize(DType.NF4, pool);
        if (lora != null) model.AddLora(lora, 1);
        int[] lengths = [200, 256, 130, 77];
        long expected = TrainingMemory.Activations(Small, lora, quantised, checkpointing, lengths.Sum());
        Assert.False(Grows(expected), "more was taken than was said");
        Assert.True(Grows(expected * 9 / 10), "much less was taken than was said");

        bool Grows(long reserved)
        {
            using Ops ops = new(pool, new Tape()) { Checkpointing = checkpointing };
            ops.Arena.Reserve(reserved);
            long before = ops.Arena.Capacity;
            using KvCache cache = new(Small, ops.Gemm.Kernel, lengths.Length, 256, keep: false);
            TokenBatch batch = new();
            foreach (int length in lengths) batch.Add(batch.Segments.Length, 0, Enumerable.Range(0, length).ToArray());
            int[] targets = [.. Enumerable.Range(0, batch.Rows).Select(i => i % Small.VocabSize)];
            float[] weights = [.. Enumerable.Repeat(1f, batch.Rows)];
            ops.CrossEntropy(model.Forward(ops, batch, cache), model.Head, targets, weights, 1);
            ops.Tape!.Backward();
            Assert.Equal(cache.Bytes, sizeof(float) * TrainingMemory.Cache(Small, lengths));
            return ops.Arena.Capacity > before;
        }
    }

    [Fact]
    public void Parameters_steps_and_tokens_are_counted()
    {
        int[] lengths = [.. Enumerable.Range(0, 1000).Select(i => 100 + i % 100)];
        TrainingOptions options = new() { BatchSize = 8, GradientAccumulationSteps = 2, MaxSteps = 1000, NumTrainEpochs = 2 };
        TrainingPlan plan = new(Small, null, 0, options, lengths, long.MaxValue);
        using Llama model = new(Small);
        Assert.Equal((model.ParameterCount, model.ParameterCount), (plan.Parameters, plan.Trainable));
        Assert.Equal(16 * model.ParameterCount, plan.WeightBytes + plan.GradientBytes + plan.OptimizerBytes);
        Assert.Equal(lengths.Sum(), plan.TokensPerEpoch);
        Assert.Equal((62.5, 125), (plan.StepsPerEpoch, plan.Steps));
        Assert.Equal(TimeSpan.FromSeconds(2 * lengths.Sum() / 500.0), plan.Duration(500));
        Assert.Equal(8 * 199, plan.LargestBatchTokens);
        Assert.True(plan.Fits);
        plan.RequireMemory();

        LoraOptions lora = new() { Rank = 3, TargetModules = ["q_proj", "down_proj"] };
        TrainingPlan adapter = new(Small, lora, 7, options with { OptimizerStateBits = 8 }, lengths, long.MaxValue);
        model.AddLora(lora, 1);
        Assert.Equal(model.Trainable.Sum(p => p.Tensor.Count), adapter.Trainable);
        Assert.Equal(7 + 4 * adapter.Trainable, adapter.WeightBytes);
    }

    [Fact]
    public void Work_is_six_operations_for_each_weight_and_token_and_those_of_attention()
    {
        int[] lengths = [.. Enumerable.Repeat(64, 32)];
        TrainingOptions options = new() { BatchSize = 4 };
        double matrices = Llama.ExpectedTensors(Small).Where(t => t.Shape.Count == 2).Sum(t => (double)t.Shape[0] * t.Shape[1]);
        double attention = 4 * 2.0 * 64 * 64 * Small.QueryWidth * Small.NumHiddenLayers;
        double full = new TrainingPlan(Small, null, 0, options, lengths, 0).FlopsPerStep;
        Assert.Equal(6 * matrices * 256 + 3.5 * attention, full, full * 1e-9);
        double again = new TrainingPlan(Small, null, 0, options with { GradientCheckpointing = true }, lengths, 0).FlopsPerStep;
        Assert.Equal(8 * matrices * 256 + 4.5 * attention, again, full * 1e-9);
        LoraOptions lora = new() { Rank = 8 };
        TrainingPlan adapter = new(Small, lora, 0, options, lengths, 0);
        Assert.Equal((4 * matrices + 6 * adapter.Trainable) * 256 + 3.5 * attention, adapter.FlopsPerStep, full * 1e-9);
    }

    [Fact]
    public void Time_is_projected_from_the_rate_of_products()
    {
        using WorkerPool pool = new(1);
        double rate = ProductRate.Measure(pool);
        Assert.InRange(rate, 1e8, 1e13);
        TrainingPlan plan = new(Small, null, 0, new TrainingOptions { MaxSteps = 10 }, [64, 64], 0);
        Assert.InRange(plan.DurationAt(rate).TotalSeconds, 10 * plan.FlopsPerStep / rate, 20 * plan.FlopsPerStep / rate);
    }

    [Fact]
    public void What_cannot_fit_is_refused_with_the_numbers_and_what_would()
    {
        int[] lengths = [.. Enumerable.Repeat(512, 64)];
        TrainingOptions options = new() { BatchSize = 8 };
        const long Gibibyte = 1L << 30;
        EngineException e = Assert.Throws<EngineException>(() => new TrainingPlan(Mistral, null, 0, options, lengths, 24 * Gibibyte).RequireMemory());
        Assert.Contains("weights 26.98 GiB, gradients 26.98 GiB, optimiser states 53.96 GiB, activations of 4,096 tokens ", e.Message, StringComparison.Ordinal);
        Assert.Contains("24.00 GiB are available.", e.Message, StringComparison.Ordinal);
        Assert.Contains("QLoRA with gradient checkpointing", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LoRA of rank 16 over", e.Message.Split("QLoRA")[0].Replace("LoRA of rank 16 over weights of 16 bits and passes", "", StringComparison.Ordinal), StringComparison.Ordinal);

        // What is promised fits: the number of tokens that the message names.
        TrainingPlan qlora = new(Mistral, new LoraOptions(), (long)(7.24e9 * 0.52), options with { GradientCheckpointing = true }, lengths, 8 * Gibibyte);
        Assert.False(qlora.Fits);
        long tokens = qlora.TokensThatFit();
        Assert.True(tokens >= 512, $"{tokens} tokens fit");
        Assert.Contains($"passes of at most {tokens:N0} tokens (max-tokens-per-batch {tokens})", Assert.Throws<EngineException>(qlora.RequireMemory).Message, StringComparison.Ordinal);
        TrainingOptions promised = options with { GradientCheckpointing = true, MaxTokensPerBatch = (int)tokens };
        Assert.True(new TrainingPlan(Mistral, new LoraOptions(), (long)(7.24e9 * 0.52), promised, lengths, 8 * Gibibyte).Fits);

        // Nothing fits: the length of examples that would.
        e = Assert.Throws<EngineException>(() => new TrainingPlan(Mistral, new LoraOptions(), (long)(7.24e9 * 0.52), options, [40_000], 8 * Gibibyte).RequireMemory());
        Assert.Contains("The longest example has 40,000 tokens", e.Message, StringComparison.Ordinal);
        e = Assert.Throws<EngineException>(() => new TrainingPlan(Mistral, null, 0, options, lengths, Gibibyte).RequireMemory());
        Assert.Contains("Not even QLoRA", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void No_pass_takes_more_memory_than_was_planned_for_a_budget_of_tokens()
    {
        int[] lengths = Uneven(300, 1, 300);
        TrainingOptions options = new() { MaxTokensPerBatch = 700, Seed = 2 };
        BatchSampler sampler = new(lengths, options);
        int[] planned = sampler.Largest();
        Assert.Equal(700, new TrainingPlan(Small, null, 0, options, lengths, 0).LargestBatchTokens);
        long batches = sampler.BatchesIn(5);
        for (long i = 0; i < batches; i++)
        {
            int[] batch = [.. sampler.Batch(i).ToArray().Select(e => lengths[e])];
            Assert.InRange(batch.Sum(), 1, planned.Sum());
            Assert.InRange(TrainingMemory.Cache(Small, batch), 1, TrainingMemory.Cache(Small, planned));
        }
    }

    [Fact]
    public void The_tokens_that_fit_do_so_whatever_the_lengths_and_not_many_more()
    {
        int[] lengths = Uneven(100, 20, 200);
        TrainingOptions options = new() { GradientCheckpointing = true, MaxTokensPerBatch = 1_000_000 };
        TrainingPlan Plan(int tokens) => new(Mistral, new LoraOptions(), (long)(7.24e9 * 0.52), options with { MaxTokensPerBatch = tokens }, lengths, 8L << 30);
        int fit = (int)Plan(1_000_000).TokensThatFit();
        Assert.InRange(fit, 200, lengths.Sum() - 100);
        Assert.True(Plan(fit).Fits);
        Assert.False(Plan(fit + 100).Fits);
    }

    [Fact]
    public void A_model_holds_what_is_quantised_and_not_what_stays_in_its_file()
    {
        using TemporaryFolder folder = new();
        using WorkerPool pool = new(2);
        using Llama model = ModelFolder.Load(AdapterFixture.Save(folder), requireMemory: false).Model;
        long vectors = model.Parameters.Where(p => p.Shape.Count == 1).Sum(p => p.Stored.Bytes);
        Assert.Equal(vectors, Trainer.HeldBytes(model));
        model.Quantize(DType.NF4, pool);
        long quantised = model.Parameters.Where(p => p.Stored.Type == DType.NF4).Sum(p => p.Stored.Bytes);
        Assert.True(quantised > vectors);
        Assert.Equal(vectors + quantised, Trainer.HeldBytes(model));
        model.AddLora(new LoraOptions { Rank = 4 }, 1);
        Assert.Equal(vectors + quantised + 8 * model.Trainable.Sum(p => p.Tensor.Count), Trainer.HeldBytes(model));
    }

    [Fact]
    public void The_machine_has_memory_and_not_more_than_it_has()
    {
        long available = AvailableMemory.Bytes();
        Assert.InRange(available, 1 << 20, 1L << 50);
        if (!OperatingSystem.IsLinux()) return;
        long total = 1024 * long.Parse(File.ReadLines("/proc/meminfo").First(l => l.StartsWith("MemTotal:", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture);
        Assert.True(available < total);
    }

    static int[] Uneven(int count, int least, int most)
    {
        Random random = new(7);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(least, most + 1))];
    }
}

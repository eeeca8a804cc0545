using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

public sealed class BatchSamplerTests
{
    [Theory]
    [InlineData(1, 4)]
    [InlineData(64, 8)]
    [InlineData(1001, 7)]
    public void An_epoch_holds_every_example_once(int count, int batchSize)
    {
        BatchSampler sampler = Sampler(count, batchSize);
        for (int epoch = 0; epoch < 3; epoch++)
        {
            List<int> seen = [];
            for (int i = 0; i < sampler.BatchesPerEpoch; i++) seen.AddRange(sampler.Batch((long)epoch * sampler.BatchesPerEpoch + i));
            Assert.Equal(Enumerable.Range(0, count), seen.Order());
        }
    }

    [Fact]
    public void A_batch_is_a_function_of_its_number()
    {
        BatchSampler forward = Sampler(500, 8), jumping = Sampler(500, 8);
        int[][] inOrder = [.. Enumerable.Range(0, 200).Select(i => forward.Batch(i).ToArray())];
        foreach (int i in (int[])[199, 3, 120, 64, 63]) Assert.Equal(inOrder[i], jumping.Batch(i).ToArray());
        Assert.NotEqual(inOrder[0], inOrder[63]);
    }

    [Fact]
    public void Examples_of_a_batch_have_like_lengths()
    {
        int[] lengths = Lengths(4000);
        BatchSampler sampler = new(lengths, new TrainingOptions { BatchSize = 8, Seed = 1 });
        double spread = 0;
        for (int i = 0; i < sampler.BatchesPerEpoch; i++)
        {
            int[] batch = [.. sampler.Batch(i).ToArray().Select(e => lengths[e])];
            spread += batch.Max() - batch.Min();
        }
        // Lengths are uniform over 10 to 409: eight drawn at random spread over about 310.
        Assert.True(spread / sampler.BatchesPerEpoch < 40, $"the lengths of a batch spread over {spread / sampler.BatchesPerEpoch:F0} tokens on average");
    }

    [Fact]
    public void A_budget_of_tokens_is_kept_and_nearly_used_up()
    {
        int[] lengths = Lengths(3000);
        BatchSampler sampler = new(lengths, new TrainingOptions { MaxTokensPerBatch = 2048, Seed = 3 });
        long batches = sampler.BatchesIn(2);
        List<int> seen = [];
        int full = 0;
        for (long i = 0; i < batches; i++)
        {
            int[] batch = sampler.Batch(i).ToArray();
            int tokens = batch.Sum(e => lengths[e]);
            Assert.InRange(tokens, 1, 2048);
            if (tokens > 2048 - 410) full++;
            seen.AddRange(batch);
        }
        Assert.Equal(Enumerable.Range(0, 3000).SelectMany(i => (int[])[i, i]), seen.Order());
        Assert.True(full > 0.95 * batches, $"{full} of {batches} batches have no room for one more");
        Assert.Equal(2, sampler.EpochsIn(batches));
        Assert.InRange(sampler.EpochsIn(sampler.BatchesPerEpoch / 2), 0.49, 0.51);
    }

    [Fact]
    public void With_a_budget_too_a_batch_is_a_function_of_its_number()
    {
        TrainingOptions options = new() { MaxTokensPerBatch = 900, Seed = 3 };
        BatchSampler forward = new(Lengths(200), options), jumping = new(Lengths(200), options);
        int[][] inOrder = [.. Enumerable.Range(0, 250).Select(i => forward.Batch(i).ToArray())];
        foreach (int i in (int[])[249, 0, 120, 7, 248]) Assert.Equal(inOrder[i], jumping.Batch(i).ToArray());
    }

    [Fact]
    public void An_example_beyond_the_budget_is_refused()
    {
        EngineException e = Assert.Throws<EngineException>(() => new BatchSampler([10, 30, 20], new TrainingOptions { MaxTokensPerBatch = 25 }).Batch(0));
        Assert.Contains("30 tokens", e.Message, StringComparison.Ordinal);
        Assert.Contains("max-tokens-per-batch", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(3000)]
    public void Grouping_leaves_no_stretch_of_an_epoch_with_short_or_long_examples(int? budget)
    {
        int[] lengths = Lengths(20_000);
        BatchSampler sampler = new(lengths, new TrainingOptions { BatchSize = 16, MaxTokensPerBatch = budget, Seed = 4 });
        double[] means = [.. Enumerable.Range(0, (int)sampler.BatchesPerEpoch).Select(i => sampler.Batch(i).ToArray().Average(e => lengths[e]))];
        // Ten stretches of more than a hundred batches each: their means are about 210, as that of all, give or take some 115 / sqrt(100).
        foreach (double[] stretch in means.Chunk(means.Length / 10).Where(c => c.Length > 100)) Assert.InRange(stretch.Average(), means.Average() - 45, means.Average() + 45);
    }

    [Fact]
    public void Without_grouping_lengths_are_mixed()
    {
        int[] lengths = Lengths(4000);
        BatchSampler sampler = new(lengths, new TrainingOptions { BatchSize = 8, Seed = 1, GroupByLength = false });
        double spread = Enumerable.Range(0, (int)sampler.BatchesPerEpoch).Average(i => sampler.Batch(i).ToArray().Max(e => lengths[e]) - sampler.Batch(i).ToArray().Min(e => lengths[e]));
        Assert.InRange(spread, 290, 330);
    }

    [Fact]
    public void The_largest_batch_holds_the_longest_examples_or_all_that_a_budget_lets_in()
    {
        Assert.Equal([9, 8], new BatchSampler([5, 8, 2, 9], new TrainingOptions { BatchSize = 2 }).Largest());
        BatchSampler budget = new([5, 8, 2, 9], new TrainingOptions { MaxTokensPerBatch = 17 });
        Assert.Equal(3, budget.MaxExamples());
        Assert.Equal([15, 1, 1], budget.Largest());
        // Beginning with the longest leaves room that the other two do not.
        Assert.Equal(100, new BatchSampler([90, 50, 50], new TrainingOptions { MaxTokensPerBatch = 100 }).Largest().Sum());
        Assert.Equal(24, new BatchSampler([5, 8, 2, 9], new TrainingOptions { MaxTokensPerBatch = 1000 }).Largest().Sum());
    }

    [Fact]
    public void Epochs_that_no_step_reaches_are_not_arranged()
    {
        TrainingOptions options = new() { BatchSize = 8, GradientAccumulationSteps = 2, MaxSteps = 500, NumTrainEpochs = 20_000 };
        BatchSampler sampler = new(Lengths(1000), options);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(500, sampler.Steps(options));
        // Eight epochs of some 20 kB; all of them would be 400 MB.
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Fact]
    public void A_warm_up_that_epochs_cut_off_is_refused_with_both_numbers()
    {
        TrainingOptions options = new() { BatchSize = 8, NumTrainEpochs = 2, MaxSteps = 1000, WarmupSteps = 20 };
        BatchSampler sampler = new(Lengths(80), options);
        EngineException e = Assert.Throws<EngineException>(() => sampler.Steps(options));
        Assert.Contains("The warm-up has 20 steps (warmup-steps), the run only 20: 80 examples, 2 times over (num-train-epochs)", e.Message, StringComparison.Ordinal);
        Assert.Equal(20, sampler.Steps(options with { WarmupSteps = 19 }));
        Assert.Equal(1000, sampler.Steps(options with { NumTrainEpochs = null }));
    }

    static int[] Lengths(int count)
    {
        Random random = new(2);
        return [.. Enumerable.Range(0, count).Select(_ => 10 + random.Next(400))];
    }

    static BatchSampler Sampler(int count, int batchSize) => new(Lengths(count), new TrainingOptions { BatchSize = batchSize, Seed = 5 });
}

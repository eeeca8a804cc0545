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

    static int[] Lengths(int count)
    {
        Random random = new(2);
        return [.. Enumerable.Range(0, count).Select(_ => 10 + random.Next(400))];
    }

    static BatchSampler Sampler(int count, int batchSize) => new(Lengths(count), new TrainingOptions { BatchSize = batchSize, Seed = 5 });
}

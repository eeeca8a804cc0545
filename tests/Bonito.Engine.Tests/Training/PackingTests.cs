using Bonito.Engine.Autograd;
using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

/// <summary>Examples that stand one after another in one pass are learnt from as if each were alone.</summary>
public sealed class PackingTests : IDisposable
{
    static readonly TrainingExample[] Examples = SmallRun.Examples(17);

    readonly WorkerPool pool = new(2);

    public void Dispose() => pool.Dispose();

    [Fact]
    public void Losses_of_packed_examples_have_the_bits_of_each_alone()
    {
        using Llama model = Model();
        float[] packed = Losses(model, [.. Enumerable.Range(0, Examples.Length)]);
        float[] alone = [.. Enumerable.Range(0, Examples.Length).SelectMany(i => Losses(model, [i]))];
        Assert.Equal(alone.Select(BitConverter.SingleToUInt32Bits), packed.Select(BitConverter.SingleToUInt32Bits));
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(0.3f)]
    public void Packed_examples_give_the_loss_and_the_whole_gradient_of_each_alone(float sourceWeight)
    {
        TrainingOptions options = new() { SourceLossWeight = sourceWeight };
        (StepLoss packed, float[][] gradients) = Step(options with { MaxTokensPerBatch = 10_000 });
        (StepLoss apart, float[][] expected) = Step(options with { BatchSize = 1, GradientAccumulationSteps = Examples.Length });
        Assert.Equal(apart.Tokens, packed.Tokens);
        // Sums over some 300 tokens in another order: a float's rounding, relative to the largest element of each gradient.
        Assert.Equal(apart.Loss, packed.Loss, 1e-6);
        Assert.Equal(apart.TargetLoss, packed.TargetLoss, 1e-6);
        for (int i = 0; i < expected.Length; i++)
        {
            float largest = expected[i].Max(Math.Abs);
            for (int j = 0; j < expected[i].Length; j++) Assert.Equal(expected[i][j], gradients[i][j], 2e-6 * largest + 1e-12);
        }
    }

    [Theory]
    [InlineData(3, 6)]
    [InlineData(1, 17)]
    public void Passes_of_few_examples_give_the_gradient_of_one_pass_of_all(int batchSize, int passes)
    {
        (StepLoss one, float[][] expected) = Step(new TrainingOptions { BatchSize = 17 });
        (StepLoss several, float[][] gradients) = Step(new TrainingOptions { BatchSize = batchSize, GradientAccumulationSteps = passes });
        Assert.Equal(one.Tokens, several.Tokens);
        Assert.Equal(one.Loss, several.Loss, 1e-6);
        for (int i = 0; i < expected.Length; i++)
        {
            float largest = expected[i].Max(Math.Abs);
            for (int j = 0; j < expected[i].Length; j++) Assert.Equal(expected[i][j], gradients[i][j], 2e-6 * largest + 1e-12);
        }
    }

    static Llama Model()
    {
        Llama model = new(SmallRun.Config, gradients: true);
        model.Initialise(3);
        return model;
    }

    float[] Losses(Llama model, int[] indices)
    {
        using Ops ops = new(pool);
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, indices.Length, model.Config.MaxPositionEmbeddings);
        ExampleBatch batch = new();
        batch.Fill(Examples, indices, sourceWeight: 1);
        ops.CrossEntropy(model.Forward(ops, batch.Tokens, cache), model.Head, batch.Targets, batch.Weights, 1, batch.Losses);
        return batch.Losses.ToArray();
    }

    (StepLoss Loss, float[][] Gradients) Step(TrainingOptions options)
    {
        using Llama model = Model();
        using KvCache cache = new(model.Config, MicroKernel.Best, Examples.Length, model.Config.MaxPositionEmbeddings);
        using GradientStep step = new(model, pool, options, Examples, new BatchSampler(Examples.Select(e => e.Length), options), cache);
        return (step.Run(1), [.. model.Parameters.Select(p => p.Tensor.Gradients.ToArray())]);
    }
}

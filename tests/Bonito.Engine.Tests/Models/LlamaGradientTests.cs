using Bonito.Engine.Autograd;
using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Models;

/// <summary>The gradient of every parameter tensor against central differences of the loss along random directions.</summary>
public sealed unsafe class LlamaGradientTests
{
    [Theory]
    [InlineData(true, 2)]
    [InlineData(false, 4)]
    public void Every_gradient_agrees_with_central_differences(bool tied, int keyValueHeads)
    {
        LlamaConfig config = new()
        {
            VocabSize = 61,
            HiddenSize = 24,
            IntermediateSize = 40,
            NumHiddenLayers = 2,
            NumAttentionHeads = 4,
            NumKeyValueHeads = keyValueHeads,
            MaxPositionEmbeddings = 128,
            TieWordEmbeddings = tied,
        };
        using WorkerPool pool = new(2);
        using Llama model = new(config, gradients: true);
        model.Initialise(3);
        Random random = new(5);
        // Larger weights than at initialisation, so that every path carries signal.
        foreach (Parameter p in model.Parameters)
            foreach (ref float w in p.Tensor.Values) w = p.Shape.Count == 1 ? 1 + 0.3f * (random.NextSingle() - 0.5f) : 0.6f * (random.NextSingle() - 0.5f);

        TokenBatch batch = new();
        int[] lengths = [5, 17, 70];
        for (int s = 0; s < lengths.Length; s++) batch.Add(s, 0, [.. Enumerable.Range(0, lengths[s]).Select(_ => random.Next(config.VocabSize))]);
        int[] targets = [.. Enumerable.Range(0, batch.Rows).Select(_ => random.Next(config.VocabSize))];
        float[] weights = [.. Enumerable.Range(0, batch.Rows).Select(i => i % 3 == 0 ? 0f : 1f)];
        float scale = 1 / weights.Sum();

        double Loss(Tape? tape)
        {
            using Ops ops = new(pool, tape);
            using KvCache cache = new(config, ops.Gemm.Kernel, lengths.Length, 70);
            Tensor hidden = model.Forward(ops, batch, cache);
            double loss = ops.CrossEntropy(hidden, model.Head, targets, weights, scale) * scale;
            tape?.Backward();
            return loss;
        }

        Loss(new Tape());
        foreach (Parameter p in model.Parameters)
        {
            float[] original = p.Tensor.Values.ToArray();
            float[] direction = [.. original.Select(_ => (float)(random.NextDouble() * 2 - 1))];
            double expected = 0;
            for (int i = 0; i < direction.Length; i++) expected += (double)p.Tensor.Gradients[i] * direction[i];
            // float32 losses carry noise of about 1e-7; the step balances it against curvature.
            const float Step = 2e-3f;
            double Shifted(float step)
            {
                for (int i = 0; i < original.Length; i++) p.Tensor.Values[i] = original[i] + step * direction[i];
                return Loss(null);
            }
            double numeric = (Shifted(Step) - Shifted(-Step)) / (2 * Step);
            original.CopyTo(p.Tensor.Values);
            Assert.True(Math.Abs(numeric - expected) <= 2e-4 + 0.01 * Math.Abs(expected), $"{p}: gradient along the direction {expected}, central difference {numeric}");
        }
    }
}

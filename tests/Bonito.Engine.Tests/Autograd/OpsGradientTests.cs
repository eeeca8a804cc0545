using Bonito.Engine.Autograd;
using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using static Bonito.Engine.Tests.Autograd.FiniteDifferences;

namespace Bonito.Engine.Tests.Autograd;

/// <summary>The backward pass of each operation on its own, every element of every input.</summary>
public sealed class OpsGradientTests
{
    [Fact]
    public void Embedding()
    {
        // Some ids are read more than once, some never.
        int[] ids = [3, 0, 3, 6, 3, 1, 0];
        Check((ops, x) => Project(ops, ops.Embedding(ids, Weight(x[0]))), (8, 19));
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(7, 17, 33)]
    [InlineData(33, 5, 3)]
    public void Linear(int rows, int inputs, int outputs) => Check((ops, x) =>
    {
        using Linear layer = new(Weight(x[1]));
        return Project(ops, ops.Linear(x[0], layer));
    }, (rows, inputs), (outputs, inputs));

    [Theory]
    [InlineData(1, 3, 2)]
    [InlineData(19, 4, 70)]
    public void Linear_with_a_bias(int rows, int inputs, int outputs) => Check((ops, x) =>
    {
        using Linear layer = new(Weight(x[1]), Weight(x[2]));
        return Project(ops, ops.Linear(x[0], layer));
    }, (rows, inputs), (outputs, inputs), (1, outputs));

    /// <summary>What two operations read gets the sum of both gradients.</summary>
    [Fact]
    public void Linear_of_one_input_into_two_layers() => Check((ops, x) =>
    {
        using Linear first = new(Weight(x[1])), second = new(Weight(x[2]));
        return Project(ops, ops.Add(ops.Linear(x[0], first), ops.Linear(x[0], second)));
    }, (5, 9), (6, 9), (6, 9));

    [Theory]
    [InlineData(1, 3)]
    [InlineData(18, 17)]
    [InlineData(3, 70)]
    public void RmsNorm(int rows, int width) => Check((ops, x) => Project(ops, ops.RmsNorm(x[0], Weight(x[1]), 0.1f)), (rows, width), (1, width));

    [Fact]
    public void HeadNorm() => Check((ops, x) => Project(ops, ops.HeadNorm(x[0], Weight(x[1]), 0.1f)), (5, 24), (1, 6));

    /// <summary>It works in place, on the output of an operation, as in a model.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rotary(bool interleaved)
    {
        using RotaryEmbedding rotary = new(6, 40, 100, new RopeScaling.Yarn(4, 16), interleaved);
        TokenBatch batch = new();
        batch.Add(0, 0, new int[19]);
        batch.Add(1, 7, new int[3]);
        Check((ops, x) =>
        {
            Tensor y = ops.Add(x[0], x[1]);
            ops.Rotary(y, batch, rotary);
            return Project(ops, y);
        }, (22, 12), (22, 12));
    }

    /// <summary>
    /// Grouped heads; several sequences, one of a single token and one of more queries than a piece of work takes (56 with AVX-512);
    /// windows of one token, of less than a panel, of more, and longer than a sequence.
    /// </summary>
    [Theory]
    [InlineData(4, 2, 6, new[] { 5, 1, 19 }, int.MaxValue)]
    [InlineData(2, 1, 4, new[] { 3, 61 }, int.MaxValue)]
    [InlineData(3, 3, 2, new[] { 9, 2, 8 }, int.MaxValue)]
    [InlineData(2, 1, 34, new[] { 4, 6 }, int.MaxValue)]
    [InlineData(2, 1, 4, new[] { 7, 3 }, 1)]
    [InlineData(2, 1, 4, new[] { 3, 70 }, 5)]
    [InlineData(2, 2, 2, new[] { 100, 20 }, 37)]
    public void Attention(int heads, int keyValueHeads, int width, int[] lengths, int window)
    {
        LlamaConfig config = new()
        {
            VocabSize = 1,
            HiddenSize = heads * width,
            IntermediateSize = 1,
            NumHiddenLayers = 1,
            NumAttentionHeads = heads,
            NumKeyValueHeads = keyValueHeads,
            MaxPositionEmbeddings = 128,
        };
        using KvCache cache = new(config, MicroKernel.Best, lengths.Length, lengths.Max());
        TokenBatch batch = new();
        for (int s = 0; s < lengths.Length; s++) batch.Add(s, 0, new int[lengths[s]]);
        Check((ops, x) => Project(ops, ops.Attention(x[0], x[1], x[2], batch, cache, 0, window)),
            (batch.Rows, heads * width), (batch.Rows, keyValueHeads * width), (batch.Rows, keyValueHeads * width));
    }

    [Fact]
    public void SwiGlu() => Check((ops, x) => Project(ops, ops.SwiGlu(x[0], x[1])), (7, 33), (7, 33));

    [Fact]
    public void Add() => Check((ops, x) => Project(ops, ops.Add(x[0], x[1])), (7, 33), (7, 33));

    /// <summary>x + x: the same tensor on both sides.</summary>
    [Fact]
    public void Add_to_itself() => Check((ops, x) => Project(ops, ops.Add(x[0], x[0])), (3, 17));

    /// <summary>Masked rows, rows of half weight, and, in the last case, more rows than there are logits at once (256).</summary>
    [Theory]
    [InlineData(1, 3, 5)]
    [InlineData(9, 17, 33)]
    [InlineData(270, 2, 5)]
    public void CrossEntropy(int rows, int width, int vocabulary)
    {
        Random random = new(5);
        int[] targets = [.. Enumerable.Range(0, rows).Select(_ => random.Next(vocabulary))];
        float[] weights = [.. Enumerable.Range(0, rows).Select(i => i % 3 == 1 ? 0f : i % 4 == 2 ? 0.5f : 1f)];
        float scale = 1 / MathF.Sqrt(rows);
        Check((ops, x) =>
        {
            using Linear head = new(Weight(x[1]));
            return scale * ops.CrossEntropy(x[0], head, targets, weights, scale);
        }, (rows, width), (vocabulary, width));
    }
}

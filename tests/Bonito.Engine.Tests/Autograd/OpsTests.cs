using Bonito.Engine.Autograd;
using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Autograd;

/// <summary>What the operations refuse, since the kernels below them trust their indices, and what they do besides calling kernels.</summary>
public sealed class OpsTests : IDisposable
{
    readonly WorkerPool pool = new(2);
    readonly Ops ops;

    public OpsTests() => ops = new Ops(pool);

    public void Dispose()
    {
        ops.Dispose();
        pool.Dispose();
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-1)]
    public void A_token_id_outside_the_vocabulary_is_refused(int id)
    {
        Parameter table = new("table", [5, 3], ops.Arena.Tensor(5, 3));
        Assert.StartsWith($"Token id {id} is outside the model's vocabulary of 5.", Assert.Throws<EngineException>(() => ops.Embedding([0, id], table)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_sequence_longer_than_the_window_is_refused()
    {
        using RotaryEmbedding rotary = new(2, 10, 10_000);
        TokenBatch batch = new();
        batch.Add(0, 6, [0, 0, 0, 0]);
        Tensor fits = ops.Arena.Tensor(4, 2), tooLong = ops.Arena.Tensor(5, 2);
        fits.Values.Fill(1);
        ops.Rotary(fits, batch, rotary);
        batch.Clear();
        batch.Add(0, 6, [0, 0, 0, 0, 0]);
        Assert.StartsWith("A sequence of 11 tokens does not fit the model's window of 10.", Assert.Throws<EngineException>(() => ops.Rotary(tooLong, batch, rotary)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Tokens_that_do_not_fit_the_cache_are_refused()
    {
        using KvCache cache = new(Config, ops.Gemm.Kernel, 2, 10);
        Tensor x = ops.Arena.Tensor(1, 2);
        Assert.Throws<InvalidOperationException>(() => Attend(slot: 2, past: 0));
        Assert.Throws<InvalidOperationException>(() => Attend(slot: -1, past: 0));
        Assert.Contains($"{cache.Capacity + 1} tokens in slot 1 do not fit", Assert.Throws<InvalidOperationException>(() => Attend(slot: 1, past: cache.Capacity)).Message, StringComparison.Ordinal);
        Attend(slot: 1, past: cache.Capacity - 1);

        void Attend(int slot, int past)
        {
            x.Values.Fill(1);
            TokenBatch batch = new();
            batch.Add(slot, past, [0]);
            ops.Attention(x, x, x, batch, cache, 0);
        }
    }

    [Fact]
    public void A_cache_made_for_other_kernels_is_refused()
    {
        MicroKernel other = ops.Gemm.Kernel == MicroKernel.Wide128 ? MicroKernel.Wide256 : MicroKernel.Wide128;
        using KvCache cache = new(Config, other, 1, 10);
        TokenBatch batch = new();
        batch.Add(0, 0, [0]);
        Tensor x = ops.Arena.Tensor(1, 2);
        Assert.Throws<InvalidOperationException>(() => ops.Attention(x, x, x, batch, cache, 0));
    }

    [Fact]
    public void Differentiating_attention_over_a_past_is_refused()
    {
        Tape tape = new();
        using Ops recording = new(pool, tape);
        using KvCache cache = new(Config, recording.Gemm.Kernel, 1, 10);
        TokenBatch batch = new();
        batch.Add(0, 3, [0]);
        Tensor x = recording.Arena.Tensor(1, 2, gradient: true);
        x.Values.Fill(1);
        recording.Attention(x, x, x, batch, cache, 0);
        Assert.Throws<InvalidOperationException>(tape.Backward);
    }

    [Theory]
    [InlineData(4)]
    [InlineData(-100)]
    public void A_target_that_counts_and_is_no_id_is_refused_and_a_masked_one_is_not(int target)
    {
        using Linear head = new(new Parameter("head", [4, 3], ops.Arena.Tensor(4, 3)));
        head.Weight.Tensor.Values.Fill(1);
        Tensor x = ops.Arena.Tensor(2, 3);
        x.Values.Fill(1);
        Assert.StartsWith($"Target {target} of row 1 is outside the model's vocabulary of 4.",
            Assert.Throws<EngineException>(() => ops.CrossEntropy(x, head, [0, target], [1, 1], 1)).Message, StringComparison.Ordinal);
        // All four logits are equal: the loss of the other row is the logarithm of 4.
        Assert.Equal(Math.Log(4), ops.CrossEntropy(x, head, [0, target], [1, 0], 1), 1e-6);
    }

    [Fact]
    public void CrossEntropy_tells_the_loss_of_each_row()
    {
        Random random = new(1);
        const int Rows = 300;
        using Linear head = new(new Parameter("head", [7, 3], ops.Arena.Tensor(7, 3)));
        Tensor x = ops.Arena.Tensor(Rows, 3);
        foreach (ref float w in head.Weight.Tensor.Values) w = random.NextSingle();
        foreach (ref float w in x.Values) w = random.NextSingle();
        int[] targets = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(7))];
        float[] weights = [.. Enumerable.Range(0, Rows).Select(i => i % 5 == 0 ? 0f : 1f)], losses = new float[Rows];
        double total = ops.CrossEntropy(x, head, targets, weights, 1, losses);
        Assert.Equal(losses.Sum(l => (double)l), total, 1e-9);
        Tensor logits = ops.Linear(x, head);
        for (int r = 0; r < Rows; r++)
        {
            double expected = weights[r] * CrossEntropy.Reference(logits.Row(r), targets[r], new double[7]);
            Assert.Equal(expected, losses[r], 2e-6);
        }
    }

    [Fact]
    public void Chosen_rows_are_copied_without_a_tape_and_refused_with_one()
    {
        Tensor x = ops.Arena.Tensor(4, 3);
        for (int i = 0; i < 12; i++) x.Values[i] = i;
        Assert.Equal([9, 10, 11, 0, 1, 2, 9, 10, 11], ops.Rows(x, [3, 0, 3]).Values.ToArray());
        using Ops recording = new(pool, new Tape());
        Assert.Throws<InvalidOperationException>(() => recording.Rows(x, [0]));
    }

    [Fact]
    public void A_tape_runs_last_first_and_forgets()
    {
        Tape tape = new();
        List<int> order = [];
        for (int i = 0; i < 3; i++)
        {
            int step = i;
            tape.Record(() => order.Add(step));
        }
        tape.Backward();
        tape.Backward();
        Assert.Equal([2, 1, 0], order);
    }

    static LlamaConfig Config => new()
    {
        VocabSize = 1,
        HiddenSize = 2,
        IntermediateSize = 1,
        NumHiddenLayers = 1,
        NumAttentionHeads = 1,
        NumKeyValueHeads = 1,
        MaxPositionEmbeddings = 100,
    };
}

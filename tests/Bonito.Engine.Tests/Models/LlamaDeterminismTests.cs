using Bonito.Engine.Autograd;
using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tests.Kernels;

namespace Bonito.Engine.Tests.Models;

/// <summary>
/// The same bits whatever the company, the number of threads, the way a sequence is cut, the packing of weights and the width of
/// vectors; gradients whatever the number of threads.
/// </summary>
public sealed class LlamaDeterminismTests : IDisposable
{
    // On both sides of the limits of attention's blocks (14), pieces (56) and pages (128) and of the packed rows (112).
    static readonly int[] Lengths = [17, 1, 70, 131, 5];

    readonly Dictionary<bool, Llama> models = new() { [false] = TinyLlama.Create(), [true] = TinyLlama.Create(TinyLlama.Windowed) };
    readonly WorkerPool pool = new(2);

    public void Dispose()
    {
        foreach (Llama model in models.Values) model.Dispose();
        pool.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_sequence_does_not_depend_on_its_neighbours(bool windowed)
    {
        Llama model = models[windowed];
        float[][] together = Forward(pool, [.. Lengths.Select((n, s) => TinyLlama.Tokens(s, n))], model);
        for (int s = 0; s < Lengths.Length; s++)
            Expect.SameBits(Forward(pool, [TinyLlama.Tokens(s, Lengths[s])], model)[0], together[s], $"sequence of {Lengths[s]} in a batch");
        float[][] reversed = Forward(pool, [.. Lengths.Select((n, s) => TinyLlama.Tokens(s, n)).Reverse()], model);
        for (int s = 0; s < Lengths.Length; s++) Expect.SameBits(together[s], reversed[^(s + 1)], $"sequence of {Lengths[s]} in the other order");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_number_of_threads_does_not_matter(bool windowed)
    {
        int[][] sequences = [.. Lengths.Select((n, s) => TinyLlama.Tokens(s, n))];
        using WorkerPool one = new(1);
        float[][] expected = Forward(one, sequences, models[windowed]);
        foreach (int threads in new[] { 2, 3, 5 })
        {
            using WorkerPool many = new(threads);
            float[][] actual = Forward(many, sequences, models[windowed]);
            for (int s = 0; s < sequences.Length; s++) Expect.SameBits(expected[s], actual[s], $"{threads} threads, sequence of {Lengths[s]}");
        }
    }

    [Theory]
    [InlineData(1, false)]
    [InlineData(2, true)]
    [InlineData(13, false)]
    [InlineData(32, true)]
    [InlineData(57, false)]
    [InlineData(1, true)]
    [InlineData(127, true)]
    [InlineData(129, true)]
    public void Reading_a_sequence_in_chunks_changes_nothing(int chunk, bool windowed)
    {
        Llama model = models[windowed];
        int[] tokens = TinyLlama.Tokens(9, 250);
        float[] whole = Forward(pool, [tokens], model)[0];
        using Ops ops = new(pool);
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, 3, tokens.Length);
        List<float> parts = [];
        TokenBatch batch = new();
        for (int past = 0; past < tokens.Length; past += chunk)
        {
            // A neighbour of another length, at another position, sits before it in each of the batches.
            batch.Clear();
            batch.Add(0, past / 2, TinyLlama.Tokens(past, 1 + past % 3));
            batch.Add(2, past, tokens.AsSpan(past, Math.Min(chunk, tokens.Length - past)));
            ops.Arena.Reset();
            Tensor logits = model.Logits(ops, model.Forward(ops, batch, cache));
            parts.AddRange(logits.Values[(batch.Segments[1].FirstRow * logits.Columns)..]);
        }
        Expect.SameBits(whole, parts.ToArray(), $"chunks of {chunk}");
    }

    public static TheoryData<string> Paths => KernelPaths.Names;

    /// <summary>On every path, with less than a page, whole pages and more; the slot that is copied goes its own way meanwhile.</summary>
    [Theory]
    [MemberData(nameof(Paths))]
    public void A_copied_slot_goes_on_like_the_original(string path)
    {
        Llama model = models[path == MicroKernel.Wide256.Name];
        int[] tokens = TinyLlama.Tokens(10, 250);
        float[] whole = Forward(pool, [tokens], model)[0];
        foreach (int shared in new[] { 1, 32, 127, 128, 129, 249 })
        {
            using Ops ops = new(pool, kernel: KernelPaths.Named(path));
            using KvCache cache = new(model.Config, ops.Gemm.Kernel, 3, tokens.Length);
            TokenBatch batch = new();
            batch.Add(1, 0, tokens.AsSpan(0, shared));
            model.Forward(ops, batch, cache);
            cache.Copy(1, 0, shared);
            cache.Copy(0, 2, shared);
            batch.Clear();
            batch.Add(1, shared / 2, TinyLlama.Tokens(11, 250 - shared / 2));
            model.Forward(ops, batch, cache);
            batch.Clear();
            batch.Add(2, shared, tokens.AsSpan(shared));
            Tensor logits = model.Logits(ops, model.Forward(ops, batch, cache));
            Expect.SameBits(whole.AsSpan(shared * logits.Columns), logits.Values, $"after {shared} shared tokens");
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_width_of_vectors_changes_nothing(bool windowed)
    {
        int[][] sequences = [.. Lengths.Select((n, s) => TinyLlama.Tokens(s, n))];
        float[][] expected = Forward(pool, sequences, models[windowed]);
        foreach (MicroKernel kernel in KernelPaths.All)
        {
            float[][] actual = Forward(pool, sequences, models[windowed], kernel);
            for (int s = 0; s < sequences.Length; s++) Expect.SameBits(expected[s], actual[s], $"{kernel}, sequence of {Lengths[s]}");
        }
    }

    [Fact]
    public void Logits_of_one_row_equal_those_of_all()
    {
        Llama model = models[false];
        int[] tokens = TinyLlama.Tokens(11, 40);
        float[] whole = Forward(pool, [tokens], model)[0];
        using Ops ops = new(pool);
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, 1, tokens.Length);
        TokenBatch batch = new();
        batch.Add(0, 0, tokens);
        Tensor last = model.Logits(ops, ops.Rows(model.Forward(ops, batch, cache), [39]));
        Expect.SameBits(whole.AsSpan(39 * last.Columns), last.Values, "last row");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Packed_weights_change_nothing(bool tied)
    {
        int[][] sequences = [.. Lengths.Select((n, s) => TinyLlama.Tokens(s, n))];
        using Llama own = TinyLlama.Create(tied: tied);
        float[][] expected = Forward(pool, sequences, own);
        using (Gemm gemm = new(pool)) own.Pack(gemm);
        float[][] actual = Forward(pool, sequences, own);
        for (int s = 0; s < sequences.Length; s++) Expect.SameBits(expected[s], actual[s], $"packed, sequence of {Lengths[s]}");
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Gradients_do_not_depend_on_the_number_of_threads(bool tied, bool windowed)
    {
        using Llama trained = TinyLlama.Create(windowed ? TinyLlama.Windowed : TinyLlama.Config(tied), gradients: true);
        (double expectedLoss, float[] expected) = Gradients(trained, 1);
        Assert.Contains(expected, g => g != 0);
        foreach (int threads in new[] { 2, 3, 5 })
        {
            (double loss, float[] actual) = Gradients(trained, threads);
            Assert.Equal(expectedLoss, loss);
            Expect.SameBits(expected, actual, $"gradients of {threads} threads");
        }
    }

    static (double Loss, float[] Gradients) Gradients(Llama model, int threads)
    {
        using WorkerPool pool = new(threads);
        using Ops ops = new(pool, new Tape());
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, Lengths.Length, Lengths.Max());
        TokenBatch batch = new();
        for (int s = 0; s < Lengths.Length; s++) batch.Add(s, 0, TinyLlama.Tokens(s, Lengths[s]));
        float[] weights = [.. Enumerable.Range(0, batch.Rows).Select(i => i % 4 == 0 ? 0f : 1f)];
        model.ZeroGradients();
        double loss = ops.CrossEntropy(model.Forward(ops, batch, cache), model.Head, TinyLlama.Tokens(77, batch.Rows), weights, 1 / weights.Sum());
        ops.Tape!.Backward();
        return (loss, [.. model.Parameters.SelectMany(p => p.Tensor.Gradients.ToArray())]);
    }

    /// <summary>Logits of whole sequences, each its own array.</summary>
    static float[][] Forward(WorkerPool workers, int[][] sequences, Llama model, MicroKernel? kernel = null)
    {
        using Ops ops = new(workers, kernel: kernel);
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, sequences.Length, sequences.Max(s => s.Length));
        TokenBatch batch = new();
        for (int s = 0; s < sequences.Length; s++) batch.Add(s, 0, sequences[s]);
        Tensor logits = model.Logits(ops, model.Forward(ops, batch, cache));
        float[] all = logits.Values.ToArray();
        List<float[]> parts = [];
        foreach (Segment s in batch.Segments) parts.Add(all[(s.FirstRow * logits.Columns)..((s.FirstRow + s.Count) * logits.Columns)]);
        return [.. parts];
    }
}

using Bonito.Engine.Autograd;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Models;

/// <summary>Blocks that run again in the backward pass: less memory, the same bits.</summary>
public sealed unsafe class CheckpointingTests
{
    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void Loss_and_gradients_have_the_same_bits(bool windowed, int threads)
    {
        LlamaConfig config = windowed ? TinyLlama.Windowed : TinyLlama.Config(tied: true);
        (double loss, float[] gradients, _) = Pass(config, threads, checkpointing: false);
        (double again, float[] same, _) = Pass(config, threads, checkpointing: true);
        Assert.Equal(loss, again);
        Assert.Equal(Bits(gradients), Bits(same));
        Assert.Contains(gradients, g => g != 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Adapters_with_dropout_over_quantised_weights_too(bool quantized)
    {
        using WorkerPool pool = new(2);
        (double Loss, float[] Gradients)[] results = new (double, float[])[2];
        foreach (bool checkpointing in (bool[])[false, true])
        {
            using Llama model = TinyLlama.Create();
            if (quantized) model.Quantize(DType.NF4, pool);
            model.AddLora(new LoraOptions { Rank = 5, Dropout = 0.3f }, 1);
            Random random = new(7);
            foreach (Parameter p in model.Trainable)
                foreach (ref float w in p.Tensor.Values) w = 0.2f * (random.NextSingle() - 0.5f);
            using Ops ops = new(pool, new Tape()) { Checkpointing = checkpointing, DropoutKey = 99 };
            using KvCache cache = new(model.Config, ops.Gemm.Kernel, 1, 128, keep: !checkpointing);
            TokenBatch batch = new();
            batch.Add(0, 0, TinyLlama.Tokens(3, 90));
            results[checkpointing ? 1 : 0] = (Run(ops, model, batch, cache), Gradients(model));
        }
        Assert.Equal(results[0].Loss, results[1].Loss);
        Assert.Equal(Bits(results[0].Gradients), Bits(results[1].Gradients));
        Assert.Contains(results[0].Gradients, g => g != 0);
    }

    [Fact]
    public void Memory_hardly_grows_with_the_number_of_blocks()
    {
        LlamaConfig Deep(int layers) => TinyLlama.Config() with { NumHiddenLayers = layers, IntermediateSize = 200 };
        long kept = Pass(Deep(16), 1, checkpointing: false).Floats, few = Pass(Deep(3), 1, checkpointing: true).Floats, many = Pass(Deep(16), 1, checkpointing: true).Floats;
        // Each further block costs its input: rows x 64 floats, of about 5,500 a row that it has in all.
        Assert.InRange(many - few, 0, 21 * 400 * 64 + (2 << 20));
        Assert.InRange((double)kept / many, 3, 40);
    }

    [Fact]
    public void Several_passes_add_up_the_same_gradients_without_more_memory()
    {
        using WorkerPool pool = new(2);
        float[][] results = new float[2][];
        foreach (bool checkpointing in (bool[])[false, true])
        {
            using Llama model = TinyLlama.Create(gradients: true);
            using Ops ops = new(pool, new Tape()) { Checkpointing = checkpointing };
            using KvCache cache = new(model.Config, ops.Gemm.Kernel, 2, 128, keep: !checkpointing);
            long capacity = 0;
            for (int pass = 0; pass < 4; pass++)
            {
                TokenBatch batch = new();
                batch.Add(0, 0, TinyLlama.Tokens(pass, 60));
                batch.Add(1, 0, TinyLlama.Tokens(pass + 10, 100));
                Run(ops, model, batch, cache);
                if (pass == 0) capacity = ops.Arena.Capacity;
            }
            Assert.Equal(capacity, ops.Arena.Capacity);
            results[checkpointing ? 1 : 0] = Gradients(model);
        }
        Assert.Equal(Bits(results[0]), Bits(results[1]));
    }

    [Fact]
    public void A_cache_of_one_layer_is_for_whole_sequences_only()
    {
        using WorkerPool pool = new(1);
        using Llama model = TinyLlama.Create();
        using Ops ops = new(pool);
        using KvCache shared = new(model.Config, ops.Gemm.Kernel, 1, 128, keep: false), kept = new(model.Config, ops.Gemm.Kernel, 1, 128);
        TokenBatch batch = new();
        batch.Add(0, 0, TinyLlama.Tokens(1, 128));
        float[] expected = model.Forward(ops, batch, kept).Values.ToArray(), got = model.Forward(ops, batch, shared).Values.ToArray();
        Assert.Equal(Bits(expected), Bits(got));
        Assert.Equal(kept.Bytes, model.Config.NumHiddenLayers * shared.Bytes);
        TokenBatch next = new();
        next.Add(0, 5, TinyLlama.Tokens(2, 1));
        Assert.Throws<InvalidOperationException>(() => model.Forward(ops, next, shared));
    }

    static (double Loss, float[] Gradients, long Floats) Pass(LlamaConfig config, int threads, bool checkpointing)
    {
        using WorkerPool pool = new(threads);
        using Llama model = TinyLlama.Create(config, gradients: true);
        using Ops ops = new(pool, new Tape()) { Checkpointing = checkpointing };
        using KvCache cache = new(config, ops.Gemm.Kernel, 3, 192, keep: !checkpointing);
        TokenBatch batch = new();
        int[] lengths = [30, 190, 180];
        for (int s = 0; s < lengths.Length; s++) batch.Add(s, 0, TinyLlama.Tokens(s, lengths[s]));
        double loss = Run(ops, model, batch, cache);
        return (loss, Gradients(model), ops.Arena.Capacity);
    }

    static double Run(Ops ops, Llama model, TokenBatch batch, KvCache cache)
    {
        ops.Arena.Reset();
        int[] targets = [.. batch.Ids.ToArray().Skip(1), 3];
        float[] weights = [.. targets.Select((_, i) => i % 4 == 0 ? 0f : 1f)];
        double loss = ops.CrossEntropy(model.Forward(ops, batch, cache), model.Head, targets, weights, 0.01f);
        ops.Tape!.Backward();
        return loss;
    }

    static float[] Gradients(Llama model) => [.. model.Trainable.SelectMany(p => p.Tensor.Gradients.ToArray())];

    static uint[] Bits(float[] values) => [.. values.Select(BitConverter.SingleToUInt32Bits)];
}

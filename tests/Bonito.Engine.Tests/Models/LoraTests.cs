using Bonito.Engine.Autograd;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tests.Checkpoints;
using Bonito.Engine.Tests.Kernels;

namespace Bonito.Engine.Tests.Models;

/// <summary>Low-rank matrices beside frozen weights: their gradients, where bits must be the same, and what is refused.</summary>
public sealed class LoraTests : IDisposable
{
    const ulong Key = 0x1234_5678_9ABC;
    static readonly int[] Lengths = [17, 1, 70, 131, 5];
    static readonly LoraOptions Dropping = new() { Rank = 5, Alpha = 4, Dropout = 0.3f };

    readonly WorkerPool pool = new(2);

    public void Dispose() => pool.Dispose();

    [Fact]
    public void A_new_adapter_changes_nothing()
    {
        using Llama model = TinyLlama.Create();
        float[] before = Logits(model, Lengths);
        model.AddLora(new LoraOptions(), seed: 1);
        Expect.SameBits(before, Logits(model, Lengths), "logits with B = 0");
        Assert.All(model.Adapter!.Layers, layer =>
        {
            float bound = 1 / MathF.Sqrt(layer.Inputs);
            Assert.All(layer.Lora!.A.Values().ToArray(), value => Assert.InRange(value, -bound, bound));
            // Uniform within the bound: the mean square is a third of its square.
            Assert.InRange(layer.Lora.A.Values().ToArray().Average(value => (double)value * value) / (bound * bound), 0.25, 0.42);
        });
    }

    /// <summary>With dropout, whose mask is a part of the function that is differentiated.</summary>
    [Theory]
    [InlineData(0f, false)]
    [InlineData(0.3f, false)]
    [InlineData(0.3f, true)]
    public void Every_gradient_agrees_with_central_differences(float dropout, bool windowed)
    {
        using Llama model = Adapted(windowed ? TinyLlama.Windowed : TinyLlama.Config(tied: true), Dropping with { Dropout = dropout });
        Loss(model, pool, backward: true);
        Random random = new(8);
        foreach (Parameter p in model.Trainable)
        {
            float[] original = p.Values().ToArray(), direction = [.. original.Select(_ => 2 * random.NextSingle() - 1)];
            float length = MathF.Sqrt(direction.Sum(d => d * d));
            for (int i = 0; i < direction.Length; i++) direction[i] /= length;
            double expected = 0;
            for (int i = 0; i < direction.Length; i++) expected += (double)direction[i] * p.Tensor.Gradients[i];
            const float step = 4e-3f;
            double numeric = (Shifted(step) - Shifted(-step)) / (2 * step);
            original.CopyTo(p.Tensor.Values);
            Assert.True(Math.Abs(numeric - expected) <= 2e-4 + 0.01 * Math.Abs(expected), $"{p}: gradient along the direction {expected}, central difference {numeric}");

            double Shifted(float by)
            {
                for (int i = 0; i < original.Length; i++) p.Tensor.Values[i] = original[i] + by * direction[i];
                return Loss(model, pool, backward: false);
            }
        }
    }

    [Fact]
    public void Gradients_do_not_depend_on_the_number_of_threads()
    {
        using Llama model = Adapted(TinyLlama.Windowed, Dropping);
        using WorkerPool one = new(1);
        double loss = Loss(model, one, backward: true);
        float[] expected = Gradients(model);
        Assert.Contains(expected, g => g != 0);
        foreach (int threads in new[] { 2, 3, 5 })
        {
            using WorkerPool many = new(threads);
            Assert.Equal(loss, Loss(model, many, backward: true));
            Expect.SameBits(expected, Gradients(model), $"gradients of {threads} threads");
        }
    }

    [Fact]
    public void A_sequence_does_not_depend_on_its_neighbours()
    {
        using Llama model = Adapted(TinyLlama.Config(), Dropping);
        float[] together = Logits(model, Lengths);
        int row = 0;
        foreach (int length in Lengths)
        {
            float[] alone = Logits(model, [length]);
            Expect.SameBits(alone, together.AsSpan(row * model.Config.VocabSize, alone.Length), $"sequence of {length} in a batch");
            row += length;
        }
    }

    /// <summary>Rows keep their masks when rows come after them: the batch up to a row decides, the rest does not.</summary>
    [Fact]
    public void Dropout_of_a_row_does_not_depend_on_later_rows()
    {
        using Llama model = Adapted(TinyLlama.Config(), Dropping);
        float[] dropping = Logits(model, Lengths, new Tape());
        Expect.SameBits(Logits(model, Lengths[..3], new Tape()), dropping.AsSpan(0, Lengths[..3].Sum() * model.Config.VocabSize), "first three sequences");
        Assert.NotEqual(Logits(model, Lengths), dropping);
    }

    /// <summary>Layers of the base in a stored format compute the bits of a float32 model that holds the decoded values, forward and backward.</summary>
    [Theory]
    [InlineData(DType.F32)]
    [InlineData(DType.F16)]
    [InlineData(DType.BF16)]
    public void Frozen_weights_of_any_format_give_the_bits_of_their_values(DType type)
    {
        using TemporaryFolder folder = new();
        LlamaConfig config = TinyLlama.Config(tied: true) with { NumHiddenLayers = 1 };
        using (Llama source = TinyLlama.Create(config))
            SafetensorsWriter.Write(folder.File("model.safetensors"), [.. source.Parameters.Select(p => new TensorToWrite(p.Name, [.. p.Shape.Select(n => (long)n)], p.Values))], type);
        using Llama frozen = new(config, SafetensorsCheckpoint.Open(folder.Path));
        RequireSameBits(frozen);
    }

    /// <summary>As above, the quantised formats, of a GGUF file, whose queries and keys have their rows in another order.</summary>
    [Theory]
    [InlineData("Q8_0")]
    [InlineData("Q4_0")]
    [InlineData("Q4_K_M")]
    [InlineData("Q5_K_M")]
    [InlineData("Q6_K")]
    public void Frozen_quantised_weights_give_the_bits_of_their_values(string mix)
    {
        using TemporaryFolder folder = new();
        using Llama frozen = AdapterFixture.Quantized(folder, mix);
        RequireSameBits(frozen);
    }

    /// <summary>As above, weights that are quantised in memory.</summary>
    [Fact]
    public void Frozen_NF4_weights_give_the_bits_of_their_values()
    {
        using TemporaryFolder folder = new();
        using Llama frozen = ModelFolder.Load(AdapterFixture.Save(folder)).Model;
        frozen.Quantize(DType.NF4, pool);
        Assert.Contains(frozen.Parameters, p => p.Stored.Type == DType.NF4);
        RequireSameBits(frozen);
    }

    /// <summary>More rows than are decoded at once: three stripes, the last one shorter.</summary>
    [Fact]
    public unsafe void Stripes_of_a_weight_give_the_bits_of_the_whole()
    {
        const int outputs = 801, inputs = 6000, rows = 5;
        Random random = new(3);
        float[] weight = [.. Enumerable.Range(0, outputs * inputs).Select(_ => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(random.NextSingle() - 0.5f) & unchecked((int)0xFFFF0000)))];
        using TemporaryFolder folder = new();
        SafetensorsWriter.Write(folder.File("model.safetensors"), [new TensorToWrite("w.weight", [outputs, inputs], () => weight)], DType.BF16);
        using SafetensorsCheckpoint checkpoint = SafetensorsCheckpoint.Open(folder.Path);
        using Arena arena = new();
        Tensor whole = arena.Tensor(outputs, inputs), x = arena.Tensor(rows, inputs, gradient: true);
        weight.CopyTo(whole.Values);
        foreach (ref float value in x.Values) value = random.NextSingle() - 0.5f;
        (float[] y, float[] dx) = Run(new Parameter("w.weight", [outputs, inputs], whole));
        (float[] stripedY, float[] stripedDx) = Run(new Parameter("w.weight", [outputs, inputs], checkpoint));
        Expect.SameBits(y, stripedY, "y");
        Expect.SameBits(dx, stripedDx, "dx");

        (float[] Y, float[] Dx) Run(Parameter w)
        {
            x.Gradients.Fill(0.25f);
            using Linear layer = new(w);
            using Ops ops = new(pool, new Tape());
            Tensor y = ops.Linear(x, layer);
            for (int i = 0; i < y.Count; i++) y.Gradient[i] = i % 7 - 3;
            ops.Tape!.Backward();
            return (y.Values.ToArray(), x.Gradients.ToArray());
        }
    }

    /// <summary>After the first steps neither the arena nor the heap of this thread's objects grows from step to step.</summary>
    [Fact]
    public void Steps_take_no_more_memory()
    {
        using Llama model = Adapted(TinyLlama.Config(), Dropping);
        using Ops ops = new(pool, new Tape());
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, Lengths.Length, Lengths.Max());
        TokenBatch batch = Batch(Lengths);
        int[] targets = TinyLlama.Tokens(77, batch.Rows);
        float[] weights = [.. Enumerable.Repeat(1f, batch.Rows)];
        long capacity = 0;
        for (int step = 0; step < 6; step++)
        {
            ops.Arena.Reset();
            ops.CrossEntropy(model.Forward(ops, batch, cache), model.Head, targets, weights, 1);
            ops.Tape!.Backward();
            if (step == 2) capacity = ops.Arena.Capacity;
        }
        Assert.Equal(capacity, ops.Arena.Capacity);
    }

    [Fact]
    public void Targets_may_be_paths_or_ends_of_paths()
    {
        using Llama model = TinyLlama.Create();
        model.AddLora(new LoraOptions { TargetModules = ["model.layers.1.mlp.up_proj", "v_proj"] }, 1);
        Assert.Equal(["model.layers.0.self_attn.v_proj", "model.layers.1.self_attn.v_proj", "model.layers.1.mlp.up_proj"], model.Adapter!.Layers.Select(layer => layer.Path));
    }

    public static TheoryData<LoraOptions, string> Refused => new()
    {
        { new() { Rank = 0 }, "LoRA option Rank: expected at least 1, got 0" },
        { new() { Alpha = float.NaN }, "LoRA option Alpha: expected a positive number, got NaN" },
        { new() { Alpha = 0 }, "LoRA option Alpha" },
        { new() { Dropout = 1 }, "LoRA option Dropout: expected from 0 to below 1, got 1" },
        { new() { TargetModules = [] }, "LoRA option TargetModules: expected names of linear layers" },
        { new() { TargetModules = ["q_proj", "proj", "lm_head"] }, "the model has no linear layer 'proj', 'lm_head' to adapt. It has q_proj, k_proj, v_proj, o_proj, gate_proj, up_proj, down_proj" },
    };

    [Theory]
    [MemberData(nameof(Refused))]
    public void Options_that_do_not_work_are_refused(LoraOptions options, string message)
    {
        using Llama model = TinyLlama.Create();
        Assert.Contains(message, Assert.Throws<EngineException>(() => model.AddLora(options, 1)).Message, StringComparison.Ordinal);
        Assert.Null(model.Adapter);
    }

    [Fact]
    public void A_model_has_one_adapter_and_no_gradients_besides()
    {
        using Llama trained = TinyLlama.Create(gradients: true);
        Assert.Throws<InvalidOperationException>(() => trained.AddLora(new LoraOptions(), 1));
        using Llama model = TinyLlama.Create();
        model.AddLora(new LoraOptions(), 1);
        Assert.Throws<InvalidOperationException>(() => model.AddLora(new LoraOptions(), 1));
    }

    /// <summary>An adapted model against one in memory that holds the same values in float32.</summary>
    void RequireSameBits(Llama frozen)
    {
        using Llama decoded = new(frozen.Config);
        for (int i = 0; i < frozen.Parameters.Count; i++) frozen.Parameters[i].Values().CopyTo(decoded.Parameters[i].Tensor.Values);
        Adapt(frozen, Dropping);
        Adapt(decoded, Dropping);
        Expect.SameBits(Logits(decoded, Lengths), Logits(frozen, Lengths), "logits");
        Assert.Equal(Loss(decoded, pool, backward: true), Loss(frozen, pool, backward: true));
        Expect.SameBits(Gradients(decoded), Gradients(frozen), "gradients");
    }

    static Llama Adapted(LlamaConfig config, LoraOptions options)
    {
        Llama model = TinyLlama.Create(config);
        Adapt(model, options);
        return model;
    }

    static void Adapt(Llama model, LoraOptions options)
    {
        model.AddLora(options, seed: 5);
        AdapterFixture.Randomise(model);
    }

    static float[] Gradients(Llama model) => [.. model.Trainable.SelectMany(p => p.Tensor.Gradients.ToArray())];

    static TokenBatch Batch(int[] lengths)
    {
        TokenBatch batch = new();
        for (int s = 0; s < lengths.Length; s++) batch.Add(s, 0, TinyLlama.Tokens(lengths[s], lengths[s]));
        return batch;
    }

    static double Loss(Llama model, WorkerPool pool, bool backward)
    {
        using Ops ops = new(pool, new Tape()) { DropoutKey = Key };
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, Lengths.Length, Lengths.Max());
        TokenBatch batch = Batch(Lengths);
        float[] weights = [.. Enumerable.Range(0, batch.Rows).Select(i => i % 4 == 0 ? 0f : 1f)];
        double loss = ops.CrossEntropy(model.Forward(ops, batch, cache), model.Head, TinyLlama.Tokens(77, batch.Rows), weights, 1 / weights.Sum()) / weights.Sum();
        if (!backward) return loss;
        model.ZeroGradients();
        ops.Tape!.Backward();
        return loss;
    }

    float[] Logits(Llama model, int[] lengths, Tape? tape = null)
    {
        using Ops ops = new(pool, tape) { DropoutKey = Key };
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, lengths.Length, lengths.Max());
        return model.Logits(ops, model.Forward(ops, Batch(lengths), cache)).Values.ToArray();
    }
}

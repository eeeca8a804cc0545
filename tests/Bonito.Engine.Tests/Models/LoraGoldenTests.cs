using Bonito.Engine.Autograd;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tests.Kernels;

namespace Bonito.Engine.Tests.Models;

/// <summary>
/// Adapters in PEFT's layout beside a frozen model, against PyTorch in float64 (tests/goldens/lora/make.py): every logit, the loss, and
/// every gradient. Tolerances of logits and loss are those of the model without adapters (<see cref="LlamaGoldenTests"/>).
/// </summary>
public sealed class LoraGoldenTests : IDisposable
{
    readonly WorkerPool pool = new(2);

    public void Dispose() => pool.Dispose();

    public static TheoryData<string> Cases => ["all", "rslora", "chosen"];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_logit_agrees(string name)
    {
        using LoraGolden golden = new(name);
        PeftAdapter.Load(golden.Folder, golden.Model);
        using Ops ops = new(pool);
        using KvCache cache = golden.Cache(ops);
        Tensor logits = golden.Model.Logits(ops, golden.Model.Forward(ops, golden.Batch, cache));
        Expect.Close(golden.Read("logits"), logits.Values, 2e-5, 0, name);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Loss_and_every_gradient_agree(string name)
    {
        using LoraGolden golden = new(name);
        PeftAdapter.Load(golden.Folder, golden.Model);
        using Ops ops = new(pool, new Tape());
        using KvCache cache = golden.Cache(ops);
        golden.Model.ZeroGradients();
        Assert.Equal(golden.Read("loss")[0], golden.Loss(ops, cache), 2e-6);
        ops.Tape!.Backward();
        Assert.Equal(golden.Trained.Order(StringComparer.Ordinal), golden.Model.Trainable.Select(p => p.Name).Order(StringComparer.Ordinal));
        foreach (Parameter p in golden.Model.Trainable)
        {
            float[] expected = golden.Read("grad." + p.Name);
            // As without adapters, relative to the largest gradient of a tensor, of activations that these adapters double; measured 1e-5.
            Expect.Close(expected, p.Tensor.Gradients, 3e-5 * expected.Max(Math.Abs), 1e-6, $"{name}, {p}");
        }
    }

    /// <summary>What no trained weight comes before has no gradient: neither the frozen weights nor, here, the whole first layer.</summary>
    [Fact]
    public void What_is_frozen_takes_no_memory_for_gradients()
    {
        using LoraGolden golden = new("chosen");
        PeftAdapter.Load(golden.Folder, golden.Model);
        Assert.All(golden.Model.Parameters, p => Assert.False(p.Tensor.HasGradient));
        Assert.All(golden.Model.Trainable, p => Assert.Contains(".layers.1.", p.Name, StringComparison.Ordinal));
        using Ops ops = new(pool, new Tape());
        Assert.False(ops.Embedding(golden.Batch.Ids, golden.Model.Parameters[0]).HasGradient);
    }
}

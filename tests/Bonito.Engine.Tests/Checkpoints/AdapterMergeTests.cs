using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tests.Models;

namespace Bonito.Engine.Tests.Checkpoints;

/// <summary>A model with an adapter beside its weights and the two merged, in every form and format: the same logits, as closely as the format allows.</summary>
public sealed class AdapterMergeTests : IDisposable
{
    static readonly int[][] Sequences = [TinyLlama.Tokens(1, 40), TinyLlama.Tokens(2, 1), TinyLlama.Tokens(3, 150)];

    static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    readonly TemporaryFolder folder = new();
    readonly WorkerPool pool = new(2);

    public void Dispose()
    {
        folder.Dispose();
        pool.Dispose();
    }

    // Of logits up to 9: float32 rounding in another order of sums; 8 bits of BF16; 8 bits of Q8_0 and of the activations that it is multiplied with.
    [Theory]
    [InlineData("merged", "F32", 2e-5)]
    [InlineData("merged", "BF16", 0.15)]
    [InlineData("merged.gguf", "F32", 2e-5)]
    [InlineData("merged.gguf", "F16", 0.02)]
    [InlineData("merged.gguf", "Q8_0", 0.4)]
    public void Merged_weights_compute_what_the_adapter_does(string output, string mix, double tolerance)
    {
        string model = AdapterFixture.Save(folder), adapter = MakeAdapter(model);
        LogitComparison parity = Merge(model, adapter, output, mix, out List<string> notes);
        Assert.Equal(Sequences.Sum(s => s.Length), parity.Tokens);
        Assert.True(parity.LargestDifference <= tolerance, $"{parity}");
        Assert.True(parity.LargestDifference > 0 && parity.LargestLogit > 1, $"{parity}");
        Assert.True(parity.SameTop > 1 - tolerance, $"{parity}");
        Assert.Empty(notes);
    }

    /// <summary>The adapter of a model is that of its GGUF file: the rows of queries and keys, and those of their B, have another order there.</summary>
    [Fact]
    public void An_adapter_fits_both_orders_of_rotary_rows()
    {
        string model = AdapterFixture.Save(folder), adapter = MakeAdapter(model), gguf = folder.File("base.gguf");
        using (ModelSource source = ModelSource.Open(model)) ModelConversion.Run(source, gguf, WeightMix.Find("F32")!, _ => { }, (_, _) => { }, Cancellation);
        using Llama first = WithAdapter(model, adapter), second = WithAdapter(gguf, adapter);
        Assert.True(second.Config.RotaryInterleaved);
        LogitComparison parity = LogitComparison.Run(first, second, pool, Sequences, Cancellation);
        Assert.True(parity.LargestDifference <= 2e-5, $"{parity}");
        PeftAdapter.Save(folder.File("again"), second, "base");
        Assert.Equal(File.ReadAllBytes(Path.Combine(adapter, "adapter_model.safetensors")), File.ReadAllBytes(Path.Combine(folder.File("again"), "adapter_model.safetensors")));
        parity = Merge(gguf, adapter, "merged", "F32", out _);
        Assert.True(parity.LargestDifference <= 2e-5, $"{parity}");
    }

    [Fact]
    public void Of_a_quantised_base_the_merged_weights_are_BF16_and_the_loss_is_told()
    {
        string model = AdapterFixture.Save(folder), quantised = folder.File("base.gguf");
        using (ModelSource source = ModelSource.Open(model)) ModelConversion.Run(source, quantised, WeightMix.Find("Q4_K_M")!, _ => { }, (_, _) => { }, Cancellation);
        using (ModelSource source = ModelSource.Open(quantised))
        {
            Assert.Equal("BF16", AdapterMerge.DefaultMix(source, folder.File("merged")).Name);
            Assert.Equal("BF16", AdapterMerge.DefaultMix(source, folder.File("merged.gguf")).Name);
        }
        using (ModelSource source = ModelSource.Open(model)) Assert.Equal("F32", AdapterMerge.DefaultMix(source, folder.File("merged")).Name);
        LogitComparison parity = Merge(quantised, MakeAdapter(model), "merged", "BF16", out List<string> notes);
        Assert.True(parity.LargestDifference <= 0.15, $"{parity}");
        Assert.Contains("the base is quantised (Q4_K)", Assert.Single(notes), StringComparison.Ordinal);
    }

    /// <summary>What the adapter does not touch is copied bit for bit, and what it does is W + scale * B · A to half a unit of the last place or so.</summary>
    [Fact]
    public void Every_weight_is_the_sum()
    {
        string model = AdapterFixture.Save(folder), adapter = MakeAdapter(model);
        Merge(model, adapter, "merged", "F32", out _);
        using Llama beside = WithAdapter(model, adapter);
        using SafetensorsFile merged = SafetensorsFile.Open(Path.Combine(folder.File("merged"), "model.safetensors"));
        Dictionary<string, Linear> adapted = beside.Adapter!.Layers.ToDictionary(layer => layer.Weight.Name);
        Assert.Equal(4, adapted.Count);
        foreach (Parameter p in beside.Parameters)
        {
            float[] expected = p.Values().ToArray(), actual = new float[expected.Length];
            merged.Read(p.Name, actual);
            if (adapted.GetValueOrDefault(p.Name)?.Lora is { } lora)
            {
                for (int row = 0; row < p.Tensor.Rows; row++)
                    for (int column = 0; column < p.Tensor.Columns; column++)
                    {
                        double sum = expected[row * p.Tensor.Columns + column];
                        for (int r = 0; r < lora.Rank; r++) sum += (double)lora.Scale * lora.B.Tensor.Row(row)[r] * lora.A.Tensor.Row(r)[column];
                        Assert.Equal(sum, actual[row * p.Tensor.Columns + column], 1e-6);
                    }
            }
            else Assert.Equal(expected, actual);
        }
    }

    [Fact]
    public void An_adapter_of_another_model_is_refused_and_nothing_written()
    {
        string model = AdapterFixture.Save(folder), adapter = MakeAdapter(model);
        using LoraGolden other = new("all");
        using ModelSource source = ModelSource.Open(model);
        string message = Assert.Throws<EngineException>(() => AdapterMerge.Run(source, other.Folder, folder.File("merged"), WeightMix.Find("F32")!, _ => { }, (_, _) => { }, Cancellation)).Message;
        Assert.Contains("(28 differences)", message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("merged")));
        Assert.True(Directory.Exists(adapter));
    }

    [Fact]
    public void Models_that_cannot_be_compared_are_refused()
    {
        using Llama first = TinyLlama.Create(), second = TinyLlama.Create(TinyLlama.Config() with { VocabSize = 68 });
        Assert.Contains("vocabularies of 67 and 68", Assert.Throws<EngineException>(() => LogitComparison.Run(first, second, pool, Sequences, Cancellation)).Message, StringComparison.Ordinal);
        Assert.Contains("no tokens", Assert.Throws<EngineException>(() => LogitComparison.Run(first, first, pool, [[]], Cancellation)).Message, StringComparison.Ordinal);
        LogitComparison same = LogitComparison.Run(first, first, pool, Sequences, Cancellation);
        Assert.Equal((0, 1), (same.LargestDifference, same.SameTop));
    }

    string MakeAdapter(string model)
    {
        using Llama adapted = ModelFolder.Load(model).Model;
        adapted.AddLora(new LoraOptions { Rank = 6, Alpha = 3, TargetModules = ["k_proj", "down_proj"] }, 1);
        AdapterFixture.Randomise(adapted);
        PeftAdapter.Save(folder.File("adapter"), adapted, model);
        return folder.File("adapter");
    }

    static Llama WithAdapter(string model, string adapter)
    {
        Llama loaded = ModelFolder.Load(model).Model;
        PeftAdapter.Load(adapter, loaded);
        return loaded;
    }

    LogitComparison Merge(string model, string adapter, string output, string mix, out List<string> notes)
    {
        List<string> told = notes = [];
        long done = 0, all = -1;
        using (ModelSource source = ModelSource.Open(model))
            AdapterMerge.Run(source, adapter, folder.File(output), WeightMix.Find(mix)!, told.Add, (bytes, of) => (done, all) = (bytes, of), Cancellation);
        Assert.Equal(all, done);
        using Llama beside = WithAdapter(model, adapter), merged = ModelFolder.Load(folder.File(output)).Model;
        return LogitComparison.Run(beside, merged, pool, Sequences, Cancellation);
    }
}

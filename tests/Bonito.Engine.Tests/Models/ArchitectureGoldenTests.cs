using Bonito.Engine.Autograd;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tests.Kernels;

namespace Bonito.Engine.Tests.Models;

/// <summary>
/// A tiny model of each architecture against PyTorch, which computed it in float64 (tests/goldens/architectures/make.py), starting
/// from the text of its config.json: every logit of whole sequences, every gradient, in every stored type.
/// </summary>
public sealed class ArchitectureGoldenTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("bonito-architectures").FullName;
    readonly WorkerPool pool = new(2);

    public static TheoryData<string> Names =>
        ["llama2", "llama3", "llama-linear", "llama-biases", "smollm2", "mistral", "qwen2", "qwen2-sliding", "qwen3"];

    public void Dispose()
    {
        pool.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_logit_agrees(string name)
    {
        using SafetensorsFile golden = Open(name);
        using Llama model = Load(golden, golden, gradients: false);
        // Logits of size 10 carry the float32 rounding of a few layers; measured up to 8e-6.
        Expect.Close(Read(golden, "logits"), Logits(golden, model), 3e-5, 0, name);
    }

    /// <summary>The weights are numbers of these types, so that nothing is lost in storing them.</summary>
    [Theory]
    [MemberData(nameof(Names))]
    public void Stored_in_16_bits_the_logits_are_the_same(string name)
    {
        using SafetensorsFile golden = Open(name);
        using Llama model = Load(golden, golden, gradients: false);
        float[] expected = Logits(golden, model);
        foreach (DType type in new[] { DType.F16, DType.BF16 })
        {
            string path = Path.Combine(folder, $"{name}-{type}.safetensors");
            SafetensorsWriter.Write(path, [.. model.Parameters.Select(p => new TensorToWrite(p.Name, [.. p.Shape.Select(s => (long)s)], () => p.Tensor.Values))], type);
            using SafetensorsFile stored = SafetensorsFile.Open(path);
            using Llama read = Load(golden, stored, gradients: false);
            Expect.SameBits(expected, Logits(golden, read), $"{name} in {type}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_gradient_agrees(string name)
    {
        using SafetensorsFile golden = Open(name);
        using Llama model = Load(golden, golden, gradients: true);
        using Ops ops = new(pool, new Tape());
        TokenBatch batch = Batch(golden);
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, batch.Segments.Length, batch.Rows);
        int[] targets = [.. Read(golden, "targets").Select(v => (int)v)];
        float[] mask = Read(golden, "mask");
        double loss = ops.CrossEntropy(model.Forward(ops, batch, cache), model.Head, targets, mask, 1 / mask.Sum()) / mask.Sum();
        Assert.Equal(Read(golden, "loss")[0], loss, 3e-6);
        ops.Tape!.Backward();
        foreach (Parameter p in model.Parameters)
        {
            float[] expected = Read(golden, "grad." + p.Name);
            // Rounding errors of sums over 121 tokens are relative to the largest gradient of a tensor, not to each element. A key's
            // bias changes all scores of a query alike but for the rotation: its gradient is a small difference of large numbers.
            Expect.Close(expected, p.Tensor.Gradients, 1e-5 * expected.Max(Math.Abs), 1e-6, $"{name}, {p}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_configuration_survives_saving(string name)
    {
        using SafetensorsFile golden = Open(name);
        LlamaConfig config = Config(golden), again;
        string path = Path.Combine(folder, "saved.json");
        config.Save(path, "float32");
        again = LlamaConfig.Load(path);
        Assert.Equal(config, again);
    }

    /// <summary>Rows of q and k reordered as GGUF stores them, and neighbours turned instead of halves: the same model.</summary>
    [Theory]
    [InlineData("llama2")]
    [InlineData("llama3")]
    [InlineData("mistral")]
    public void Interleaved_rotary_positions_give_the_same_logits(string name)
    {
        using SafetensorsFile golden = Open(name);
        using Llama model = Load(golden, golden, gradients: false), interleaved = new(model.Config with { RotaryInterleaved = true });
        int half = model.Config.HeadWidth / 2;
        foreach ((Parameter from, Parameter to) in model.Parameters.Zip(interleaved.Parameters))
        {
            bool turned = from.Name.Contains("q_proj", StringComparison.Ordinal) || from.Name.Contains("k_proj", StringComparison.Ordinal);
            for (int row = 0; row < from.Tensor.Rows; row++)
            {
                int within = row % (2 * half), pair = within % half, target = row - within + 2 * pair + within / half;
                from.Tensor.Row(row).CopyTo(to.Tensor.Row(turned ? target : row));
            }
        }
        // The order of the products within a score differs.
        Expect.Close(Logits(golden, model), Logits(golden, interleaved), 2e-5, 0, name);
    }

    float[] Logits(SafetensorsFile golden, Llama model)
    {
        using Ops ops = new(pool);
        TokenBatch batch = Batch(golden);
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, batch.Segments.Length, batch.Rows);
        return model.Logits(ops, model.Forward(ops, batch, cache)).Values.ToArray();
    }

    static TokenBatch Batch(SafetensorsFile golden)
    {
        TokenBatch batch = new();
        int[] ids = [.. Read(golden, "ids").Select(v => (int)v)];
        int row = 0;
        foreach (float length in Read(golden, "sequences"))
        {
            batch.Add(batch.Segments.Length, 0, ids.AsSpan(row, (int)length));
            row += (int)length;
        }
        return batch;
    }

    LlamaConfig Config(SafetensorsFile golden)
    {
        string path = Path.Combine(folder, "config.json");
        File.WriteAllText(path, golden.Metadata["config"]);
        return LlamaConfig.Load(path);
    }

    Llama Load(SafetensorsFile golden, SafetensorsFile weights, bool gradients)
    {
        LlamaConfig config = Config(golden);
        // All of the file's parameters, by name and shape.
        Assert.Equal(
            Llama.ExpectedTensors(config).Select(t => $"{t.Name} [{string.Join(", ", t.Shape)}]").Order(StringComparer.Ordinal),
            golden.Tensors.Values.Where(t => golden.Tensors.ContainsKey("grad." + t.Name)).Select(t => $"{t.Name} [{string.Join(", ", t.Shape)}]").Order(StringComparer.Ordinal));
        Llama model = new(config, gradients);
        foreach (Parameter p in model.Parameters) weights.Read(p.Name, p.Tensor.Values);
        return model;
    }

    static float[] Read(SafetensorsFile file, string name)
    {
        float[] values = new float[file.Tensors[name].Shape.Aggregate(1L, (a, b) => a * b)];
        file.Read(name, values);
        return values;
    }

    static SafetensorsFile Open(string name)
    {
        for (DirectoryInfo? parent = new(AppContext.BaseDirectory); parent is not null; parent = parent.Parent)
        {
            string path = Path.Combine(parent.FullName, "tests", "goldens", "architectures", name + ".safetensors");
            if (File.Exists(path)) return SafetensorsFile.Open(path);
        }
        throw new FileNotFoundException($"tests/goldens/architectures/{name}.safetensors is in no folder above {AppContext.BaseDirectory}");
    }
}

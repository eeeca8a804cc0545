using System.Globalization;
using Bonito.Engine.Autograd;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;

namespace Bonito.Engine.Tests.Models;

/// <summary>One case of tests/goldens/lora: a tiny model, the folder of an adapter in PEFT's layout, and what PyTorch computes with both.</summary>
sealed class LoraGolden : IDisposable
{
    readonly SafetensorsFile file;
    readonly int[] targets;
    readonly float[] mask;

    public LoraGolden(string name)
    {
        Folder = Path.Combine(Root(), name);
        file = SafetensorsFile.Open(Path.Combine(Folder, "golden.safetensors"));
        Model = new Llama(new LlamaConfig
        {
            VocabSize = Integer("vocab_size"),
            HiddenSize = Integer("hidden_size"),
            IntermediateSize = Integer("intermediate_size"),
            NumHiddenLayers = Integer("num_hidden_layers"),
            NumAttentionHeads = Integer("num_attention_heads"),
            NumKeyValueHeads = Integer("num_key_value_heads"),
            MaxPositionEmbeddings = Integer("max_position_embeddings"),
            RmsNormEps = float.Parse(file.Metadata["rms_norm_eps"], CultureInfo.InvariantCulture),
            RopeTheta = double.Parse(file.Metadata["rope_theta"], CultureInfo.InvariantCulture),
            TieWordEmbeddings = bool.Parse(file.Metadata["tie_word_embeddings"]),
        });
        foreach (Parameter p in Model.Parameters) file.Read(p.Name, p.Tensor.Values);
        int[] ids = Integers("ids");
        int row = 0;
        foreach (int length in Integers("sequences"))
        {
            Batch.Add(Batch.Segments.Length, 0, ids.AsSpan(row, length));
            row += length;
        }
        targets = Integers("targets");
        mask = Read("mask");
    }

    /// <summary>The adapter's.</summary>
    public string Folder { get; }

    /// <summary>The base in memory, frozen, without the adapter.</summary>
    public Llama Model { get; }

    public TokenBatch Batch { get; } = new();

    /// <summary>The tensors of the adapter whose gradients PyTorch computed.</summary>
    public string[] Trained => [.. file.Tensors.Keys.Where(name => name.StartsWith("grad.", StringComparison.Ordinal)).Select(name => name["grad.".Length..])];

    public KvCache Cache(Ops ops) => new(Model.Config, ops.Gemm.Kernel, Batch.Segments.Length, Batch.Rows);

    public double Loss(Ops ops, KvCache cache) => ops.CrossEntropy(Model.Forward(ops, Batch, cache), Model.Head, targets, mask, 1 / mask.Sum()) / mask.Sum();

    public float[] Read(string name)
    {
        float[] values = new float[file.Tensors[name].Shape.Aggregate(1L, (a, b) => a * b)];
        file.Read(name, values);
        return values;
    }

    public void Dispose()
    {
        Model.Dispose();
        file.Dispose();
    }

    static string Root()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string goldens = Path.Combine(folder.FullName, "tests", "goldens", "lora");
            if (Directory.Exists(goldens)) return goldens;
        }
        throw new DirectoryNotFoundException("tests/goldens/lora is in no folder above " + AppContext.BaseDirectory);
    }

    int[] Integers(string name) => [.. Read(name).Select(v => (int)v)];

    int Integer(string name) => int.Parse(file.Metadata[name], CultureInfo.InvariantCulture);
}

using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;

namespace Bonito.Benchmarks;

/// <summary>
/// Random weights as a QLoRA run holds them: the matrices of the layers in NF4 with doubly quantised scales, embedding and head in BF16, norms
/// of 1. They are made as codes: nothing of them ever exists in float32.
/// </summary>
sealed unsafe class RandomNF4Checkpoint(LlamaConfig config) : ICheckpoint
{
    readonly List<NativeBuffer> made = [];

    public string Source => "random weights";

    public IReadOnlyDictionary<string, StoredTensor> Tensors { get; } = Llama.ExpectedTensors(config).ToDictionary(t => t.Name, t => new StoredTensor(t.Name, "NF4", t.Shape, 0, 0));

    public StoredMatrix Matrix(string name)
    {
        IReadOnlyList<long> shape = Tensors[name].Shape;
        int rows = shape.Count == 1 ? 1 : (int)shape[0], columns = (int)shape[^1];
        if (shape.Count == 1)
        {
            float* ones = Take(columns);
            new Span<float>(ones, columns).Fill(1);
            return new StoredMatrix(DType.F32, (byte*)ones, 1, columns);
        }
        if (!name.Contains("_proj", StringComparison.Ordinal))
        {
            made.Add(RandomWeights.Make(DType.BF16, rows, columns, made.Count));
            return new StoredMatrix(DType.BF16, (byte*)made[^1].Data, rows, columns);
        }
        long values = (long)rows * columns, blocks = NF4.Blocks(values), groups = (blocks + NestedScales.Group - 1) / NestedScales.Group;
        byte* codes = (byte*)Take((NF4.CodeBytes(values) + 3) / 4), scales = (byte*)Take((blocks + 3) / 4);
        float* maxima = Take(groups);
        Random random = new(made.Count);
        random.NextBytes(new Span<byte>(codes, checked((int)NF4.CodeBytes(values))));
        random.NextBytes(new Span<byte>(scales, checked((int)blocks)));
        // Blocks of 64 normal values of the deviation 1 / sqrt(columns) reach to about 2.4 times that.
        float size = 2.4f / MathF.Sqrt(columns);
        new Span<float>(maxima, (int)groups).Fill(0.4f * size);
        return new StoredMatrix(codes, new NestedScales(DynamicMap.Signed.Values, scales, maxima, size), rows, columns);
    }

    public void Release(StoredMatrix matrix) { }

    public void Verify(IReadOnlyList<ExpectedTensor> expected, bool allowUnexpected = false) { }

    public void Dispose()
    {
        foreach (NativeBuffer memory in made) memory.Dispose();
    }

    float* Take(long floats)
    {
        made.Add(new NativeBuffer(floats));
        return made[^1].Data;
    }
}

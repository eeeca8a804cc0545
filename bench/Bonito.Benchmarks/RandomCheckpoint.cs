using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Benchmarks;

/// <summary>A checkpoint of random weights, made when they are asked for and gone when they are released.</summary>
sealed unsafe class RandomCheckpoint : ICheckpoint
{
    readonly Dictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);
    readonly Dictionary<string, NativeBuffer> made = new(StringComparer.Ordinal);

    /// <param name="mix">The formats of the tensors; those of a GGUF file.</param>
    public RandomCheckpoint(LlamaConfig config, WeightMix mix)
    {
        foreach (ExpectedTensor t in Llama.ExpectedTensors(config))
        {
            DType type = mix.TypeOf(GgufNames.ToGguf(t.Name)!, t.Shape, config);
            long rows = t.Shape.Count == 1 ? 1 : t.Shape[0];
            tensors.Add(t.Name, new StoredTensor(t.Name, type.ToString(), t.Shape, 0, rows * type.RowBytes(t.Shape[^1])));
        }
    }

    public string Source => "random weights";

    public IReadOnlyDictionary<string, StoredTensor> Tensors => tensors;

    public StoredMatrix Matrix(string name)
    {
        StoredTensor tensor = tensors[name];
        DType type = Enum.Parse<DType>(tensor.DType);
        bool vector = tensor.Shape.Count == 1;
        int rows = vector ? 1 : (int)tensor.Shape[0], columns = (int)tensor.Shape[^1];
        if (!made.TryGetValue(name, out NativeBuffer? memory))
        {
            memory = vector ? new NativeBuffer(columns) : RandomWeights.Make(type, rows, columns, made.Count);
            // Norms of 1.
            if (vector) new Span<float>(memory.Data, columns).Fill(1);
            made.Add(name, memory);
        }
        return new StoredMatrix(type, (byte*)memory.Data, rows, columns);
    }

    /// <summary>The embedding stays: it is looked up in place.</summary>
    public void Release(StoredMatrix matrix)
    {
        (string name, NativeBuffer memory) = made.First(m => m.Value.Data == (float*)matrix.Data);
        if (name.Contains("embed_tokens", StringComparison.Ordinal)) return;
        memory.Dispose();
        made.Remove(name);
    }

    public void Verify(IReadOnlyList<ExpectedTensor> expected, bool allowUnexpected = false) { }

    public void Dispose()
    {
        foreach (NativeBuffer memory in made.Values) memory.Dispose();
    }
}

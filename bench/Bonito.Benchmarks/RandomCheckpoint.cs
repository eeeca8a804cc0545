using Bonito.Engine.Checkpoints;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Benchmarks;

/// <summary>A checkpoint of random weights in memory, of the formats of a GGUF file: vectors are float32, matrices of one type.</summary>
sealed unsafe class RandomCheckpoint : ICheckpoint
{
    readonly Dictionary<string, (NativeBuffer Memory, StoredMatrix Matrix)> matrices = new(StringComparer.Ordinal);
    readonly Dictionary<string, StoredTensor> tensors = new(StringComparer.Ordinal);

    public RandomCheckpoint(LlamaConfig config, DType type)
    {
        foreach (ExpectedTensor t in Llama.ExpectedTensors(config))
        {
            bool vector = t.Shape.Count == 1;
            int rows = vector ? 1 : (int)t.Shape[0], columns = (int)t.Shape[^1];
            NativeBuffer memory = vector ? new NativeBuffer(columns) : RandomWeights.Make(type, rows, columns, matrices.Count);
            // Norms of 1.
            if (vector) new Span<float>(memory.Data, columns).Fill(1);
            StoredMatrix matrix = new(vector ? DType.F32 : type, (byte*)memory.Data, rows, columns);
            matrices.Add(t.Name, (memory, matrix));
            tensors.Add(t.Name, new StoredTensor(t.Name, matrix.Type.ToString(), t.Shape, 0, matrix.Bytes));
        }
    }

    public string Source => "random weights";

    public IReadOnlyDictionary<string, StoredTensor> Tensors => tensors;

    public StoredMatrix Matrix(string name) => matrices[name].Matrix;

    // Nothing is kept but the packed copy.
    public void Release(StoredMatrix matrix) { }

    public void Verify(IReadOnlyList<ExpectedTensor> expected, bool allowUnexpected = false) { }

    public void Dispose()
    {
        foreach ((NativeBuffer memory, _) in matrices.Values) memory.Dispose();
    }
}

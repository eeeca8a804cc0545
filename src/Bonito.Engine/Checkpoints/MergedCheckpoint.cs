using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// A checkpoint with an adapter worked into its weights, W + scale * B · A, each in float32 from when it is asked for until it is released.
/// All other tensors are the base's. Neither base nor adapter is disposed.
/// </summary>
internal sealed unsafe class MergedCheckpoint(ICheckpoint source, PeftFolder adapter) : ICheckpoint
{
    private readonly Dictionary<nint, NativeBuffer> merged = [];

    public string Source => source.Source;

    /// <summary>The base's: the types are those that weights have before they are merged.</summary>
    public IReadOnlyDictionary<string, StoredTensor> Tensors => source.Tensors;

    public StoredMatrix Matrix(string name)
    {
        StoredMatrix matrix = source.Matrix(name);
        if (!adapter.Layers.TryGetValue(name, out string? layer)) return matrix;
        NativeBuffer sum = new((long)matrix.Rows * matrix.Columns);
        Merge(layer, matrix, sum.Data);
        source.Release(matrix);
        merged.Add((nint)sum.Data, sum);
        return new StoredMatrix(DType.F32, (byte*)sum.Data, matrix.Rows, matrix.Columns);
    }

    /// <summary>As <see cref="ICheckpoint.Release"/>; a merged matrix must be asked for again to be read again.</summary>
    public void Release(StoredMatrix matrix)
    {
        if (merged.Remove((nint)matrix.Data, out NativeBuffer? sum)) sum.Dispose();
        else source.Release(matrix);
    }

    public void Verify(IReadOnlyList<ExpectedTensor> expected, bool allowUnexpected = false) => source.Verify(expected, allowUnexpected);

    public void Dispose()
    {
        foreach (NativeBuffer sum in merged.Values) sum.Dispose();
        merged.Clear();
    }

    private void Merge(string layer, StoredMatrix weight, float* sum)
    {
        int rank = adapter.Options.Rank, inputs = weight.Columns;
        float scale = adapter.Options.Scale;
        using NativeBuffer a = new((long)rank * inputs), b = new((long)rank * weight.Rows);
        adapter.ReadA(layer, new Span<float>(a.Data, checked((int)a.Count)));
        adapter.ReadB(layer, new Span<float>(b.Data, checked((int)b.Count)));
        nint factors = (nint)a.Data, rows = (nint)b.Data, target = (nint)sum;
        Parallel.For(0, weight.Rows, row =>
        {
            float* to = (float*)target + (long)row * inputs;
            RowCodec.ToFloat(weight, row, new Span<float>(to, inputs));
            for (int r = 0; r < rank; r++) VectorMath.AddScaled((float*)factors + (long)r * inputs, scale * ((float*)rows)[(long)row * rank + r], inputs, to);
        });
    }
}

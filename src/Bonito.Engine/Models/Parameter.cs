using Bonito.Engine.Checkpoints;
using Bonito.Engine.Quantization;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Models;

/// <summary>
/// A tensor of a model, under its name in the checkpoint: in float32 memory of the model, which can be trained, or where and as
/// the checkpoint stores it, or quantised.
/// </summary>
public sealed unsafe class Parameter
{
    ICheckpoint? checkpoint;

    /// <param name="name">As Hugging Face names it, for example <c>model.layers.0.self_attn.q_proj.weight</c>.</param>
    /// <param name="shape">[width] or [outputs, inputs].</param>
    /// <param name="tensor">Memory of the model; a vector has one row.</param>
    public Parameter(string name, int[] shape, Tensor tensor)
    {
        Name = name;
        Shape = shape;
        Tensor = tensor;
        Stored = new StoredMatrix(DType.F32, (byte*)tensor.Data, tensor.Rows, tensor.Columns);
    }

    /// <summary>A matrix that stays in its checkpoint.</summary>
    public Parameter(string name, int[] shape, ICheckpoint checkpoint)
    {
        Name = name;
        Shape = shape;
        this.checkpoint = checkpoint;
        Stored = checkpoint.Matrix(name);
        Tensor = new Tensor(null, null, Stored.Rows, Stored.Columns);
    }

    public string Name { get; }

    public IReadOnlyList<int> Shape { get; }

    /// <summary>The values in float32; where they stay in a checkpoint or are quantised, their shape only.</summary>
    public Tensor Tensor { get; private set; }

    /// <summary>The values as they are stored.</summary>
    public StoredMatrix Stored { get; private set; }

    /// <summary>Whether the values stay as stored, in a checkpoint or quantised: they cannot change, and there is no <see cref="Tensor.Data"/>.</summary>
    public bool InCheckpoint => Tensor.Data == null;

    /// <summary>Says that the values were copied and will not be read soon: their pages of the checkpoint may leave memory.</summary>
    public void Release() => checkpoint?.Release(Stored);

    /// <summary>Puts another form of the values in the place of the old one, whose pages of a checkpoint may leave memory.</summary>
    /// <param name="stored">Of the same shape; the caller owns the memory.</param>
    internal void Replace(StoredMatrix stored)
    {
        Release();
        checkpoint = null;
        Stored = stored;
        Tensor = new Tensor(null, null, stored.Rows, stored.Columns);
    }

    /// <summary>The values in float32, row after row: the memory itself, or what the stored bytes stand for.</summary>
    public ReadOnlySpan<float> Values()
    {
        if (!InCheckpoint) return Tensor.Values;
        float[] values = new float[checked((int)Tensor.Count)];
        for (int row = 0; row < Stored.Rows; row++) RowCodec.ToFloat(Stored, row, values.AsSpan(row * Stored.Columns, Stored.Columns));
        return values;
    }

    public override string ToString() => $"{Name} [{string.Join(", ", Shape)}]";
}

namespace Bonito.Engine.Tensors;

/// <summary>
/// A row-major float32 matrix in native memory, with its gradient of the same shape where one is kept.
/// A vector has one row. It is a view: an <see cref="Arena"/>, a model or a session owns the memory.
/// </summary>
public readonly unsafe struct Tensor(float* data, float* gradient, int rows, int columns)
{
    /// <summary>The values, [<see cref="Rows"/>, <see cref="Columns"/>], without padding.</summary>
    public float* Data { get; } = data;

    /// <summary>The gradient, same shape; null where none is kept. Backward passes add to it.</summary>
    public float* Gradient { get; } = gradient;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public long Count => (long)Rows * Columns;

    public bool HasGradient => Gradient != null;

    /// <summary>The values as one span, row after row.</summary>
    public Span<float> Values => new(Data, checked((int)Count));

    /// <summary>The gradient as one span; empty where none is kept.</summary>
    public Span<float> Gradients => Gradient == null ? default : new(Gradient, checked((int)Count));

    public Span<float> Row(int row) => new(Data + (long)row * Columns, Columns);

    public override string ToString() => $"[{Rows}, {Columns}]";
}

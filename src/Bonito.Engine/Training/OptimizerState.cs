using Bonito.Engine.Tensors;

namespace Bonito.Engine.Training;

/// <summary>Memory that an optimiser keeps from step to step, to be written and read as it is.</summary>
/// <param name="name">Unique within the optimiser, for example <c>first.model.norm.weight</c>.</param>
/// <param name="type">F32, or null for bytes.</param>
/// <param name="shape">Sizes, outermost first.</param>
/// <param name="data">Owned by the optimiser.</param>
public sealed unsafe class OptimizerState(string name, DType? type, IReadOnlyList<long> shape, void* data)
{
    /// <summary>Bytes that are written or read at once: a span holds less than 2 GiB, a state may have more.</summary>
    public const int Piece = 1 << 20;

    public string Name { get; } = name;

    /// <summary>F32, or null for bytes.</summary>
    public DType? Type { get; } = type;

    public IReadOnlyList<long> Shape { get; } = shape;

    /// <summary>Bytes of all of it.</summary>
    public long Length => Shape.Aggregate(Type?.BlockBytes() ?? 1L, (a, b) => a * b);

    /// <summary>The bytes from one on, at most <see cref="Piece"/>, in the order of the memory.</summary>
    public Span<byte> Bytes(long start) => new((byte*)data + start, (int)Math.Min(Piece, Length - start));

    public override string ToString() => $"{Type?.ToString() ?? "U8"} [{string.Join(", ", Shape)}]";
}

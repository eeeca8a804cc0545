using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>A tensor as a checkpoint describes it.</summary>
/// <param name="Name">Path of the tensor in the model, such as <c>model.norm.weight</c>.</param>
/// <param name="DType">Element type in the words of the file; any type of the format, not only those that weights are read from.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Offset">First byte of the values, counted from the start of the file that holds them.</param>
/// <param name="Length">Bytes that the values take.</param>
public sealed record StoredTensor(string Name, string DType, IReadOnlyList<long> Shape, long Offset, long Length)
{
    /// <summary>The type as one that weights are read from; null when they are not.</summary>
    public DType? WeightType => ElementTypes.AsWeights(DType);

    /// <exception cref="EngineException">Weights are not read from this type.</exception>
    internal DType RequireWeights(string source) => WeightType
        ?? throw new EngineException($"{source}: tensor {ErrorText.Quote(Name)} is stored as {DType}; weights are read from {ElementTypes.Readable} only.");

    /// <summary>The tensor as rows of its last dimension; a scalar or vector has one row.</summary>
    /// <param name="data">Where the checked <see cref="Length"/> bytes lie.</param>
    /// <exception cref="EngineException">Weights are not read from its type, or a size is beyond 2^31 - 1.</exception>
    internal unsafe StoredMatrix AsMatrix(string source, byte* data)
    {
        DType type = RequireWeights(source);
        long columns = Shape.Count == 0 ? 1 : Shape[^1];
        // Cannot overflow: the number of elements was checked to fit.
        long rows = Shape.SkipLast(1).Aggregate(1L, (a, b) => a * b);
        if (rows > int.MaxValue || columns > int.MaxValue)
            throw new EngineException($"{source}: tensor {ErrorText.Quote(Name)} of shape {ErrorText.Shape(Shape)} has more than {int.MaxValue} rows or columns, which this engine cannot compute with.");
        return new StoredMatrix(type, data, (int)rows, (int)columns);
    }
}

/// <summary>A tensor that a model needs from its checkpoint.</summary>
/// <param name="Name">Path of the tensor in the model.</param>
/// <param name="Shape">Sizes, outermost first.</param>
public sealed record ExpectedTensor(string Name, IReadOnlyList<long> Shape);

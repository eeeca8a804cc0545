namespace Bonito.Engine.Checkpoints;

/// <summary>A tensor as a checkpoint describes it.</summary>
/// <param name="Name">Path of the tensor in the model, such as <c>model.norm.weight</c>.</param>
/// <param name="DType">Element type in the words of the file; any type of the format, not only those of <see cref="Tensors.DType"/>.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Offset">First byte of the values, counted from the start of the file that holds them.</param>
/// <param name="Length">Bytes that the values take.</param>
public sealed record StoredTensor(string Name, string DType, IReadOnlyList<long> Shape, long Offset, long Length);

/// <summary>A tensor that a model needs from its checkpoint.</summary>
/// <param name="Name">Path of the tensor in the model.</param>
/// <param name="Shape">Sizes, outermost first.</param>
public sealed record ExpectedTensor(string Name, IReadOnlyList<long> Shape);

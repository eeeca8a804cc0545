namespace Bonito.Engine.Checkpoints;

/// <summary>Gives a tensor's values when they are written, so that a model need not be copied to be saved.</summary>
/// <returns>The values, the last dimension running fastest; they are read before the next tensor's are asked for.</returns>
public delegate ReadOnlySpan<float> TensorValues();

/// <summary>A tensor to be stored.</summary>
/// <param name="Name">Path of the tensor in the model.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Values">As many values as the shape's product.</param>
public sealed record TensorToWrite(string Name, IReadOnlyList<long> Shape, TensorValues Values);

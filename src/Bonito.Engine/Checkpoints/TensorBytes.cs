using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>A tensor to be stored, whatever its type and wherever it comes from.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">How it is stored; null for bytes that are no weights.</param>
/// <param name="Shape">Sizes, outermost first; empty for a scalar.</param>
/// <param name="Write">Writes exactly the bytes that type and shape ask for. It is called when the tensors before it are written.</param>
internal sealed record TensorBytes(string Name, DType? Type, IReadOnlyList<long> Shape, Action<Stream> Write)
{
    /// <exception cref="ArgumentException">The shape is impossible, or its rows are not whole blocks of the type.</exception>
    public long Length
    {
        get
        {
            long count = ElementTypes.Count(Shape) ?? throw new ArgumentException($"Tensor '{Name}' has the impossible shape {ErrorText.Shape(Shape)}.");
            if (Type is not { } type) return count;
            if ((Shape.Count == 0 ? 1 : Shape[^1]) % type.BlockLength() != 0)
                throw new ArgumentException($"Tensor '{Name}' of shape {ErrorText.Shape(Shape)} has no whole blocks of {type}.");
            return checked(count / type.BlockLength() * type.BlockBytes());
        }
    }

    /// <summary>Writes the values and makes sure that they are as many bytes as promised: a file with others would be read wrongly.</summary>
    public void WriteTo(Stream stream)
    {
        long before = stream.Position;
        Write(stream);
        if (stream.Position - before != Length)
            throw new InvalidOperationException($"Tensor '{Name}' of shape {ErrorText.Shape(Shape)} gave {stream.Position - before} bytes instead of {Length}.");
    }
}

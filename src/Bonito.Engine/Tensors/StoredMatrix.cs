namespace Bonito.Engine.Tensors;

/// <summary>
/// A matrix as a checkpoint stores it: rows of elements or blocks of one format, one after another without padding. It is a
/// view: a mapped file or a buffer owns the memory, which may have any alignment. A vector has one row.
/// </summary>
/// <param name="columns">A multiple of the format's block length.</param>
public readonly unsafe struct StoredMatrix(DType type, byte* data, int rows, int columns)
{
    public DType Type { get; } = type;

    public byte* Data { get; } = data;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public long RowBytes => Type.RowBytes(Columns);

    public long Bytes => Rows * RowBytes;

    public byte* Row(int row) => Data + row * RowBytes;

    public override string ToString() => $"{Type} [{Rows}, {Columns}]";
}

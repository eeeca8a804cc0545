namespace Bonito.Engine.Tensors;

/// <summary>
/// A matrix as a checkpoint stores it: rows of elements or blocks of one format, one after another without padding. It is a
/// view: a mapped file or a buffer owns the memory, which may have any alignment. A vector has one row.
/// </summary>
/// <param name="columns">A multiple of the format's block length.</param>
public readonly unsafe struct StoredMatrix(DType type, byte* data, int rows, int columns)
{
    /// <summary>A matrix in <see cref="DType.NF4"/>, with any number of columns.</summary>
    /// <param name="codes">Four bits for each value, row after row without a gap: blocks go on in the next row.</param>
    /// <param name="scales">Of its blocks.</param>
    public StoredMatrix(byte* codes, NestedScales scales, int rows, int columns) : this(DType.NF4, codes, rows, columns) => Scales = scales;

    public DType Type { get; } = type;

    public byte* Data { get; } = data;

    /// <summary>The scales of <see cref="DType.NF4"/>, which lie apart; other formats have theirs in the blocks.</summary>
    public NestedScales Scales { get; }

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public long RowBytes => Type.RowBytes(Columns);

    public long Bytes => Type.MatrixBytes(Rows, Columns);

    public byte* Row(int row) => Data + row * RowBytes;

    public override string ToString() => $"{Type} [{Rows}, {Columns}]";
}

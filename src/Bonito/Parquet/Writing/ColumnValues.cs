using Bonito.Parquet.Metadata;

namespace Bonito.Parquet.Writing;

/// <summary>The values of a column chunk being written: those of its page, its dictionary, its bounds.</summary>
abstract class ColumnValues
{
    public static ColumnValues Of(SchemaNode leaf) => leaf.Type switch
    {
        PhysicalType.Boolean => new BooleanValues(),
        PhysicalType.ByteArray => new TextValues(),
        PhysicalType.Int64 => new IntegerValues(),
        _ => new NumberValues(),
    };

    /// <summary>Bytes of the page's values, as they would be plain.</summary>
    public abstract long PlainBytes { get; }

    /// <summary>The entries of the dictionary, plain.</summary>
    public abstract ReadOnlySpan<byte> Dictionary { get; }

    public abstract int DictionaryCount { get; }

    /// <summary>The least and the greatest value of the chunk, where they are known.</summary>
    public abstract ColumnStatistics Bounds { get; }

    /// <returns>False if the value is not of the column's type.</returns>
    public abstract bool Add(object value);

    /// <summary>Puts the values of the page into <paramref name="into"/>, and begins the next page.</summary>
    /// <returns>Whether they are places in the dictionary; otherwise they are plain.</returns>
    public abstract bool EndPage(ByteBuffer into);

    /// <summary>Begins the next chunk.</summary>
    public abstract void Reset();
}

using Bonito.Parquet.Metadata;

namespace Bonito.Parquet;

/// <summary>A column of a file, a field of a struct, or the elements of a list: a name, what it holds, and whether it may be null.</summary>
public sealed record Column(string Name, ColumnType Type, bool Optional)
{
    /// <summary>Texts: UTF-8.</summary>
    public static Column Text(string name, bool optional = true) =>
        new(name, new LeafType(PhysicalType.ByteArray, new LogicalType(LogicalKind.Text)), optional);

    /// <summary>Integers of 64 bits.</summary>
    public static Column Integer(string name, bool optional = true) => new(name, new LeafType(PhysicalType.Int64, null), optional);

    /// <summary>Floating point numbers of 64 bits.</summary>
    public static Column Number(string name, bool optional = true) => new(name, new LeafType(PhysicalType.Double, null), optional);

    public static Column Boolean(string name, bool optional = true) => new(name, new LeafType(PhysicalType.Boolean, null), optional);

    /// <summary>Lists of what <paramref name="element"/> says, whose name is not kept: the format calls it "element".</summary>
    public static Column List(string name, Column element, bool optional = true) => new(name, new ListType(element), optional);

    /// <summary>Rows within a row.</summary>
    public static Column Struct(string name, IReadOnlyList<Column> fields, bool optional = true) =>
        new(name, new StructType(fields), optional);

    // Levels, as the format counts them; known once the column is part of a schema.

    /// <summary>The definition level from which this is not null.</summary>
    internal int DefinitionLevel { get; init; }

    /// <summary>Of lists and maps: the repetition level of entries after the first.</summary>
    internal int RepetitionLevel { get; init; }

    /// <summary>Of leaves: where the values are stored.</summary>
    internal SchemaNode? Node { get; init; }
}

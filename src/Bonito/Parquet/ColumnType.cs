namespace Bonito.Parquet;

/// <summary>What a column holds: single values, structs, lists or maps.</summary>
public abstract record ColumnType;

/// <summary>Single values.</summary>
/// <param name="Physical">How they are stored.</param>
/// <param name="Logical">What they mean; <see langword="null"/>: what is stored is what is meant.</param>
/// <param name="Length">Bytes of a value, where they are of fixed length; otherwise 0.</param>
public sealed record LeafType(PhysicalType Physical, LogicalType? Logical, int Length = 0) : ColumnType;

/// <summary>Structs: rows within a row.</summary>
public sealed record StructType(IReadOnlyList<Column> Fields) : ColumnType;

/// <summary>Lists.</summary>
public sealed record ListType(Column Element) : ColumnType;

/// <summary>
/// Maps. Their values are read as a <see cref="Rows.Row"/> where keys are texts, and otherwise as a list of rows of the
/// columns "key" and "value".
/// </summary>
public sealed record MapType(Column Key, Column Value) : ColumnType;

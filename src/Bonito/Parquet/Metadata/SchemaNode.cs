namespace Bonito.Parquet.Metadata;

/// <summary>How often a node occurs in its parent; the numbers are those of the format.</summary>
enum Repetition
{
    Required = 0,
    Optional = 1,
    Repeated = 2,
}

/// <summary>A node of the schema as the file stores it: a leaf with values, or a group.</summary>
sealed class SchemaNode
{
    public required string Name { get; init; }

    public required Repetition Repetition { get; init; }

    /// <summary>Of leaves only.</summary>
    public PhysicalType? Type { get; init; }

    /// <summary>Bytes of a value of fixed length.</summary>
    public int Length { get; init; }

    public LogicalType? Logical { get; init; }

    public IReadOnlyList<SchemaNode> Children { get; init; } = [];

    // Set when the node takes its place in a schema.

    /// <summary>Of leaves: which column chunk of a row group.</summary>
    public int Index { get; set; } = -1;

    /// <summary>Of leaves: names from the column down.</summary>
    public IReadOnlyList<string> Path { get; set; } = [];

    /// <summary>Of leaves: the definition level of a value.</summary>
    public int MaximalDefinition { get; set; }

    /// <summary>Of leaves: in how many lists a value is.</summary>
    public int MaximalRepetition { get; set; }

    public string Where => $"column '{string.Join('.', Path)}'";
}

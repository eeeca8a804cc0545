namespace Bonito.Parquet.Metadata;

/// <summary>How columns to be written are stored: lists on three levels, as the format wants them.</summary>
static class SchemaBuilding
{
    public static SchemaNode Root(IReadOnlyList<Column> columns)
    {
        if (columns.Count == 0) throw new BonitoException("A Parquet file to be written needs at least one column.");
        return new SchemaNode { Name = "schema", Repetition = Repetition.Required, Children = Fields(columns, "the file") };
    }

    static SchemaNode[] Fields(IReadOnlyList<Column> columns, string where)
    {
        if (columns.Count == 0) throw new BonitoException($"Parquet: {where} needs at least one field.");
        if (columns.GroupBy(column => column.Name).FirstOrDefault(group => group.Count() > 1) is { Key: var name })
            throw new BonitoException($"Parquet: {where} has two columns named '{name}'; give each a name of its own.");
        return [.. columns.Select(column => Node(column, column.Name))];
    }

    static SchemaNode Node(Column column, string name)
    {
        Repetition repetition = column.Optional ? Repetition.Optional : Repetition.Required;
        return column.Type switch
        {
            LeafType leaf when IsWritten(leaf) =>
                new() { Name = name, Repetition = repetition, Type = leaf.Physical, Logical = leaf.Logical },
            StructType type => new() { Name = name, Repetition = repetition, Children = Fields(type.Fields, $"the struct '{name}'") },
            ListType list => new()
            {
                Name = name,
                Repetition = repetition,
                Logical = new LogicalType(LogicalKind.List),
                Children =
                [
                    new() { Name = "list", Repetition = Repetition.Repeated, Children = [Node(list.Element, "element")] },
                ],
            },
            _ => throw new BonitoException(
                $"Parquet: column '{name}' has a type that is read but not written; write texts, integers of 64 bits, numbers of 64 "
                + "bits, truth values, and structs and lists of these."),
        };
    }

    static bool IsWritten(LeafType leaf) => leaf.Physical switch
    {
        PhysicalType.ByteArray => leaf.Logical is { Kind: LogicalKind.Text },
        PhysicalType.Int64 or PhysicalType.Double or PhysicalType.Boolean => leaf.Logical is null,
        _ => false,
    };
}

using Bonito.Parquet.Metadata;

namespace Bonito.Parquet.Reading;

/// <summary>Builds the readers of columns over the cursors of their leaves.</summary>
sealed class FieldReaders(Func<SchemaNode, LeafCursor> cursor, RowBudget budget)
{
    /// <exception cref="MalformedException">A column holds something that is not read.</exception>
    public FieldReader Of(Column column) => column.Type switch
    {
        LeafType => new LeafReader(column, cursor(column.Node!)),
        ListType list => new ListReader(column, Of(list.Element), budget),
        MapType map => new MapReader(column, Entry(map), map.Key.Type is LeafType { Physical: PhysicalType.ByteArray }, budget),
        StructType when column.Node!.Logical?.Kind == LogicalKind.Variant =>
            throw new MalformedException($"column '{column.Name}' holds VARIANT values, which are not read; name the columns to read without it"),
        StructType type => Struct(column, type.Fields),
        _ => throw new InvalidOperationException($"No reader for {column.Type}."),
    };

    /// <summary>A struct of these fields; of all columns together, a row.</summary>
    public StructReader Struct(Column column, IReadOnlyList<Column> fields)
    {
        string[] names = [.. fields.Select(field => field.Name)];
        if (names.Length != names.Distinct().Count())
        {
            string twice = names.GroupBy(name => name).First(group => group.Count() > 1).Key;
            throw new MalformedException($"two columns of {(column.Name.Length == 0 ? "the file" : $"'{column.Name}'")} are named '{twice}'");
        }
        return new StructReader(column, names, [.. fields.Select(Of)]);
    }

    StructReader Entry(MapType map) =>
        Struct(new Column("entries", map, Optional: false), [map.Key with { Name = "key" }, map.Value with { Name = "value" }]);
}

namespace Bonito.Parquet.Metadata;

/// <summary>
/// What the nodes of a schema mean as columns: which groups stand for lists and maps and which are structs, by the rules of
/// the format, those for older files included.
/// </summary>
static class ColumnReading
{
    /// <param name="node">A column, or a field of a struct.</param>
    /// <param name="definition">The definition level of what holds it.</param>
    /// <param name="repetition">The repetition level of what holds it.</param>
    public static Column Interpret(SchemaNode node, int definition, int repetition)
    {
        if (node.Repetition != Repetition.Repeated) return Annotated(node, definition, repetition);
        // A repeated node that no list explains is a list of its own, neither of which is ever null.
        return new(node.Name, new ListType(Annotated(node, definition + 1, repetition + 1)), Optional: false)
        {
            DefinitionLevel = definition,
            RepetitionLevel = repetition + 1,
        };
    }

    // Here a repeated node is one entry: its own level has been counted.
    static Column Annotated(SchemaNode node, int definition, int repetition)
    {
        bool optional = node.Repetition == Repetition.Optional;
        if (optional) definition++;
        int entries = 0;
        ColumnType type;
        if (node.Type is PhysicalType physical)
        {
            type = new LeafType(physical, node.Logical, node.Length);
        }
        else if (node.Logical?.Kind == LogicalKind.List)
        {
            (type, entries) = (List(node, definition, repetition), repetition + 1);
        }
        else if (node.Logical?.Kind is LogicalKind.Map or LogicalKind.MapEntries)
        {
            (type, entries) = (Map(node, definition, repetition), repetition + 1);
        }
        else
        {
            type = new StructType([.. node.Children.Select(child => Interpret(child, definition, repetition))]);
        }
        return new(node.Name, type, optional)
        {
            DefinitionLevel = definition,
            RepetitionLevel = entries,
            Node = node,
        };
    }

    static ListType List(SchemaNode list, int definition, int repetition)
    {
        SchemaNode entry = OnlyRepeatedChild(list, "a list");
        return new ListType(EntryIsElement(list, entry)
            ? Annotated(entry, definition + 1, repetition + 1)
            : Interpret(entry.Children[0], definition + 1, repetition + 1));
    }

    // The rules for lists of two levels, which older writers make. By them a group with one field is an element if the
    // field is repeated, or if the group is named "array" or like the list with "_tuple"; otherwise it only wraps one.
    static bool EntryIsElement(SchemaNode list, SchemaNode entry) =>
        entry.Type is not null
        || entry.Children.Count != 1
        || entry.Children[0].Repetition == Repetition.Repeated
        || entry.Name == "array"
        || entry.Name == list.Name + "_tuple";

    static ColumnType Map(SchemaNode map, int definition, int repetition)
    {
        SchemaNode entry = OnlyRepeatedChild(map, "a map");
        if (entry.Type is not null || entry.Children.Count is not (1 or 2))
            throw new MalformedException($"'{map.Name}' is said to be a map, but its entries are not a key and a value");
        Column key = Interpret(entry.Children[0], definition + 1, repetition + 1);
        // Keys alone are a set.
        return entry.Children.Count == 1
            ? new ListType(key)
            : new MapType(key, Interpret(entry.Children[1], definition + 1, repetition + 1));
    }

    static SchemaNode OnlyRepeatedChild(SchemaNode group, string what) =>
        group.Children is [{ Repetition: Repetition.Repeated } only]
            ? only
            : throw new MalformedException($"'{group.Name}' is said to be {what}, but does not hold one repeated field");
}

using Bonito.Parquet.Metadata;

namespace Bonito.Parquet;

/// <summary>The columns of a Parquet file.</summary>
public sealed class ParquetSchema
{
    readonly List<SchemaNode> leaves = [];

    internal ParquetSchema(SchemaNode root)
    {
        Root = root;
        foreach (SchemaNode child in root.Children) Place(child, [], 0, 0);
        Columns = [.. root.Children.Select(child => ColumnReading.Interpret(child, 0, 0))];
    }

    /// <summary>A schema to write: columns and struct fields need names of their own.</summary>
    /// <exception cref="BonitoException">No column, a name that occurs twice, a struct without fields, or a type that is not written.</exception>
    public static ParquetSchema Of(params Column[] columns) => new(SchemaBuilding.Root(columns));

    /// <summary>The columns, in the order of the file.</summary>
    public IReadOnlyList<Column> Columns { get; }

    internal SchemaNode Root { get; }

    /// <summary>All that has values of its own, in the order of column chunks.</summary>
    internal IReadOnlyList<SchemaNode> Leaves => leaves;

    void Place(SchemaNode node, IReadOnlyList<string> parents, int definition, int repetition)
    {
        if (node.Repetition != Repetition.Required) definition++;
        if (node.Repetition == Repetition.Repeated) repetition++;
        IReadOnlyList<string> path = [.. parents, node.Name];
        if (node.Type is null)
        {
            foreach (SchemaNode child in node.Children) Place(child, path, definition, repetition);
            return;
        }
        (node.Index, node.Path) = (leaves.Count, path);
        (node.MaximalDefinition, node.MaximalRepetition) = (definition, repetition);
        leaves.Add(node);
    }
}

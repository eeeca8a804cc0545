using Bonito.Parquet.Metadata;
using Bonito.Parquet.Thrift;

namespace Bonito.Parquet.Writing;

/// <summary>Writes the footer; field numbers are those of the format's definition (parquet.thrift).</summary>
static class FooterWriter
{
    // The form that readers know: a name, "version", a version.
    static readonly string CreatedBy = $"Bonito.Parquet version {typeof(FooterWriter).Assembly.GetName().Version!.ToString(3)}";

    public static byte[] Write(
        ParquetSchema schema, long rows, IReadOnlyList<RowGroup> groups, IReadOnlyDictionary<string, string> keyValues)
    {
        var writer = new CompactWriter();
        writer.Struct();
        writer.Int32(1, 2);
        WriteSchema(writer, schema);
        writer.Int64(3, rows);
        writer.List(4, WireType.Struct, groups.Count);
        for (int g = 0; g < groups.Count; g++) WriteGroup(writer, groups[g], g);
        if (keyValues.Count > 0)
        {
            writer.List(5, WireType.Struct, keyValues.Count);
            foreach ((string key, string value) in keyValues.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                writer.Struct();
                writer.Text(1, key);
                writer.Text(2, value);
                writer.End();
            }
        }
        writer.Text(6, CreatedBy);
        // Bounds are ordered as the types of the columns are.
        writer.List(7, WireType.Struct, schema.Leaves.Count);
        foreach (SchemaNode _ in schema.Leaves)
        {
            writer.Struct();
            writer.Empty(1);
            writer.End();
        }
        writer.End();
        return writer.Written.ToArray();
    }

    static void WriteSchema(CompactWriter writer, ParquetSchema schema)
    {
        var nodes = new List<SchemaNode>();
        Collect(schema.Root);
        writer.List(2, WireType.Struct, nodes.Count);
        foreach (SchemaNode node in nodes) WriteNode(writer, node, isRoot: node == schema.Root);

        void Collect(SchemaNode node)
        {
            nodes.Add(node);
            foreach (SchemaNode child in node.Children) Collect(child);
        }
    }

    static void WriteNode(CompactWriter writer, SchemaNode node, bool isRoot)
    {
        writer.Struct();
        if (node.Type is PhysicalType type) writer.Int32(1, (int)type);
        if (!isRoot) writer.Int32(3, (int)node.Repetition);
        writer.Text(4, node.Name);
        if (node.Type is null) writer.Int32(5, node.Children.Count);
        // The older annotation and the newer one: readers know one or the other.
        if (node.Logical?.Kind is LogicalKind.Text or LogicalKind.List)
        {
            bool isText = node.Logical.Kind == LogicalKind.Text;
            writer.Int32(6, isText ? 0 : 3);
            writer.Struct(10);
            writer.Empty(isText ? (short)1 : (short)3);
            writer.End();
        }
        writer.End();
    }

    static void WriteGroup(CompactWriter writer, RowGroup group, int index)
    {
        long start = group.Columns.Min(chunk => chunk.DictionaryPageOffset ?? chunk.DataPageOffset);
        writer.Struct();
        writer.List(1, WireType.Struct, group.Columns.Count);
        foreach (ColumnChunk chunk in group.Columns) WriteChunk(writer, chunk);
        writer.Int64(2, group.Columns.Sum(chunk => chunk.UncompressedBytes));
        writer.Int64(3, group.RowCount);
        writer.Int64(5, start);
        writer.Int64(6, group.Columns.Sum(chunk => chunk.CompressedBytes));
        if (index <= short.MaxValue) writer.Int16(7, (short)index);
        writer.End();
    }

    static void WriteChunk(CompactWriter writer, ColumnChunk chunk)
    {
        writer.Struct();
        writer.Int64(2, 0);
        writer.Struct(3);
        writer.Int32(1, (int)chunk.Type);
        writer.List(2, WireType.Int32, chunk.Encodings.Count);
        foreach (PageEncoding encoding in chunk.Encodings) writer.Int32((int)encoding);
        writer.List(3, WireType.Binary, chunk.Path.Count);
        foreach (string name in chunk.Path) writer.Text(name);
        writer.Int32(4, (int)chunk.Compression);
        writer.Int64(5, chunk.ValueCount);
        writer.Int64(6, chunk.UncompressedBytes);
        writer.Int64(7, chunk.CompressedBytes);
        writer.Int64(9, chunk.DataPageOffset);
        if (chunk.DictionaryPageOffset is long dictionary) writer.Int64(11, dictionary);
        if (chunk.Statistics is ColumnStatistics statistics) WriteStatistics(writer, statistics);
        writer.End();
        writer.End();
    }

    static void WriteStatistics(CompactWriter writer, ColumnStatistics statistics)
    {
        writer.Struct(12);
        if (statistics.NullCount is long nulls) writer.Int64(3, nulls);
        if (statistics.Maximum is ReadOnlyMemory<byte> maximum) writer.Binary(5, maximum.Span);
        if (statistics.Minimum is ReadOnlyMemory<byte> minimum) writer.Binary(6, minimum.Span);
        writer.End();
    }
}

using Bonito.Parquet.Thrift;

namespace Bonito.Parquet.Metadata;

/// <summary>Reads the footer; field numbers are those of the format's definition (parquet.thrift).</summary>
static class MetadataReader
{
    /// <exception cref="MalformedException"/>
    public static FileMetadata Read(ReadOnlySpan<byte> footer)
    {
        var reader = new CompactReader(footer);
        SchemaNode? root = null;
        long? rows = null;
        List<RowGroup>? groups = null;
        var keyValues = new Dictionary<string, string>();
        string? createdBy = null;
        short id = 0;
        while (reader.NextField(ref id, out WireType type))
        {
            switch (id)
            {
                case 2: root = SchemaReader.Read(ref reader, type); break;
                case 3: rows = reader.Int64(type); break;
                case 4: groups = RowGroups(ref reader, type); break;
                case 5: KeyValues(ref reader, type, keyValues); break;
                case 6: createdBy = reader.Text(type); break;
                case 8:
                    throw new MalformedException("the columns are encrypted, and encrypted files are not read; write it without encryption");
                default: reader.Skip(type); break;
            }
        }
        if (root is null) throw new MalformedException("the footer has no schema");
        if (groups is null) throw new MalformedException("the footer has no row groups");
        if (rows is null) throw new MalformedException("the footer has no row count");
        var schema = new ParquetSchema(root);
        Check(schema, rows.Value, groups);
        return new FileMetadata(schema, rows.Value, groups, keyValues, createdBy);
    }

    static void Check(ParquetSchema schema, long rows, List<RowGroup> groups)
    {
        UInt128 total = 0;
        for (int g = 0; g < groups.Count; g++)
        {
            RowGroup group = groups[g];
            if (group.Columns.Count != schema.Leaves.Count)
            {
                throw new MalformedException(
                    $"row group {g} has {group.Columns.Count} column chunks where the schema has {schema.Leaves.Count} leaves");
            }
            foreach (SchemaNode leaf in schema.Leaves)
            {
                ColumnChunk chunk = group.Columns[leaf.Index];
                if (chunk.Type != leaf.Type)
                    throw new MalformedException($"row group {g}: {leaf.Where} holds {chunk.Type} where the schema says {leaf.Type}");
                if (chunk.ValueCount < 0 || leaf.MaximalRepetition == 0 && chunk.ValueCount != group.RowCount)
                {
                    throw new MalformedException(
                        $"row group {g}: {leaf.Where} counts {chunk.ValueCount} values for {group.RowCount} rows");
                }
            }
            if (group.RowCount < 0) throw new MalformedException($"row group {g} counts {group.RowCount} rows");
            total += (UInt128)group.RowCount;
        }
        if (rows < 0 || total != (UInt128)rows)
            throw new MalformedException($"the footer counts {rows} rows, the row groups together {total}");
        if (rows > 0 && schema.Leaves.Count == 0) throw new MalformedException($"the footer counts {rows} rows, but there are no columns");
    }

    static List<RowGroup> RowGroups(ref CompactReader reader, WireType type)
    {
        int count = reader.List(type, out WireType element);
        var groups = new List<RowGroup>();
        for (int i = 0; i < count; i++) groups.Add(RowGroup(ref reader, element));
        return groups;
    }

    static RowGroup RowGroup(ref CompactReader reader, WireType type)
    {
        CompactReader.Struct(type);
        List<ColumnChunk>? chunks = null;
        long? rows = null;
        short id = 0;
        while (reader.NextField(ref id, out WireType field))
        {
            switch (id)
            {
                case 1:
                    int count = reader.List(field, out WireType element);
                    chunks = [];
                    for (int i = 0; i < count; i++) chunks.Add(ChunkReader.Read(ref reader, element));
                    break;
                case 3: rows = reader.Int64(field); break;
                default: reader.Skip(field); break;
            }
        }
        if (chunks is null || rows is null) throw new MalformedException("a row group has no columns or no row count");
        return new RowGroup(rows.Value, chunks);
    }

    static void KeyValues(ref CompactReader reader, WireType type, Dictionary<string, string> into)
    {
        int count = reader.List(type, out WireType element);
        for (int i = 0; i < count; i++)
        {
            CompactReader.Struct(element);
            string? key = null;
            string value = "";
            short id = 0;
            while (reader.NextField(ref id, out WireType field))
            {
                switch (id)
                {
                    case 1: key = reader.Text(field); break;
                    case 2: value = reader.Text(field); break;
                    default: reader.Skip(field); break;
                }
            }
            into[key ?? throw new MalformedException("an entry of the key-value metadata has no key")] = value;
        }
    }
}

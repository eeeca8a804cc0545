using Bonito.Parquet.Metadata;
using Bonito.Rows;

namespace Bonito.Parquet.Reading;

/// <summary>Reads the rows of one row group after the other.</summary>
sealed class RowAssembler
{
    readonly List<LeafCursor> leaves = [];
    readonly RowBudget budget;
    readonly StructReader row;
    RowGroup group = new(0, []);

    public RowAssembler(Source source, ParquetSchema schema, IReadOnlyList<Column> columns, long dataEnd)
    {
        budget = new RowBudget(source.Length);
        var all = new Column("", new StructType(schema.Columns), Optional: false);
        try
        {
            row = new FieldReaders(Cursor, budget).Struct(all, columns);
        }
        catch (MalformedException broken)
        {
            throw new BonitoException($"{source.Name}: {broken.Message}.");
        }

        LeafCursor Cursor(SchemaNode leaf)
        {
            var cursor = new LeafCursor(source, leaf, dataEnd);
            leaves.Add(cursor);
            return cursor;
        }
    }

    /// <summary>Begins a row group, after the first <paramref name="skip"/> of its rows.</summary>
    public void Open(RowGroup rowGroup, int index, long skip)
    {
        group = rowGroup;
        foreach (LeafCursor leaf in leaves) leaf.Open(group.Columns[leaf.Leaf.Index], index, skip);
    }

    public Row Read()
    {
        foreach (LeafCursor leaf in leaves)
        {
            if (leaf.Ended) throw leaf.Located(new MalformedException($"the column ends before the {group.RowCount} rows of its group do"));
            if (leaf.Repetition != 0) throw leaf.Located(new MalformedException("a row begins in the middle of a list"));
        }
        budget.NewRow();
        return (Row)row.Read()!;
    }

    /// <summary>Ends a row group all rows of which were read.</summary>
    public void Close()
    {
        foreach (LeafCursor leaf in leaves)
        {
            if (!leaf.Ended) throw leaf.Located(new MalformedException($"the column goes on after the {group.RowCount} rows of its group"));
        }
    }
}

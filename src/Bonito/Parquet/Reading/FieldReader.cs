using Bonito.Rows;

namespace Bonito.Parquet.Reading;

/// <summary>
/// Puts the values of one column, field or element together again from the entries of the leaves below it: the levels of an
/// entry say which of the optional and repeated things above a value are there, and which of them go on.
/// </summary>
abstract class FieldReader
{
    /// <summary>The first leaf below: all others tell the same of what is above them.</summary>
    public abstract LeafCursor First { get; }

    /// <summary>Reads one value, and goes past its entries in all leaves below.</summary>
    public abstract object? Read();

    /// <summary>Goes past one entry in all leaves below, where something above them is null or empty.</summary>
    /// <param name="definition">The level that all of them must have.</param>
    public abstract void Pass(int definition);
}

sealed class LeafReader(Column column, LeafCursor cursor) : FieldReader
{
    readonly int whole = cursor.Leaf.MaximalDefinition;
    readonly int least = column.Optional ? column.DefinitionLevel - 1 : column.DefinitionLevel;

    public override LeafCursor First => cursor;

    public override object? Read()
    {
        object? value = null;
        int definition = cursor.Definition;
        if (definition == whole) value = cursor.Value();
        else if (definition < least) throw cursor.Located(Levels.Disagree());
        cursor.Advance();
        return value;
    }

    public override void Pass(int definition)
    {
        if (cursor.Definition != definition) throw cursor.Located(Levels.Disagree());
        cursor.Advance();
    }
}

sealed class StructReader(Column column, string[] names, FieldReader[] fields) : FieldReader
{
    public override LeafCursor First => fields[0].First;

    public override object? Read()
    {
        int definition = First.Definition;
        if (column.Optional && definition < column.DefinitionLevel)
        {
            if (definition < column.DefinitionLevel - 1) throw First.Located(Levels.Disagree());
            Pass(definition);
            return null;
        }
        var values = new object?[fields.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = fields[i].Read();
            // All leaves of a struct go on in the same list.
            if (fields[i].First.Repetition != First.Repetition) throw fields[i].First.Located(Levels.Disagree());
        }
        return new Row(names, values);
    }

    public override void Pass(int definition)
    {
        foreach (FieldReader field in fields) field.Pass(definition);
    }
}

/// <summary>What the readers of lists and of maps share: reading entries until the levels say that there are no more.</summary>
sealed class EntryReader(Column column, FieldReader entry, RowBudget budget)
{
    readonly List<object?> read = [];

    /// <summary>The entries; null where the list or map itself is.</summary>
    public object?[]? Read()
    {
        LeafCursor first = entry.First;
        int definition = first.Definition;
        if (definition <= column.DefinitionLevel)
        {
            bool isNull = definition < column.DefinitionLevel;
            if (isNull && (!column.Optional || definition < column.DefinitionLevel - 1)) throw first.Located(Levels.Disagree());
            entry.Pass(definition);
            return isNull ? null : [];
        }
        read.Clear();
        do
        {
            if (!budget.Spend()) throw first.Located(Levels.TooMany());
            read.Add(entry.Read());
        }
        while (first.Repetition == column.RepetitionLevel);
        return [.. read];
    }
}

sealed class ListReader(Column column, FieldReader element, RowBudget budget) : FieldReader
{
    readonly EntryReader entries = new(column, element, budget);

    public override LeafCursor First => element.First;

    public override object? Read() => entries.Read();

    public override void Pass(int definition) => element.Pass(definition);
}

/// <summary>Maps as lists of rows of the columns "key" and "value", or as rows where keys are texts.</summary>
sealed class MapReader(Column column, StructReader entry, bool asRow, RowBudget budget) : FieldReader
{
    readonly EntryReader entries = new(column, entry, budget);

    public override LeafCursor First => entry.First;

    public override object? Read()
    {
        object?[]? read = entries.Read();
        return asRow && read is not null ? AsRow(read) : read;
    }

    public override void Pass(int definition) => entry.Pass(definition);

    // The format has the last of several equal keys count.
    Row AsRow(object?[] read)
    {
        var values = new OrderedDictionary<string, object?>(read.Length);
        foreach (object? pair in read)
        {
            var row = (Row)pair!;
            if (row["key"] is not string key) throw First.Located(new MalformedException("a key of a map is null"));
            values[key] = row["value"];
        }
        return new Row([.. values.Keys], [.. values.Values]);
    }
}

static class Levels
{
    public static MalformedException Disagree() => new("the levels of the column contradict the schema or those of its neighbours");

    public static MalformedException TooMany() => new("one row has more list entries than a file of this size can be trusted with");
}

/// <summary>How many list entries a row may still have: runs of nulls let a few bytes stand for billions of them.</summary>
sealed class RowBudget(long fileLength)
{
    const long AnyFile = 1 << 22;

    long left;

    public void NewRow() => left = AnyFile + fileLength;

    public bool Spend() => --left >= 0;
}

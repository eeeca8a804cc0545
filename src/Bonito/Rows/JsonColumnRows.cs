using System.Text.Json;

namespace Bonito.Rows;

/// <summary>Rows of a JSON object of columns; it is held whole, since the first row ends where the last column begins.</summary>
static class JsonColumnRows
{
    public static IEnumerable<ReadRow> Read(SourceStream stream)
    {
        var json = new JsonStream(stream);
        json.Peek();
        if (json.Value() is not Row document) throw new BonitoException($"{stream.Name}: expected an object of columns, {{\"text\": [...], ...}}.");
        if (json.Peek() != JsonTokenType.None) throw new BonitoException($"{stream.Name}:{json.Line}: more JSON behind the object of columns; expected one object.");
        object?[][] columns = [.. document.Select(column => Column(stream.Name, column.Key, column.Value))];
        int count = columns.Length == 0 ? 0 : columns[0].Length;
        for (int i = 0; i < columns.Length; i++)
        {
            if (columns[i].Length != count)
                throw new BonitoException($"{stream.Name}: the column '{document.NameArray[i]}' has {columns[i].Length} values, '{document.NameArray[0]}' has {count}; expected equally many.");
        }
        for (int row = 0; row < count; row++)
        {
            object?[] values = new object?[columns.Length];
            for (int i = 0; i < values.Length; i++) values[i] = columns[i][row];
            yield return new ReadRow(new Row(document.NameArray, values), new Origin(stream.Name, 0, row + 1));
        }
    }

    // What pandas writes has objects {"0": ..., "1": ...} for columns.
    static object?[] Column(string file, string name, object? value) => value switch
    {
        object?[] list => list,
        Row byIndex => byIndex.ValueArray,
        _ => throw new BonitoException($"{file}: the column '{name}' is a single value; expected a list."),
    };
}

using System.Globalization;

namespace Bonito.Rows;

/// <summary>Puts rows together from the columns of items within each other; rows of equal columns share their names.</summary>
sealed class RowComposer
{
    static readonly string[] SingleValue = ["value"];
    static readonly string[] KeyOnly = ["key"];
    static readonly string[] PositionOnly = ["#"];
    static readonly string[] KeyAndPosition = ["key", "#"];

    string[] positions = [];
    string[][] sources = [];
    string[] names = [];
    (int Source, int Column)[] columns = [];

    /// <summary>An item as a row: itself, a list by position, or a single value.</summary>
    public Row AsRow(object? item) => item switch
    {
        Row row => row,
        IReadOnlyList<object?> list => new Row(Positions(list.Count), [.. list]),
        _ => new Row(SingleValue, [item]),
    };

    /// <summary>
    /// The columns of the item, then those of the items around it that it does not have itself, then its key where it
    /// has one and its position where it stands in another item.
    /// </summary>
    public Row Compose(object? item, Scope[] outer, string? key, long position)
    {
        Row row = AsRow(item);
        if (outer.Length == 0 && key is null) return row;
        Row[] rows = [row, .. outer.Select(scope => scope.Item), Extra(key, outer.Length > 0 ? position : null)];
        if (!IsKnown(rows)) Learn(rows, outer);
        object?[] values = new object?[names.Length];
        for (int i = 0; i < values.Length; i++) values[i] = rows[columns[i].Source].ValueArray[columns[i].Column];
        return new Row(names, values);
    }

    static Row Extra(string? key, long? position) => (key, position) switch
    {
        (null, _) => new Row(PositionOnly, [position]),
        (_, null) => new Row(KeyOnly, [key]),
        _ => new Row(KeyAndPosition, [key, position]),
    };

    bool IsKnown(Row[] rows)
    {
        if (rows.Length != sources.Length) return false;
        for (int i = 0; i < rows.Length; i++)
        {
            if (rows[i].NameArray != sources[i]) return false;
        }
        return true;
    }

    void Learn(Row[] rows, Scope[] outer)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var from = new List<(int Source, int Column)>();
        for (int source = 0; source < rows.Length; source++)
        {
            string? leadsOn = source >= 1 && source <= outer.Length ? outer[source - 1].LeadsOn : null;
            if (leadsOn == "*") continue;
            string[] own = rows[source].NameArray;
            for (int column = 0; column < own.Length; column++)
            {
                if (own[column] != leadsOn && seen.Add(own[column])) from.Add((source, column));
            }
        }
        columns = [.. from];
        names = [.. from.Select(c => rows[c.Source].NameArray[c.Column])];
        sources = [.. rows.Select(r => r.NameArray)];
    }

    string[] Positions(int count)
    {
        if (positions.Length != count) positions = [.. Enumerable.Range(0, count).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        return positions;
    }
}

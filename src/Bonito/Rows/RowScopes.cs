using System.Globalization;

namespace Bonito.Rows;

/// <summary>An item around a row, and the name in it that leads to the row: <c>*</c> when the item is the list of rows itself.</summary>
readonly record struct Scope(Row Item, string LeadsOn);

/// <summary>Takes the rows out of an item that is held, as a rows path says, with the columns of what stands around them.</summary>
sealed class RowScopes(RowsPath path)
{
    readonly RowComposer composer = new();

    /// <summary>The rows of an item that the first <c>*</c> of the path went through.</summary>
    /// <param name="item">The item's value.</param>
    /// <param name="key">Its name, when it stands in an object.</param>
    /// <param name="where">File and line, for errors.</param>
    public IEnumerable<Row> OfItem(object? item, string? key, Origin where) => Expand(item, path.Inner, [], key, 0, where);

    /// <summary>The rows of a document that is an item itself.</summary>
    public IEnumerable<Row> OfDocument(object? document, Origin where) => Expand(document, path.Steps, [], null, 0, where);

    /// <param name="outer">The items around this one, from the inside out.</param>
    IEnumerable<Row> Expand(object? item, string[] steps, Scope[] outer, string? key, long position, Origin where)
    {
        if (steps.Length == 0)
        {
            yield return composer.Compose(item, outer, key, position);
            yield break;
        }
        object? list = item;
        int star = Array.IndexOf(steps, "*");
        for (int i = 0; i < star; i++) list = Step(list, steps[i], where);
        Scope[] around = [new Scope(composer.AsRow(item), steps[0]), .. outer];
        string[] rest = steps[(star + 1)..];
        switch (list)
        {
            case null:
                break;
            case IReadOnlyList<object?> items:
                for (int i = 0; i < items.Count; i++)
                {
                    foreach (Row inner in Expand(items[i], rest, around, null, i, where)) yield return inner;
                }
                break;
            case Row members:
                for (int i = 0; i < members.Count; i++)
                {
                    foreach (Row inner in Expand(members.ValueArray[i], rest, around, members.NameArray[i], i, where)) yield return inner;
                }
                break;
            default:
                throw new BonitoException($"{where}: the rows path '{path}' leads to a single value; expected a list or an object.");
        }
    }

    object? Step(object? value, string step, Origin where)
    {
        switch (value)
        {
            case null:
                return null;
            case Row row when row.TryGetValue(step, out object? member):
                return member;
            case IReadOnlyList<object?> list when int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int i) && i < list.Count:
                return list[i];
            case Row row:
                throw new BonitoException($"{where}: no '{step}' on the rows path '{path}'; there are: {string.Join(", ", row.Keys)}.");
            case IReadOnlyList<object?> list:
                throw new BonitoException($"{where}: no '{step}' on the rows path '{path}'; there is a list of {list.Count}.");
            default:
                throw new BonitoException($"{where}: no '{step}' on the rows path '{path}'; there is a single value.");
        }
    }
}

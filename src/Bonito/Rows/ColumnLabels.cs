using System.Globalization;

namespace Bonito.Rows;

/// <summary>The names of the labels of a column: data holds a label as its number from 0 or as its name, templates want either.</summary>
public sealed class ColumnLabels
{
    readonly Dictionary<string, int> numbers = new(StringComparer.Ordinal);

    /// <param name="names">The names by number. Of a name that stands twice, the first number counts.</param>
    public ColumnLabels(IEnumerable<string> names)
    {
        Names = [.. names];
        for (int i = 0; i < Names.Count; i++) numbers.TryAdd(Names[i], i);
    }

    public IReadOnlyList<string> Names { get; }

    /// <summary>
    /// The name of a label: of its number, of its number as text (which CSV has), or of itself. Null when it is none:
    /// null, or out of range as the -1 that stands for a hidden label.
    /// </summary>
    public string? Name(object? label) => Number(label) is { } number ? Names[number] : null;

    /// <summary>The number of a label, from 0; null when it is none.</summary>
    public int? Number(object? label) => label switch
    {
        bool flag => InRange(flag ? 1 : 0),
        long number => InRange(number),
        double number when double.IsInteger(number) => InRange((long)number),
        string name when numbers.TryGetValue(name, out int number) => number,
        string text when long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) => InRange(number),
        _ => null,
    };

    int? InRange(long number) => number >= 0 && number < Names.Count ? (int)number : null;
}

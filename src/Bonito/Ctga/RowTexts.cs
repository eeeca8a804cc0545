using System.Buffers;
using Bonito.Rows;
using Bonito.Tasks;
using Bonito.Templates;

namespace Bonito.Ctga;

/// <summary>Looks at, and changes, all texts of a row, also those in its lists and structs.</summary>
internal static class RowTexts
{
    static readonly string[] Markers =
    [
        BonitoPrompt.TaskTypeMarker, BonitoPrompt.ContextMarker, BonitoPrompt.TaskMarker, BonitoPrompt.PipeMarker,
        BonitoPrompt.ContextPlaceholder,
    ];

    static readonly SearchValues<string> MarkersAndSeparator = SearchValues.Create([.. Markers, PromptTemplate.Separator], StringComparison.Ordinal);

    /// <summary>Whether a text holds a marker of the Bonito format, which would make a completion unreadable.</summary>
    public static bool HasMarker(string text) => Markers.Any(marker => text.Contains(marker, StringComparison.Ordinal));

    /// <summary>
    /// The row, with what separates instruction and answer protected where it stands in a value; null if one holds a marker of the
    /// Bonito format.
    /// </summary>
    public static Row? Protect(Row row)
    {
        if (!Any(row, text => text.AsSpan().ContainsAny(MarkersAndSeparator))) return row;
        return Any(row, HasMarker) ? null : Map(row, MetaTemplate.Protect);
    }

    /// <summary>The row with every text changed.</summary>
    public static Row Map(Row row, Func<string, string> change) =>
        new([.. row.Keys], [.. row.Values.Select(value => MapValue(value, change))]);

    static object? MapValue(object? value, Func<string, string> change) => value switch
    {
        string text => change(text),
        Row row => Map(row, change),
        IReadOnlyList<object?> list => (object?[])[.. list.Select(item => MapValue(item, change))],
        _ => value,
    };

    /// <summary>Whether any text of a value is so.</summary>
    public static bool Any(object? value, Func<string, bool> test)
    {
        switch (value)
        {
            case string text:
                return test(text);
            case Row row:
                foreach (object? item in row.Values)
                {
                    if (Any(item, test)) return true;
                }
                return false;
            case IReadOnlyList<object?> list:
                foreach (object? item in list)
                {
                    if (Any(item, test)) return true;
                }
                return false;
            default:
                return false;
        }
    }

    /// <summary>All texts of a value.</summary>
    public static IEnumerable<string> All(object? value) => value switch
    {
        string text => [text],
        Row row => row.Values.SelectMany(All),
        IReadOnlyList<object?> list => list.SelectMany(All),
        _ => [],
    };
}

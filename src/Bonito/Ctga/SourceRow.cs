using System.Globalization;
using System.Text.Json;

namespace Bonito.Ctga;

/// <summary>
/// One row of a source file: the JSON value itself and the values around it that a rows path went through
/// (the paragraph around a question, for example), so that a column is looked up inside first and then outwards.
/// </summary>
/// <param name="Scopes">From the outermost to the row itself.</param>
/// <param name="Index">Zero-based position of the row in its list; what <c>#</c> stands for in a path.</param>
/// <param name="Where">File and line or row number, for errors.</param>
internal sealed record SourceRow(JsonElement[] Scopes, int Index, string Where)
{
    /// <summary>The value at a path such as <c>answers.0.text</c>; null when no scope has it. <c>.</c> is the row itself.</summary>
    public JsonElement? Find(string path)
    {
        if (path == ".") return Scopes[^1];
        string[] steps = path.Split('.');
        for (int i = Scopes.Length - 1; i >= 0; i--)
        {
            if (Walk(Scopes[i], steps) is { } found) return found;
        }
        return null;
    }

    /// <summary>Names that paths may start with, for errors.</summary>
    public IEnumerable<string> Columns() => Scopes
        .Where(s => s.ValueKind == JsonValueKind.Object)
        .SelectMany(s => s.EnumerateObject().Select(p => p.Name))
        .Distinct();

    JsonElement? Walk(JsonElement value, string[] steps)
    {
        foreach (string step in steps)
        {
            if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(step, out JsonElement member)) value = member;
            else if (value.ValueKind == JsonValueKind.Array && Position(step) is { } i && i < value.GetArrayLength()) value = value[i];
            else return null;
        }
        return value;
    }

    int? Position(string step) => step == "#"
        ? Index
        : int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out int i) ? i : null;
}

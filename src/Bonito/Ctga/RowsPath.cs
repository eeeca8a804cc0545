using System.Text.Json;

namespace Bonito.Ctga;

/// <summary>
/// Where the rows stand in a JSON document: <c>data.*.paragraphs.*.qas.*</c> for the SQuAD format, <c>*</c> for an
/// array of rows. Every <c>*</c> opens a scope that the columns of the row can be taken from.
/// </summary>
internal sealed class RowsPath(string path)
{
    readonly string[] _steps = path.Length == 0 ? [] : path.Split('.');

    public IEnumerable<SourceRow> Expand(JsonElement document, string where)
    {
        if (_steps.Length == 0) return [new SourceRow([document], 0, where)];
        return Expand(document, 0, [document], 0, where);
    }

    IEnumerable<SourceRow> Expand(JsonElement value, int depth, JsonElement[] scopes, int index, string where)
    {
        if (depth == _steps.Length)
        {
            yield return new SourceRow(scopes, index, where);
            yield break;
        }
        if (_steps[depth] != "*")
        {
            if (new SourceRow([value], index, where).Find(_steps[depth]) is { } next)
            {
                foreach (SourceRow row in Expand(next, depth + 1, scopes, index, where)) yield return row;
            }
            yield break;
        }
        int i = 0;
        foreach (JsonElement item in Children(value))
        {
            foreach (SourceRow row in Expand(item, depth + 1, [.. scopes, item], i, $"{where}, row {i + 1}")) yield return row;
            i++;
        }
    }

    static IEnumerable<JsonElement> Children(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray(),
        JsonValueKind.Object => value.EnumerateObject().Select(p => p.Value),
        _ => [],
    };
}

using System.Text.Json;

namespace Bonito.Rows.HuggingFace;

/// <summary>The small JSON files that describe a dataset.</summary>
static class JsonFile
{
    /// <exception cref="BonitoException">The file cannot be read or holds no JSON object.</exception>
    public static Row Read(string path)
    {
        using Stream file = SourceStreams.OpenFile(new SourceFile(path, path));
        return Read(path, file);
    }

    /// <param name="name">What errors call the content.</param>
    /// <param name="content">A JSON object.</param>
    /// <exception cref="BonitoException">It is none.</exception>
    public static Row Read(string name, Stream content)
    {
        var json = new JsonStream(new SourceStream(name, name, content));
        return json.Peek() == JsonTokenType.StartObject ? (Row)json.Value()! : throw new BonitoException($"{name}: expected a JSON object.");
    }

    public static IEnumerable<string> Texts(string path, Row row, string field) => List(path, row, field).Select(item =>
        item as string ?? throw new BonitoException($"{path}: '{field}' holds something else than texts."));

    public static IEnumerable<Row> Rows(string path, Row row, string field) => List(path, row, field).Select(item =>
        item as Row ?? throw new BonitoException($"{path}: '{field}' holds something else than objects."));

    static IReadOnlyList<object?> List(string path, Row row, string field) => row.GetValueOrDefault(field) as IReadOnlyList<object?>
        ?? throw new BonitoException($"{path}: no list '{field}'; there are: {string.Join(", ", row.Keys)}.");
}

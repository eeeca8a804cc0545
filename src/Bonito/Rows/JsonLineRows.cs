using System.Text.Json;

namespace Bonito.Rows;

/// <summary>Rows of JSON Lines.</summary>
static class JsonLineRows
{
    public static IEnumerable<ReadRow> Read(SourceStream stream, RowsPath path)
    {
        var lines = new LineSplitter(stream);
        var json = new JsonValues();
        var scopes = new RowScopes(path);
        var composer = new RowComposer();
        long number = 0;
        while (lines.Next())
        {
            if (lines.Line.Span.IndexOfAnyExcept(" \t\r"u8) < 0) continue;
            object? value = Parse(json, lines.Line.Span, stream.Name, lines.Number);
            if (path.IsEmpty)
            {
                yield return new ReadRow(composer.AsRow(value), new Origin(stream.Name, lines.Number, ++number));
                continue;
            }
            var where = new Origin(stream.Name, lines.Number, number + 1);
            foreach (Row row in scopes.OfDocument(value, where)) yield return new ReadRow(row, where with { Number = ++number });
        }
    }

    static object? Parse(JsonValues json, ReadOnlySpan<byte> line, string name, long number)
    {
        try
        {
            var reader = new Utf8JsonReader(line);
            reader.Read();
            object? value = json.Read(ref reader);
            // Anything behind the value is an error, which reading on finds.
            reader.Read();
            return value;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            string hint = number == 1 && e is JsonException && line.TrimStart(" \t"u8)[0] is (byte)'[' or (byte)'{'
                ? " If the whole file is one JSON value, its format is json." : "";
            throw JsonErrors.Broken($"{name}:{number}", e, hint);
        }
    }
}

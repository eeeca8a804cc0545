using System.Text;
using System.Text.Json;

namespace Bonito.Documents;

/// <summary>A row of a file of rows.</summary>
/// <param name="Number">Its number from 1; a header is not counted.</param>
/// <param name="Text">What its column holds; null where JSON says null.</param>
readonly record struct Row(int Number, string? Text);

/// <summary>Reads rows that are JSON objects.</summary>
sealed class JsonRows(DocumentFile file, string? contextColumn)
{
    string? _column;

    /// <summary>One object per line; blank lines are passed over.</summary>
    public IEnumerable<Row> Lines(TextReader reader)
    {
        int number = 0;
        int lineNumber = 0;
        while (file.Reading(reader.ReadLine) is { } line)
        {
            lineNumber++;
            if (!string.IsNullOrWhiteSpace(line)) yield return new Row(++number, LineText(line, lineNumber));
        }
    }

    string? LineText(string line, int lineNumber)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return Text(document.RootElement, lineNumber);
        }
        catch (JsonException e)
        {
            int column = Column(Encoding.UTF8.GetBytes(line), e);
            string hint = lineNumber == 1 && line.TrimStart()[0] is '[' or '{'
                ? ". If the whole file is one JSON value, its name should end in .json" : "";
            throw Broken(lineNumber, column, e, hint);
        }
    }

    /// <summary>An array of objects, or objects one after another.</summary>
    public List<Row> Values(string json)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(json);
        List<Row> rows = [];
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { AllowMultipleValues = true });
        try
        {
            bool inArray = false;
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.StartArray && !inArray) inArray = true;
                else if (reader.TokenType == JsonTokenType.EndArray) inArray = false;
                else
                {
                    int line = 1 + utf8.AsSpan(0, (int)reader.TokenStartIndex).Count((byte)'\n');
                    using JsonDocument value = JsonDocument.ParseValue(ref reader);
                    rows.Add(new Row(rows.Count + 1, Text(value.RootElement, line)));
                }
            }
        }
        catch (JsonException e)
        {
            int line = (int)(e.LineNumber ?? 0);
            int start = 0;
            for (int l = 0; l < line; l++) start += utf8.AsSpan(start).IndexOf((byte)'\n') + 1;
            throw Broken(line + 1, Column(utf8.AsSpan(start), e), e, "");
        }

        return rows;
    }

    string? Text(JsonElement row, int line)
    {
        string where = $"{file.Path}:{line}";
        if (row.ValueKind != JsonValueKind.Object)
            throw new BonitoException($"{where}: a row is {Kind(row)}; expected an object with the document in one of its fields");

        string[] Columns() => [.. row.EnumerateObject().Select(p => p.Name)];
        _column ??= ContextColumn.Choose(Columns(), contextColumn, where);
        if (!row.TryGetProperty(_column, out JsonElement text))
            throw new BonitoException($"{where}: the row has no column '{_column}'; it has: {string.Join(", ", Columns())}");
        if (text.ValueKind is not (JsonValueKind.String or JsonValueKind.Null))
            throw new BonitoException($"{where}: the column '{_column}' holds {Kind(text)}; expected a string");
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException e)
        {
            throw new BonitoException($"{where}: the column '{_column}' holds half of a surrogate pair (\\uD800 to \\uDFFF); expected Unicode text", e);
        }
    }

    static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => "an array",
        JsonValueKind.Object => "an object",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    /// <summary>The column, from 1, in characters.</summary>
    static int Column(ReadOnlySpan<byte> line, JsonException e) =>
        1 + Encoding.UTF8.GetCharCount(line[..(int)Math.Min(line.Length, e.BytePositionInLine ?? 0)]);

    BonitoException Broken(int line, int column, JsonException e, string hint)
    {
        // The position at the end of the library's message is one within our line, hence wrong for the file.
        string reason = e.Message.Split(" LineNumber:")[0].TrimEnd('.');
        return new BonitoException($"{file.Path}:{line}:{column}: broken JSON: {reason}{hint}", e);
    }
}

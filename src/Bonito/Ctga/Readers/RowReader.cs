using System.Text.Json;
using CsvHelper;

namespace Bonito.Ctga.Readers;

/// <summary>Turns a stream of a source into rows, by the part's format. Lines, CSV and TSV stream; a JSON document is held whole.</summary>
internal static class RowReader
{
    /// <exception cref="BonitoException">Broken JSON, invalid UTF-8 or a broken CSV record, with its file and line.</exception>
    public static IEnumerable<SourceRow> Read(SourceStream stream, SourcePart part) => part.Format switch
    {
        SourceFormat.JsonLines => JsonLines(stream, part),
        SourceFormat.Json => JsonFile(stream, part),
        SourceFormat.Csv => Separated(stream, part, ','),
        SourceFormat.Tsv => Separated(stream, part, '\t'),
        SourceFormat.Lines => TextLines(stream),
        SourceFormat.Files => [TextRow(SourceText.All(stream), stream.Member, stream.Name)],
        _ => throw new InvalidOperationException($"{part.Format} holds documents, not rows."),
    };

    static IEnumerable<SourceRow> JsonLines(SourceStream stream, SourcePart part)
    {
        foreach ((string text, int number) in SourceText.Lines(stream))
        {
            if (string.IsNullOrWhiteSpace(text)) continue;
            JsonElement line;
            try
            {
                line = JsonElement.Parse(text);
            }
            catch (JsonException e)
            {
                throw new BonitoException($"{stream.Name}:{number}: not JSON: {e.Message}", e);
            }
            foreach (SourceRow row in part.Rows.Expand(line, $"{stream.Name}:{number}")) yield return row;
        }
    }

    static IEnumerable<SourceRow> JsonFile(SourceStream stream, SourcePart part)
    {
        string text = SourceText.All(stream);
        try
        {
            return part.Rows.Expand(JsonElement.Parse(text), stream.Name);
        }
        catch (JsonException e)
        {
            throw new BonitoException($"{stream.Name}:{e.LineNumber + 1}: not JSON: {e.Message}", e);
        }
    }

    static IEnumerable<SourceRow> Separated(SourceStream stream, SourcePart part, char separator)
    {
        using var reader = CsvReader.Create(stream.Content, new CsvReaderOptions
        {
            Separator = separator,
            HasHeader = part.Columns.Count == 0,
            // Tab-separated exports do not quote; a quotation mark there is text.
            Mode = separator == '\t' ? CsvMode.NoEscape : CsvMode.Rfc4180,
            FieldCountMismatch = CsvFieldCountHandling.Throw,
            MalformedData = CsvMalformedDataHandling.Throw,
            TrackLineNumbers = true,
        }, leaveOpen: true);
        while (Next(reader, stream.Name))
        {
            IReadOnlyList<string> columns = part.Columns.Count > 0 ? part.Columns : reader.Headers;
            if (columns.Count != reader.FieldCount)
            {
                throw new BonitoException(
                    $"{stream.Name}:{reader.LineNumber}: {reader.FieldCount} fields, expected {columns.Count} ({string.Join(", ", columns)}).");
            }
            var values = new string[columns.Count];
            for (int i = 0; i < values.Length; i++) values[i] = SourceText.Decode(stream.Name, reader.GetSpan(i), reader.LineNumber);
            yield return new SourceRow([Object(columns, values)], 0, $"{stream.Name}:{reader.LineNumber}");
        }
    }

    static bool Next(CsvReader reader, string name)
    {
        try
        {
            return SourceText.Guard(name, reader.Read);
        }
        catch (CsvFormatException e)
        {
            throw new BonitoException($"{name}:{e.LineNumber}: broken record: {e.Message}", e);
        }
    }

    static IEnumerable<SourceRow> TextLines(SourceStream stream)
    {
        foreach ((string text, int number) in SourceText.Lines(stream))
        {
            if (!string.IsNullOrWhiteSpace(text)) yield return TextRow(text, stream.Member, $"{stream.Name}:{number}");
        }
    }

    static SourceRow TextRow(string text, string member, string where) =>
        new([Object(["text", "member"], [text, member])], 0, where);

    static JsonElement Object(IReadOnlyList<string> names, string[] values)
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < values.Length; i++) members[names[i]] = values[i];
        return JsonSerializer.SerializeToElement(members, CtgaJson.Default.DictionaryStringString);
    }
}

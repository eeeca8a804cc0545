using System.Globalization;
using System.Text;
using System.Text.Json;
using CsvHelper;
using CsvHelper.Configuration;

namespace Bonito.Ctga.Readers;

/// <summary>Turns a stream of a source into rows, by the part's format. Lines, CSV and TSV stream; a JSON document is held whole.</summary>
internal static class RowReader
{
    static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <exception cref="BonitoException">Broken JSON, invalid UTF-8 or a broken CSV record, with its file and line.</exception>
    public static IEnumerable<SourceRow> Read(SourceStream stream, SourcePart part) => part.Format switch
    {
        SourceFormat.JsonLines => JsonLines(stream, part),
        SourceFormat.Json => JsonFile(stream, part),
        SourceFormat.Csv => Separated(stream, part, ","),
        SourceFormat.Tsv => Separated(stream, part, "\t"),
        SourceFormat.Lines => TextLines(stream),
        SourceFormat.Files => [TextRow(All(stream), stream.Member, stream.Name)],
        _ => throw new InvalidOperationException($"{part.Format} holds documents, not rows."),
    };

    /// <summary>The lines of a stream with their numbers from 1, decoded strictly.</summary>
    public static IEnumerable<(string Text, int Number)> Lines(SourceStream stream)
    {
        using var reader = new StreamReader(stream.Content, StrictUtf8, leaveOpen: true);
        for (int number = 1; NextLine(reader, stream.Name, number) is { } line; number++) yield return (line, number);
    }

    /// <summary>The whole text of a stream, decoded strictly.</summary>
    public static string All(SourceStream stream)
    {
        using var reader = new StreamReader(stream.Content, StrictUtf8, leaveOpen: true);
        return Guard(reader.ReadToEnd, stream.Name);
    }

    static IEnumerable<SourceRow> JsonLines(SourceStream stream, SourcePart part)
    {
        foreach ((string text, int number) in Lines(stream))
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
        string text = All(stream);
        try
        {
            return part.Rows.Expand(JsonElement.Parse(text), stream.Name);
        }
        catch (JsonException e)
        {
            throw new BonitoException($"{stream.Name}:{e.LineNumber + 1}: not JSON: {e.Message}", e);
        }
    }

    static IEnumerable<SourceRow> Separated(SourceStream stream, SourcePart part, string delimiter)
    {
        using var reader = new StreamReader(stream.Content, StrictUtf8, leaveOpen: true);
        var configuration = new CsvConfiguration(CultureInfo.InvariantCulture)
        {
            Delimiter = delimiter,
            HasHeaderRecord = false,
            // Tab-separated exports do not quote; a lone quotation mark there is text.
            Mode = delimiter == "\t" ? CsvMode.NoEscape : CsvMode.RFC4180,
            BadDataFound = null,
        };
        using var parser = new CsvParser(reader, configuration);
        IReadOnlyList<string> columns = part.Columns;
        while (Guard(parser.Read, stream.Name))
        {
            string[] record = parser.Record!;
            if (columns.Count == 0)
            {
                columns = record;
                continue;
            }
            if (record.Length != columns.Count)
            {
                throw new BonitoException(
                    $"{stream.Name}:{parser.RawRow}: {record.Length} fields, expected {columns.Count} ({string.Join(", ", columns)}).");
            }
            yield return new SourceRow([Object(columns, record)], 0, $"{stream.Name}:{parser.RawRow}");
        }
    }

    static IEnumerable<SourceRow> TextLines(SourceStream stream)
    {
        foreach ((string text, int number) in Lines(stream))
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

    static string? NextLine(StreamReader reader, string name, int number) => Guard(reader.ReadLine, $"{name}:{number}");

    static T Guard<T>(Func<T> read, string where)
    {
        try
        {
            return read();
        }
        catch (DecoderFallbackException e)
        {
            throw new BonitoException($"{where}: not UTF-8; convert the file to UTF-8 first.", e);
        }
        catch (Exception e) when (e is IOException or InvalidDataException or CsvHelperException)
        {
            throw new BonitoException($"{where}: cannot be read: {e.Message}", e);
        }
    }
}

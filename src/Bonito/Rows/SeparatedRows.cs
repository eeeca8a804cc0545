using CsvHelper;

namespace Bonito.Rows;

/// <summary>Rows of comma- or tab-separated values. Every value is text; names that stand twice in the header are an error.</summary>
static class SeparatedRows
{
    public static IEnumerable<ReadRow> Read(SourceStream stream, char separator, IReadOnlyList<string> columns)
    {
        using var reader = CsvReader.Create(stream.Content, new CsvReaderOptions
        {
            Separator = separator,
            HasHeader = columns.Count == 0,
            // Tab-separated exports do not quote; a quotation mark there is text.
            Mode = separator == '\t' ? CsvMode.NoEscape : CsvMode.Rfc4180,
            FieldCountMismatch = CsvFieldCountHandling.Throw,
            MalformedData = CsvMalformedDataHandling.Throw,
            MaxRecordSize = RowLimits.RowBytes,
            TrackLineNumbers = true,
        }, leaveOpen: true);
        string[]? names = null;
        for (long number = 1; Next(reader, stream.Name); number++)
        {
            names ??= Names(stream.Name, columns.Count > 0 ? [.. columns] : [.. reader.Headers], reader.FieldCount);
            object?[] values = new object?[names.Length];
            for (int i = 0; i < values.Length; i++) values[i] = Utf8Text.Decode(stream.Name, reader.GetSpan(i), reader.LineNumber);
            yield return new ReadRow(new Row(names, values), new Origin(stream.Name, reader.LineNumber, number));
        }
    }

    static string[] Names(string file, string[] names, int fields)
    {
        if (names.Length != fields)
            throw new BonitoException($"{file}: {fields} fields in the first row, expected {names.Length} ({string.Join(", ", names)}).");
        if (names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new BonitoException($"{file}: the column '{twice.Key}' stands {twice.Count()} times in the header; give the columns different names.");
        return names;
    }

    static bool Next(CsvReader reader, string name)
    {
        try
        {
            return reader.Read();
        }
        catch (CsvFormatException e)
        {
            throw new BonitoException(
                $"{name}:{e.LineNumber}: broken record: {e.Message} Fields that hold a separator, a quote or a line break must stand in quotes, and quotes within them be doubled.", e);
        }
    }
}

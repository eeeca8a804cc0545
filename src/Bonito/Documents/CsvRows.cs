using CsvHelper;

namespace Bonito.Documents;

/// <summary>Reads rows of comma-separated values (RFC 4180) with a header; semicolons and tabs are known by the header.</summary>
sealed class CsvRows(DocumentFile file, string? contextColumn)
{
    static readonly char[] s_separators = [',', ';', '\t'];

    /// <param name="open">Opens the file; called twice, since the header decides the separator.</param>
    public IEnumerable<Row> Read(Func<TextReader> open)
    {
        var options = new CsvReaderOptions
        {
            Separator = file.Reading(() => Separator(open)),
            FieldCountMismatch = CsvFieldCountHandling.Throw,
            MalformedData = CsvMalformedDataHandling.Throw,
            TrackLineNumbers = true,
        };
        using TextReader text = file.Reading(open);
        using var reader = CsvReader.Create(text, options);
        if (!Next(reader)) yield break;

        string[] columns = [.. reader.Headers.Select(h => h.Trim())];
        int column = Array.IndexOf(columns, ContextColumn.Choose(columns, contextColumn, $"{file.Path}:1"));
        int number = 0;
        do yield return new Row(++number, reader.GetString(column));
        while (Next(reader));
    }

    bool Next(CsvReader reader)
    {
        try
        {
            return file.Reading(reader.Read);
        }
        catch (CsvFormatException e)
        {
            throw new BonitoException(
                $"{file.Path}:{e.LineNumber}: broken CSV: {e.Message} Fields that hold a separator, a quote or a line break " +
                "must stand in quotes, and quotes within them be doubled", e);
        }
    }

    static char Separator(Func<TextReader> open)
    {
        using TextReader reader = open();
        string header = reader.ReadLine() ?? "";
        return s_separators.MaxBy(s => header.Count(c => c == s));
    }
}

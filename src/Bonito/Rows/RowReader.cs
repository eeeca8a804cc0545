using System.Text;
using Bonito.Rows.Arrow;

namespace Bonito.Rows;

/// <summary>Reads the rows of a source, one after the other; nothing is held beyond the row, or the item or batch it stands in.</summary>
public static class RowReader
{
    /// <summary>The rows of files, in the order of the files; those of one file come in its order.</summary>
    /// <param name="source">How the files hold their rows.</param>
    /// <param name="files">Files that <see cref="RowSource.Find"/> found, all or some of them.</param>
    /// <param name="cancellation">Stops reading within a buffer's length. Leaving the enumeration closes what is open.</param>
    /// <exception cref="BonitoException">A file cannot be read or breaks its format: with file, line and what was expected.</exception>
    public static IEnumerable<ReadRow> Read(RowSource source, IEnumerable<SourceFile> files, CancellationToken cancellation = default)
    {
        if (source.Format == RowFormat.Pairs) return ParallelRows.Read(source, [.. files], cancellation);
        return files.SelectMany(file => !SourceStreams.IsWrapped(file.Path) && FormatOf(source, file.Name, file.Path) == RowFormat.Parquet
            ? ParquetRows.Read(file, source.Columns, cancellation)
            : Streams(source, file, source.Members, cancellation).SelectMany(stream => Read(stream, source)));
    }

    /// <summary>The streams of a file, their text in UTF-8.</summary>
    internal static IEnumerable<SourceStream> Streams(
        RowSource source, SourceFile file, IReadOnlyList<string> members, CancellationToken cancellation = default) =>
        SourceStreams.Open(file, members, cancellation).Select(stream => source.Latin1
            ? stream with { Content = Encoding.CreateTranscodingStream(stream.Content, Encoding.Latin1, Encoding.UTF8) }
            : stream);

    /// <summary>The rows of one stream.</summary>
    internal static IEnumerable<ReadRow> Read(SourceStream stream, RowSource source) => FormatOf(source, stream.Name, stream.Path) switch
    {
        RowFormat.JsonLines => JsonLineRows.Read(stream, new RowsPath(source.RowsPath)),
        RowFormat.Json => JsonDocumentRows.Read(stream, new RowsPath(source.RowsPath)),
        RowFormat.JsonColumns => JsonColumnRows.Read(stream),
        RowFormat.Csv => SeparatedRows.Read(stream, ',', source.Columns),
        RowFormat.Tsv => SeparatedRows.Read(stream, '\t', source.Columns),
        RowFormat.Lines => TextRows.Lines(stream),
        RowFormat.Files => TextRows.File(stream),
        RowFormat.Xml => XmlRows.Read(stream, source),
        RowFormat.Arrow => ArrowRows.Read(stream, source.Columns),
        RowFormat.Parquet => throw new BonitoException(
            $"{stream.Name}: a Parquet file inside an archive or compressed file; it is read from its end, so unpack it first."),
        RowFormat other => throw new ArgumentException($"{other} is not a format of one stream.", nameof(source)),
    };

    static RowFormat FormatOf(RowSource source, string name, string path)
    {
        RowFormat format = source.Format != RowFormat.Auto ? source.Format : ByName(path) ?? throw new BonitoException(
            $"{name}: the name does not tell the format; say which it is, or give the file an ending such as .jsonl, .csv or .parquet.");
        if (Unread(source, format) is { } unread) throw new BonitoException($"{name}: files of the format {format} have no use for {unread}; leave it out.");
        return format;
    }

    /// <summary>What a source says and the format does not read, so that nothing is said in vain.</summary>
    static string? Unread(RowSource source, RowFormat format) => format switch
    {
        _ when source.RowsPath.Length > 0 && format is not (RowFormat.JsonLines or RowFormat.Json or RowFormat.Xml) => "a rows path",
        _ when source.Columns.Count > 0 && format is not (RowFormat.Csv or RowFormat.Tsv or RowFormat.Parquet or RowFormat.Arrow) => "names of columns",
        _ when source.Lists.Count > 0 && format != RowFormat.Xml => "names of lists",
        _ when source.Latin1 && format is (RowFormat.Xml or RowFormat.Parquet or RowFormat.Arrow) => "Latin-1",
        _ => null,
    };

    /// <summary>The format that a file's name tells, compression aside; null if it tells none.</summary>
    internal static RowFormat? ByName(string path)
    {
        string name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".jsonl" or ".ndjson" => RowFormat.JsonLines,
            ".json" => RowFormat.Json,
            ".csv" => RowFormat.Csv,
            ".tsv" or ".tab" => RowFormat.Tsv,
            ".txt" or ".text" => RowFormat.Lines,
            ".xml" => RowFormat.Xml,
            ".parquet" => RowFormat.Parquet,
            ".arrow" => RowFormat.Arrow,
            _ => null,
        };
    }
}

namespace Bonito.Rows;

/// <summary>What to read: which files, and how they hold their rows. What a format has no use for is refused, not passed over.</summary>
/// <remarks>
/// <para>
/// <b>Pairs.</b> The first files that the patterns match go together, then the second ones, and so on, each pattern's in
/// ordinal order of their names (members in the order of the archive). A file of the format JSON Lines, CSV or TSV
/// (by its name) adds its columns; any other is plain text, each line one value, blank ones too, and takes the next
/// name of <see cref="Columns"/>. Files that go together have equally many rows.
/// </para>
/// <para>
/// <b>Text</b> is UTF-8, with or without byte order mark, or <see cref="Latin1"/>; bytes that are neither are an error
/// with file and line, never a replacement character. Lines end with <c>\n</c> or <c>\r\n</c>.
/// </para>
/// </remarks>
public sealed record RowSource
{
    /// <summary>Patterns of files below the folders that are searched: <c>data/train-*.jsonl.gz</c>, <c>**/*.csv</c>.</summary>
    public required IReadOnlyList<string> Files { get; init; }

    /// <summary>Patterns of the files inside a <c>.zip</c>, <c>.tar</c> or <c>.tar.gz</c>; all when empty.</summary>
    public IReadOnlyList<string> Members { get; init; } = [];

    public RowFormat Format { get; init; }

    /// <summary>Where the rows stand in JSON and XML; see <see cref="Bonito.Rows.RowsPath"/>.</summary>
    public string RowsPath { get; init; } = "";

    /// <summary>
    /// CSV and TSV: the names of the columns of files without a header line. Pairs: names for the plain files.
    /// Parquet and Arrow: the columns to read, all when empty.
    /// </summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>XML: children that are a list even where there is only one; those before a <c>*</c> of the rows path always are.</summary>
    public IReadOnlyList<string> Lists { get; init; } = [];

    /// <summary>Whether text is Latin-1 (ISO 8859-1) instead of UTF-8. XML says its encoding itself.</summary>
    public bool Latin1 { get; init; }

    /// <summary>
    /// The files of the source. A pattern is looked up in the folders in turn; the first folder that has it wins. Files
    /// stand in the order of their patterns, then in ordinal order of their names, each once.
    /// </summary>
    /// <exception cref="BonitoException">A folder cannot be listed.</exception>
    public FoundFiles Find(IEnumerable<string> folders) => FileSearch.Find(Files, [.. folders]);
}

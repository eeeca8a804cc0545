namespace Bonito.Rows;

/// <summary>How a file holds its rows.</summary>
public enum RowFormat
{
    /// <summary>By the name's ending, compression aside: jsonl, ndjson, json, csv, tsv, tab, xml, parquet, arrow, txt, text (lines).</summary>
    Auto,

    /// <summary>A JSON value a line; blank lines are passed over. With <see cref="RowSource.RowsPath"/> a line can hold several rows.</summary>
    JsonLines,

    /// <summary>
    /// JSON values one after the other, streamed: arrays of rows, rows themselves, or what
    /// <see cref="RowSource.RowsPath"/> says.
    /// </summary>
    Json,

    /// <summary>A JSON object of columns, <c>{"text": [...], "label": [...]}</c>, all of one length; held as a whole.</summary>
    JsonColumns,

    /// <summary>Comma-separated values (RFC 4180); values are text, an empty field is an empty text.</summary>
    Csv,

    /// <summary>Tab-separated values without quoting: a quotation mark is text.</summary>
    Tsv,

    /// <summary>A row a line, with the columns <c>text</c> and <c>path</c>; blank lines are passed over.</summary>
    Lines,

    /// <summary>
    /// Files beside each other, row by row: each pattern of <see cref="RowSource.Files"/> (or, in one archive, of
    /// <see cref="RowSource.Members"/>) gives columns. See <see cref="RowSource"/>.
    /// </summary>
    Pairs,

    /// <summary>A row a file, with the columns <c>text</c> and <c>path</c>.</summary>
    Files,

    /// <summary>XML elements as rows; <see cref="RowSource.RowsPath"/> says which.</summary>
    Xml,

    /// <summary>Apache Parquet; <see cref="RowSource.Columns"/> are those to read.</summary>
    Parquet,

    /// <summary>Apache Arrow IPC, stream or file; <see cref="RowSource.Columns"/> are those to read.</summary>
    Arrow,
}

namespace Bonito.Rows;

/// <summary>Rows of plain text: the lines of a stream, or the stream as one row.</summary>
static class TextRows
{
    static readonly string[] Names = ["text", "path"];

    public static IEnumerable<ReadRow> Lines(SourceStream stream)
    {
        long number = 0;
        foreach ((string text, long line) in Utf8Text.Lines(stream))
        {
            if (!string.IsNullOrWhiteSpace(text)) yield return new ReadRow(new Row(Names, [text, stream.Path]), new Origin(stream.Name, line, ++number));
        }
    }

    public static IEnumerable<ReadRow> File(SourceStream stream)
    {
        yield return new ReadRow(new Row(Names, [Utf8Text.All(stream), stream.Path]), new Origin(stream.Name, 1, 1));
    }
}

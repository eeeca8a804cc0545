using System.Xml;

namespace Bonito.Rows;

/// <summary>
/// Rows of XML documents, which are streamed. <c>data.text.*.questions.q.*</c> means: of every element <c>text</c> in
/// the root element <c>data</c>, every <c>q</c> in <c>questions</c>; what is held at once is one <c>text</c>.
/// </summary>
static class XmlRows
{
    public static IEnumerable<ReadRow> Read(SourceStream stream, RowSource source)
    {
        var path = new RowsPath(source.RowsPath);
        if (path.IsEmpty || path.HoldsDocument || path.Outer.Length == 0)
            throw new BonitoException($"{stream.Name}: rows of XML need a path of element names from the root element on, as in data.text.*; there is '{path}'.");
        // Declaring a document type lets a document name other files and grow without end.
        using var bounded = new BoundedStream(stream);
        using var reader = XmlReader.Create(bounded, new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            IgnoreComments = true,
            IgnoreProcessingInstructions = true,
        });
        var values = new XmlValues(reader, bounded, stream.Name, Lists(source, path));
        var scopes = new RowScopes(path);
        long number = 0;
        foreach ((object item, long line) in Items(reader, values, path, stream.Name))
        {
            var where = new Origin(stream.Name, line, number + 1);
            foreach (Row row in scopes.OfItem(item, null, where)) yield return new ReadRow(row, where with { Number = ++number });
        }
    }

    static HashSet<string> Lists(RowSource source, RowsPath path)
    {
        var lists = new HashSet<string>(source.Lists, StringComparer.Ordinal);
        for (int i = 1; i < path.Inner.Length; i++)
        {
            if (path.Inner[i] == "*") lists.Add(path.Inner[i - 1]);
        }
        return lists;
    }

    static IEnumerable<(object Item, long Line)> Items(XmlReader reader, XmlValues values, RowsPath path, string name)
    {
        int depth = 0;
        bool found = false;
        var others = new SortedSet<string>(StringComparer.Ordinal);
        values.MoveOn();
        while (!reader.EOF)
        {
            if (reader.NodeType == XmlNodeType.EndElement) depth = Math.Min(depth, reader.Depth);
            if (reader.NodeType != XmlNodeType.Element)
            {
                values.MoveOn();
            }
            else if (reader.LocalName != path.Outer[depth])
            {
                if (others.Count < 20) others.Add(reader.LocalName);
                values.Skip();
            }
            else if (depth < path.Outer.Length - 1)
            {
                if (!reader.IsEmptyElement) depth++;
                values.MoveOn();
            }
            else
            {
                found = true;
                long line = values.Line;
                yield return (values.Read(), line);
            }
        }
        if (!found) throw new BonitoException($"{name}: no element on the rows path '{path}'; passed over: {string.Join(", ", others)}.");
    }
}

using System.Text;
using System.Xml;

namespace Bonito.Rows;

/// <summary>
/// Reads XML elements as the values of rows. An element with neither attributes nor elements in it is its text,
/// trimmed; any other is a row of its attributes, its elements (a list where a name stands more than once) and, in the
/// column <c>value</c>, the text beside them. Namespaces are left aside.
/// </summary>
/// <param name="reader">Reads the document.</param>
/// <param name="bounded">What it reads from.</param>
/// <param name="name">The file's name, for errors.</param>
/// <param name="lists">Names of elements that are a list even where there is only one.</param>
sealed class XmlValues(XmlReader reader, BoundedStream bounded, string name, HashSet<string> lists)
{
    const int MaxDepth = 64;

    readonly char[] chunk = new char[1 << 12];
    readonly Dictionary<string, string[]> known = new(StringComparer.Ordinal);
    long held;

    /// <summary>The line, from 1, that the reader stands on.</summary>
    public long Line => ((IXmlLineInfo)reader).LineNumber;

    /// <summary>Moves the reader to the next node.</summary>
    /// <exception cref="BonitoException">Broken XML.</exception>
    public void MoveOn() => Reading(Next);

    /// <summary>Moves the reader behind the element that it stands on.</summary>
    /// <exception cref="BonitoException">Broken XML.</exception>
    public void Skip()
    {
        int depth = reader.Depth;
        bool empty = reader.IsEmptyElement;
        MoveOn();
        if (empty) return;
        while (reader.Depth > depth) MoveOn();
        MoveOn();
    }

    /// <summary>The element that the reader stands on, which is passed.</summary>
    /// <exception cref="BonitoException">Broken XML, deeper or larger than a row may be.</exception>
    public object Read()
    {
        held = 0;
        return Reading(() => Element(0));
    }

    object Element(int depth)
    {
        if (depth > MaxDepth) throw new BonitoException($"{name}:{Line}: elements stand more than {MaxDepth} deep; expected fewer.");
        var names = new List<string>();
        var values = new List<List<object?>>();
        var text = new StringBuilder();
        bool empty = reader.IsEmptyElement;
        while (reader.MoveToNextAttribute())
        {
            if (reader.Prefix != "xmlns" && reader.Name != "xmlns") Add(names, values, reader.LocalName, reader.Value);
        }
        Next();
        while (!empty && reader.NodeType != XmlNodeType.EndElement)
        {
            if (reader.NodeType == XmlNodeType.Element) Add(names, values, reader.LocalName, Element(depth + 1));
            else Text(text);
        }
        if (!empty) Next();
        string own = text.ToString().Trim();
        if (names.Count == 0) return own;
        if (own.Length > 0) Add(names, values, "value", own);
        return new Row(Shared(names), [.. names.Select((n, i) => values[i].Count == 1 && !lists.Contains(n) ? values[i][0] : values[i].ToArray())]);
    }

    static void Add(List<string> names, List<List<object?>> values, string column, object value)
    {
        int index = names.IndexOf(column);
        if (index >= 0)
        {
            values[index].Add(value);
            return;
        }
        names.Add(column);
        values.Add([value]);
    }

    /// <summary>Takes the text that the reader stands on piece by piece: it can be larger than what is held.</summary>
    void Text(StringBuilder text)
    {
        if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace)
        {
            int read;
            while ((read = reader.ReadValueChunk(chunk, 0, chunk.Length)) > 0)
            {
                bounded.Renew();
                text.Append(chunk, 0, read);
                if ((held += read) > RowLimits.RowBytes)
                    throw new BonitoException($"{name}:{Line}: an element of more than {RowLimits.RowBytesText}; expected smaller ones. If the rows stand deeper in the document, name their path.");
            }
        }
        Next();
    }

    bool Next()
    {
        bounded.Renew();
        return reader.Read();
    }

    string[] Shared(List<string> names)
    {
        string key = string.Join('\0', names);
        if (known.TryGetValue(key, out string[]? same)) return same;
        string[] own = [.. names];
        if (known.Count < 64) known.Add(key, own);
        return own;
    }

    T Reading<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (XmlException e)
        {
            throw new BonitoException($"{name}:{Math.Max(1, e.LineNumber)}: broken XML: {e.Message}", e);
        }
    }
}

using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Bonito.Ctga.Readers;

/// <summary>Reads bodies of plain text as documents: whole text files, or the articles of a WikiExtractor dump.</summary>
internal static partial class DocumentReader
{
    /// <exception cref="BonitoException">Invalid UTF-8, or an article without its end.</exception>
    public static IEnumerable<TextDocument> Read(SourceStream stream, SourcePart part) =>
        part.Format == SourceFormat.WikiExtractor ? Articles(stream) : [WholeFile(stream)];

    static TextDocument WholeFile(SourceStream stream)
    {
        string name = Path.GetFileName(stream.Member.Length > 0 ? stream.Member : stream.Name);
        string title = name.Split('.')[0].Replace('-', ' ').Replace('_', ' ');
        return new TextDocument(title, TextCleaning.Clean(SourceText.All(stream), []));
    }

    static IEnumerable<TextDocument> Articles(SourceStream stream)
    {
        string? title = null;
        int opened = 0;
        var text = new StringBuilder();
        foreach ((string line, int number) in SourceText.Lines(stream))
        {
            if (title is null)
            {
                Match head = Head().Match(line);
                if (head.Success) (title, opened) = (WebUtility.HtmlDecode(head.Groups[1].Value), number);
                else if (!string.IsNullOrWhiteSpace(line)) throw new BonitoException($"{stream.Name}:{number}: text outside of a <doc ...> block.");
            }
            else if (line == "</doc>")
            {
                yield return new TextDocument(title, TextCleaning.Clean(text.ToString(), []));
                text.Clear();
                title = null;
            }
            // The first line of an article repeats its title.
            else if (text.Length > 0 || line != title)
            {
                text.Append(line).Append('\n');
            }
        }
        if (title is not null) throw new BonitoException($"{stream.Name}:{opened}: the article '{title}' has no </doc>; the file is cut off.");
    }

    [GeneratedRegex("^<doc .*?title=\"(.*)\"(?: nonfiltered=.*)?>$")]
    private static partial Regex Head();
}

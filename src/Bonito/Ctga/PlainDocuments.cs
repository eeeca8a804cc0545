using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Bonito.Rows;

namespace Bonito.Ctga;

/// <summary>Documents of plain text: whole files, or the articles of a WikiExtractor dump, whose lines come as rows.</summary>
internal static partial class PlainDocuments
{
    /// <exception cref="BonitoException">Text outside of an article, or an article without its end.</exception>
    public static IEnumerable<TextDocument> Of(DocumentLayout layout, IEnumerable<ReadRow> rows) =>
        layout == DocumentLayout.WikiExtractor ? Articles(rows) : rows.Select(WholeFile);

    static string Text(ReadRow row) => (string)row.Row["text"]!;

    static TextDocument WholeFile(ReadRow row)
    {
        string name = Path.GetFileName((string)row.Row["path"]!);
        string title = name.Split('.')[0].Replace('-', ' ').Replace('_', ' ');
        return new TextDocument(title, TextCleaning.Clean(Text(row), []));
    }

    static IEnumerable<TextDocument> Articles(IEnumerable<ReadRow> lines)
    {
        string? title = null;
        Origin opened = default;
        var text = new StringBuilder();
        foreach (ReadRow row in lines)
        {
            string line = Text(row);
            if (title is not null && row.Origin.File != opened.File) throw CutOff(opened, title);
            if (title is null)
            {
                Match head = Head().Match(line);
                if (!head.Success) throw new BonitoException($"{row.Origin.File}:{row.Origin.Line}: text outside of a <doc ...> block.");
                (title, opened) = (WebUtility.HtmlDecode(head.Groups[1].Value), row.Origin);
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
        if (title is not null) throw CutOff(opened, title);
    }

    static BonitoException CutOff(Origin opened, string title) =>
        new($"{opened.File}:{opened.Line}: the article '{title}' has no </doc>; the file is cut off.");

    [GeneratedRegex("^<doc .*?title=\"(.*)\"(?: nonfiltered=.*)?>$")]
    private static partial Regex Head();
}

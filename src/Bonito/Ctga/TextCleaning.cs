using System.Net;
using System.Text.RegularExpressions;

namespace Bonito.Ctga;

/// <summary>
/// Puts right what the publishers of source sets did to their texts. Always: white space. On request of the
/// catalogue: <c>tokens</c> (spaces around punctuation, Penn Treebank quotes and brackets, lost apostrophes),
/// <c>html</c> (tags, entities, also with their ampersand lost), <c>line_breaks</c> (line breaks and quotation marks
/// written with backslashes or as words), <c>marks</c> (the bracketed marks of how-to articles, the speakers'
/// marks of dialogues). Casing stays as it is.
/// </summary>
internal static partial class TextCleaning
{
    public static IReadOnlyList<string> Names { get; } = ["tokens", "html", "line_breaks", "marks"];

    /// <summary>Cleans one text.</summary>
    /// <param name="text">The text of one column.</param>
    /// <param name="steps">Some of <see cref="Names"/>.</param>
    public static string Clean(string text, IReadOnlyList<string> steps)
    {
        if (steps.Contains("html")) text = Html(text);
        if (steps.Contains("line_breaks")) text = LineBreaks(text);
        if (steps.Contains("marks")) text = Speaker().Replace(StepMark().Replace(text, ""), "Person $1");
        text = Space(text);
        if (steps.Contains("tokens")) text = Tokens(text);
        return text;
    }

    static string Html(string text)
    {
        text = LineBreak().Replace(text, "\n");
        text = LostAmpersand().Replace(text, "&$1;");
        return Tag().Replace(WebUtility.HtmlDecode(text), "");
    }

    static string LineBreaks(string text) =>
        text.Replace("\\n", "\n").Replace("NEWLINE_CHAR", "\n").Replace("\\\"", "\"").Replace("\"\"", "\"").Replace('\\', ' ');

    static string Space(string text)
    {
        text = text.Replace("\r\n", "\n").Replace('\r', '\n').Replace('\u00a0', ' ');
        text = Blank().Replace(text, " ");
        text = AroundBreak().Replace(text, "\n");
        return ManyBreaks().Replace(text, "\n\n").Trim();
    }

    static string Tokens(string text)
    {
        text = text.Replace("-lrb-", "(").Replace("-rrb-", ")").Replace("-LRB-", "(").Replace("-RRB-", ")");
        text = text.Replace("``", "\"").Replace("''", "\"");
        text = LostApostrophe().Replace(text, "$1n't");
        text = SpacedNot().Replace(text, "$1n't");
        text = SpacedClitic().Replace(text, "'$1");
        text = IrishName().Replace(text, "$1'");
        text = string.Join('\n', text.Split('\n').Select(Quotes));
        text = BeforePunctuation().Replace(text, "$1");
        return AfterOpening().Replace(text, "$1");
    }

    /// <summary>Takes the spaces from the inside of quotation marks. They pair up by turns; an odd one leaves a paragraph as it is.</summary>
    static string Quotes(string paragraph)
    {
        string[] parts = paragraph.Split('"');
        if (parts.Length % 2 == 0) return paragraph;
        for (int i = 1; i < parts.Length; i += 2) parts[i] = parts[i].Trim(' ');
        return string.Join('"', parts);
    }

    [GeneratedRegex(@"<\s*br\s*/?\s*>", RegexOptions.IgnoreCase)]
    private static partial Regex LineBreak();

    [GeneratedRegex(@"(?<![&\w])(#\d{2,5}|quot|amp|lt|gt|nbsp);")]
    private static partial Regex LostAmpersand();

    [GeneratedRegex(@"</?(b|i|em|p|a|strong|font)(\s[^<>]*)?>", RegexOptions.IgnoreCase)]
    private static partial Regex Tag();

    [GeneratedRegex(@"\[(header|title|step|substeps)\]\s*")]
    private static partial Regex StepMark();

    [GeneratedRegex(@"#Person ?(\d+)#")]
    private static partial Regex Speaker();

    // Not the single plain space, which needs no replacement and is nearly every match.
    [GeneratedRegex(@"[ \t\f\v\u2000-\u200b\u3000]{2,}|[\t\f\v\u2000-\u200b\u3000]")]
    private static partial Regex Blank();

    [GeneratedRegex(@" ?\n ?")]
    private static partial Regex AroundBreak();

    [GeneratedRegex(@"\n{3,}")]
    private static partial Regex ManyBreaks();

    [GeneratedRegex(@"\b([Dd]o|[Dd]oes|[Dd]id|[Ii]s|[Ww]as|[Aa]re|[Ww]ere|[Hh]as|[Hh]ave|[Hh]ad|[Ww]ould|[Cc]ould|[Ss]hould|[Ww]o|[Cc]a|[Nn]eed) nt\b")]
    private static partial Regex LostApostrophe();

    [GeneratedRegex(@"(\w) n't\b")]
    private static partial Regex SpacedNot();

    [GeneratedRegex(@" '(s|re|ve|ll|d|m)\b", RegexOptions.IgnoreCase)]
    private static partial Regex SpacedClitic();

    [GeneratedRegex(@"\b(O) '(?=[A-Z])")]
    private static partial Regex IrishName();

    [GeneratedRegex(@" ([.,!?;:%)\]}]+)(?=\s|$|[""')\]])")]
    private static partial Regex BeforePunctuation();

    [GeneratedRegex(@"([(\[{$]) ")]
    private static partial Regex AfterOpening();
}

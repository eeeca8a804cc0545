namespace Bonito.Templates.Jinja.Parsing;

/// <summary>A template's text as the lexer reads it, and errors about places in it.</summary>
internal sealed class SourceText
{
    const int MostShown = 60;

    /// <param name="name">Names the template in errors.</param>
    /// <param name="text">The text as it was given.</param>
    public SourceText(string name, string text)
    {
        Name = name;
        // Jinja2 reads all line ends as line feeds, and leaves out one at the end of the text.
        string lines = text.Contains('\r', StringComparison.Ordinal)
            ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n')
            : text;
        Text = lines.EndsWith('\n') ? lines[..^1] : lines;
    }

    public string Name { get; }

    public string Text { get; }

    /// <summary>An error at a place: name, line and column (both from 1), the text that stands there, and what is wrong with it.</summary>
    /// <param name="start">First character; negative when the place is not known.</param>
    /// <param name="end">End of the offending text, exclusive.</param>
    public BonitoException Error(int start, int end, string message)
    {
        if (start < 0) return new BonitoException($"{Name}: {message}");
        start = Math.Min(start, Text.Length);
        end = Math.Clamp(end, start, Text.Length);
        ReadOnlySpan<char> before = Text.AsSpan(0, start);
        int line = before.Count('\n') + 1, column = start - (before.LastIndexOf('\n') + 1) + 1;
        string shown = start == end ? "" : $" '{Shown(Text[start..end])}':";
        return new BonitoException($"{Name}:{line}:{column}:{shown} {message}");
    }

    static string Shown(string text)
    {
        string cut = text.Length <= MostShown ? text : text[..MostShown] + "...";
        return cut.Replace("\n", "\\n", StringComparison.Ordinal).Replace("\t", "\\t", StringComparison.Ordinal);
    }
}

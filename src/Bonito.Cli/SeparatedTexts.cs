namespace Bonito.Cli;

/// <summary>A file of texts, each ended by a line that is the separator. The line break before that line belongs to it, not to the text.</summary>
static class SeparatedTexts
{
    /// <exception cref="BonitoException">The file cannot be read.</exception>
    public static IEnumerable<string> Read(string path, string separator)
    {
        string content;
        try
        {
            content = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"Cannot read the cases {path}: {UnreadableFile.Why(path, e)}", e);
        }
        return Split(content, separator);
    }

    /// <summary>The texts; what follows the last separator counts unless it is empty.</summary>
    static IEnumerable<string> Split(string content, string separator)
    {
        int start = 0, line = 0;
        while (line < content.Length)
        {
            int end = content.IndexOf('\n', line);
            int next = end < 0 ? content.Length : end + 1;
            if (content.AsSpan(line, (end < 0 ? next : end) - line).SequenceEqual(separator))
            {
                yield return content[start..Math.Max(start, line - 1)];
                start = next;
            }
            line = next;
        }
        if (start < content.Length) yield return content[start..];
    }
}

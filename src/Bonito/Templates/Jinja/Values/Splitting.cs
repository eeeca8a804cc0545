using Bonito.Templates.Jinja.Rendering;

namespace Bonito.Templates.Jinja.Values;

/// <summary>Python's <c>split</c>, <c>rsplit</c> and <c>splitlines</c>.</summary>
internal static class Splitting
{
    /// <summary>Pieces between separators; with null, between runs of white space.</summary>
    /// <param name="most">Most splits; negative for all.</param>
    public static List<object?> Split(RenderContext context, string text, string? separator, long most)
    {
        var pieces = new List<object?>();
        if (most < 0) most = long.MaxValue;
        int start = 0;
        if (separator is null)
        {
            while ((start = Characters.SkipSpace(text, start)) < text.Length)
            {
                int end = pieces.Count == most ? text.Length : start;
                while (end < text.Length && !Characters.IsSpace(text[end])) end++;
                Add(start, end);
                start = end;
            }
            return pieces;
        }
        if (separator.Length == 0) throw new RenderFailure("the separator must not be empty.");
        for (int found; pieces.Count < most && (found = Search.IndexOf(text, separator, start)) >= 0; start = found + separator.Length) Add(start, found);
        Add(start, text.Length);
        return pieces;

        void Add(int from, int to)
        {
            context.Step();
            pieces.Add(context.Made(text[from..to]));
        }
    }

    /// <summary>As <see cref="Split"/>, but splits are made from the end.</summary>
    public static List<object?> SplitFromEnd(RenderContext context, string text, string? separator, long most)
    {
        if (most < 0) return Split(context, text, separator, most);
        var pieces = new List<object?>();
        int end = text.Length;
        if (separator is null)
        {
            while (true)
            {
                while (end > 0 && Characters.IsSpace(text[end - 1])) end--;
                if (end == 0) break;
                int start = end;
                if (pieces.Count == most) start = 0;
                while (start > 0 && !Characters.IsSpace(text[start - 1])) start--;
                Add(start, end);
                if (pieces.Count > most) break;
                end = start;
            }
        }
        else
        {
            if (separator.Length == 0) throw new RenderFailure("the separator must not be empty.");
            int found;
            while (pieces.Count < most && end > 0 && (found = text.LastIndexOf(separator, end - 1, StringComparison.Ordinal)) >= 0)
            {
                Add(found + separator.Length, end);
                end = found;
            }
            Add(0, end);
        }
        pieces.Reverse();
        return pieces;

        void Add(int from, int to)
        {
            context.Step();
            pieces.Add(context.Made(text[from..to]));
        }
    }

    /// <summary>Lines by all line ends that Python knows; an end at the end of the text begins no further line.</summary>
    public static List<string> Lines(string text, bool keepEnds)
    {
        var lines = new List<string>();
        for (int start = 0; start < text.Length;)
        {
            int end = start;
            while (end < text.Length && !IsLineEnd(text[end])) end++;
            int next = end;
            if (next < text.Length) next += text[next] == '\r' && next + 1 < text.Length && text[next + 1] == '\n' ? 2 : 1;
            lines.Add(text[start..(keepEnds ? next : end)]);
            start = next;
        }
        return lines;
    }

    static bool IsLineEnd(char c) => c is '\n' or '\r' or '\v' or '\f' or (>= '\u001c' and <= '\u001e') or '\u0085' or '\u2028' or '\u2029';
}

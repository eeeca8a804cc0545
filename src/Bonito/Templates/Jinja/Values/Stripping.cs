using Bonito.Templates.Jinja.Rendering;

namespace Bonito.Templates.Jinja.Values;

/// <summary>Python's <c>strip</c>, <c>lstrip</c> and <c>rstrip</c>.</summary>
internal static class Stripping
{
    /// <param name="characters">A text whose characters are taken away; null for white space.</param>
    public static string Strip(string text, object? characters, bool atStart, bool atEnd)
    {
        if (characters is Undefined undefined) throw undefined.Failure();
        string? chars = characters switch
        {
            null => null,
            string given => given,
            Markup markup => markup.Text,
            _ => throw new RenderFailure($"the characters to strip must be a text, got a {Kind.Of(characters)}."),
        };
        int start = 0, end = text.Length;
        if (chars is null)
        {
            while (atStart && start < end && Characters.IsSpace(text[start])) start++;
            while (atEnd && end > start && Characters.IsSpace(text[end - 1])) end--;
        }
        else
        {
            HashSet<int> set = [];
            for (int i = 0; i < chars.Length;)
            {
                (int codePoint, int length) = Characters.CodePointAt(chars, i);
                set.Add(codePoint);
                i += length;
            }
            while (atStart && start < end && Characters.CodePointAt(text, start) is var (first, length) && set.Contains(first)) start += length;
            while (atEnd && end > start && Characters.CodePointBefore(text, end) is var (last, length) && set.Contains(last)) end -= length;
        }
        return text[Math.Min(start, end)..end];
    }
}

/// <summary>Python's <c>replace</c>.</summary>
internal static class Replacing
{
    /// <param name="count">Most replacements; negative for all.</param>
    public static string Replace(RenderContext context, string text, string old, string replacement, int count)
    {
        if (count == 0) return text;
        var result = new System.Text.StringBuilder();
        int start = 0, replaced = 0;
        if (old.Length == 0)
        {
            // Before every code point and at the end.
            while (count < 0 || replaced < count)
            {
                context.Claim(replacement.Length + 2);
                result.Append(replacement);
                replaced++;
                if (start == text.Length) return result.ToString();
                int length = Characters.CodePointAt(text, start).Length;
                result.Append(text, start, length);
                start += length;
            }
        }
        else
        {
            for (int found; (count < 0 || replaced < count) && (found = Search.IndexOf(text, old, start)) >= 0; replaced++)
            {
                context.Claim(found - start + replacement.Length);
                result.Append(text, start, found - start).Append(replacement);
                start = found + old.Length;
            }
            if (replaced == 0) return text;
        }
        context.Claim(text.Length - start);
        return result.Append(text, start, text.Length - start).ToString();
    }
}

/// <summary>Texts widened to a number of code points.</summary>
internal static class Padding
{
    public static string Spaces(RenderContext context, long count) => Fill(context, ' ', count);

    static string Fill(RenderContext context, char fill, long count)
    {
        count = Math.Max(count, 0);
        context.Claim(count);
        return new string(fill, (int)count);
    }

    public static string Left(RenderContext context, string text, long width, char fill) => context.Made(text + Fill(context, fill, width - Characters.Count(text)));

    public static string Right(RenderContext context, string text, long width, char fill) => context.Made(Fill(context, fill, width - Characters.Count(text)) + text);

    public static string Center(RenderContext context, string text, long width, char fill)
    {
        long padding = width - Characters.Count(text);
        if (padding <= 0) return text;
        // Python puts the odd one to the left when the width is odd.
        long left = padding / 2 + (padding & width & 1);
        return context.Made(Fill(context, fill, left) + text + Fill(context, fill, padding - left));
    }
}

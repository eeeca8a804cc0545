using System.Text;

namespace Bonito.Templates.Jinja.Values;

/// <summary>Upper, lower and title case as Unicode's full mappings have them, where one character can become several.</summary>
internal static class Casing
{
    public static string Upper(string text) => text.AsSpan().IndexOfAnyExceptInRange('\0', '\u007f') < 0 ? text.ToUpperInvariant() : Map(text, CasingTable.Upper);

    public static string Lower(string text)
    {
        if (text.AsSpan().IndexOfAnyExceptInRange('\0', '\u007f') < 0) return text.ToLowerInvariant();
        var lower = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length;)
        {
            (int codePoint, int length) = Characters.CodePointAt(text, i);
            if (codePoint == 'Σ') lower.Append(EndsWord(text, i) ? 'ς' : 'σ');
            else lower.Append(CasingTable.Lower(codePoint));
            i += length;
        }
        return lower.ToString();
    }

    /// <summary>The first character in title case, all others in lower case.</summary>
    public static string Capitalize(string text)
    {
        if (text.Length == 0) return text;
        (int first, int length) = Characters.CodePointAt(text, 0);
        // The whole text is lowered, since a sigma at its end depends on what is before it.
        string lower = Lower(text);
        return CasingTable.Title(first) + lower[CasingTable.Lower(first).Length..];
    }

    /// <summary>Words in title case, where a word is any run of letters that have cases.</summary>
    public static string Title(string text)
    {
        var title = new StringBuilder(text.Length);
        bool inWord = false;
        for (int i = 0; i < text.Length;)
        {
            (int codePoint, int length) = Characters.CodePointAt(text, i);
            if (!inWord) title.Append(CasingTable.Title(codePoint));
            else if (codePoint == 'Σ') title.Append(EndsWord(text, i) ? 'ς' : 'σ');
            else title.Append(CasingTable.Lower(codePoint));
            inWord = IsCased(codePoint);
            i += length;
        }
        return title.ToString();
    }

    public static string SwapCase(string text)
    {
        var swapped = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length;)
        {
            (int codePoint, int length) = Characters.CodePointAt(text, i);
            if (IsUpper(codePoint)) swapped.Append(codePoint == 'Σ' ? EndsWord(text, i) ? "ς" : "σ" : CasingTable.Lower(codePoint));
            else if (IsLower(codePoint)) swapped.Append(CasingTable.Upper(codePoint));
            else swapped.Append(text, i, length);
            i += length;
        }
        return swapped.ToString();
    }

    /// <summary>What texts that differ in cases only have in common. Supported for letters whose lower case is that already.</summary>
    public static string Fold(string text) => text.All(char.IsAscii)
        ? text.ToLowerInvariant()
        : throw new Rendering.RenderFailure("'casefold' is supported for ASCII only; use 'lower'.");

    static string Map(string text, Func<int, string> map)
    {
        var mapped = new StringBuilder(text.Length);
        for (int i = 0; i < text.Length;)
        {
            (int codePoint, int length) = Characters.CodePointAt(text, i);
            mapped.Append(map(codePoint));
            i += length;
        }
        return mapped.ToString();
    }

    public static bool IsUpper(int codePoint) => CasingTable.IsUpper(codePoint);

    public static bool IsLower(int codePoint) => CasingTable.IsLower(codePoint);

    /// <summary>Whether a letter has cases: it is in one of them.</summary>
    public static bool IsCased(int codePoint) => IsUpper(codePoint) || IsLower(codePoint) || CasingTable.IsTitle(codePoint);

    // Unicode's rule for the sigma: a cased letter before it, none after, both looked for beyond characters that cases ignore.
    static bool EndsWord(string text, int index)
    {
        int i = index;
        while (i > 0 && Characters.CodePointBefore(text, i) is var (before, length))
        {
            i -= length;
            if (CasingTable.IsIgnored(before)) continue;
            if (!IsCased(before)) return false;
            for (int j = index + 1; j < text.Length;)
            {
                (int after, int afterLength) = Characters.CodePointAt(text, j);
                j += afterLength;
                if (!CasingTable.IsIgnored(after)) return !IsCased(after);
            }
            return true;
        }
        return false;
    }
}

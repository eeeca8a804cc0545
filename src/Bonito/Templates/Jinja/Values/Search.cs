namespace Bonito.Templates.Jinja.Values;

/// <summary>Looking for one text in another in time that grows with their lengths added, not multiplied, whatever they hold.</summary>
internal static class Search
{
    // Below this product of lengths the plain search is quick whatever the texts are, and otherwise it mostly is.
    const long Hard = 1 << 24;

    /// <summary>Where a text first stands at or after <paramref name="start"/>; -1 for nowhere.</summary>
    public static int IndexOf(string text, string part, int start)
    {
        if ((long)(text.Length - start) * part.Length < Hard) return text.IndexOf(part, start, StringComparison.Ordinal);
        int[] borders = Borders(part);
        for (int i = start, matched = 0; i < text.Length; i++)
        {
            while (matched > 0 && text[i] != part[matched]) matched = borders[matched - 1];
            if (text[i] == part[matched]) matched++;
            if (matched == part.Length) return i - matched + 1;
        }
        return -1;
    }

    // The longest proper prefix that is also a suffix, for each prefix (Knuth, Morris, Pratt).
    static int[] Borders(string part)
    {
        int[] borders = new int[part.Length];
        for (int i = 1, matched = 0; i < part.Length; i++)
        {
            while (matched > 0 && part[i] != part[matched]) matched = borders[matched - 1];
            if (part[i] == part[matched]) matched++;
            borders[i] = matched;
        }
        return borders;
    }
}

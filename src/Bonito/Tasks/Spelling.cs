namespace Bonito.Tasks;

/// <summary>How far apart two names are, to suggest what a mistyped one was meant to be.</summary>
static class Spelling
{
    /// <summary>
    /// 0 for equal names to 1 for nothing in common: edits (insert, delete, replace) over the longer length.
    /// The unfinished beginning of a name is near it. Case is ignored.
    /// </summary>
    public static double Distance(string typed, string name)
    {
        typed = typed.ToLowerInvariant();
        name = name.ToLowerInvariant();
        if (typed.Length >= 3 && name.StartsWith(typed, StringComparison.Ordinal))
            return 0.4 * (name.Length - typed.Length) / name.Length;

        int longer = Math.Max(typed.Length, name.Length);
        return longer == 0 ? 0 : (double)Edits(typed, name) / longer;
    }

    static int Edits(string a, string b)
    {
        int[] above = [.. Enumerable.Range(0, b.Length + 1)];
        int[] row = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = above[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                row[j] = Math.Min(replace, 1 + Math.Min(above[j], row[j - 1]));
            }

            (above, row) = (row, above);
        }

        return above[b.Length];
    }
}

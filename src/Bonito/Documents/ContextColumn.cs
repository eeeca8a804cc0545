namespace Bonito.Documents;

/// <summary>Which column of a file of rows holds the documents.</summary>
static class ContextColumn
{
    static readonly string[] s_usual = ["text", "context", "document", "content"];

    /// <summary>The wanted column, or the only one with a usual name if none is wanted.</summary>
    /// <param name="columns">The columns there are.</param>
    /// <param name="wanted">The column that the user names, or null.</param>
    /// <param name="where">File and line, to begin the message with.</param>
    /// <exception cref="BonitoException">There is no such column, or not exactly one with a usual name.</exception>
    public static string Choose(IReadOnlyCollection<string> columns, string? wanted, string where)
    {
        string[] candidates = wanted is null ? [.. s_usual.Where(columns.Contains)] : [.. columns.Where(c => c == wanted)];
        if (candidates.Length == 1) return candidates[0];

        string there = columns.Count == 0 ? "there are none" : $"there are: {string.Join(", ", columns)}";
        throw new BonitoException((wanted, candidates.Length) switch
        {
            (null, 0) => $"{where}: no column is called {string.Join(", ", s_usual[..^1])} or {s_usual[^1]}; {there}. Name one with --context-col",
            (null, _) => $"{where}: several columns could hold the documents: {string.Join(", ", candidates)}. Name one with --context-col",
            (_, 0) => $"{where}: no column '{wanted}'; {there}",
            _ => $"{where}: the column '{wanted}' occurs {candidates.Length} times",
        });
    }
}

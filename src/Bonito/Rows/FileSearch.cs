using Microsoft.Extensions.FileSystemGlobbing;

namespace Bonito.Rows;

/// <summary>Looks patterns of files up in folders.</summary>
static class FileSearch
{
    public static FoundFiles Find(IReadOnlyList<string> patterns, IReadOnlyList<string> folders)
    {
        var found = new List<SourceFile>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var missing = new List<string>();
        for (int i = 0; i < patterns.Count; i++)
        {
            List<SourceFile>? matches = folders.Select(folder => Matches(folder, patterns[i], i)).FirstOrDefault(m => m.Count > 0);
            if (matches is null) missing.Add(patterns[i]);
            else found.AddRange(matches.Where(m => seen.Add(m.Path)));
        }
        return new FoundFiles(found, missing);
    }

    /// <summary>The files below a folder that a pattern matches, in ordinal order of their names.</summary>
    public static List<SourceFile> Matches(string folder, string pattern, int position = 0)
    {
        if (!Directory.Exists(folder)) return [];
        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddInclude(pattern);
        try
        {
            return [.. matcher.GetResultsInFullPath(folder)
                .Select(path => new SourceFile(Path.GetRelativePath(folder, path).Replace('\\', '/'), path, position))
                .OrderBy(m => m.Name, StringComparer.Ordinal)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"{folder}: cannot look for '{pattern}': {e.Message}", e);
        }
    }
}

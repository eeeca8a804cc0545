namespace Bonito.Documents;

/// <summary>Lists the files below a folder: hidden ones left out, links followed, no folder entered twice.</summary>
sealed class FolderWalk(string root)
{
    static readonly EnumerationOptions s_visible =
        new() { AttributesToSkip = FileAttributes.Hidden | FileAttributes.System, IgnoreInaccessible = false };

    readonly HashSet<string> _entered = new(StringComparer.Ordinal);

    /// <summary>The files, as paths that start with the root, down to so many folders below it.</summary>
    /// <exception cref="BonitoException">A folder may not be listed.</exception>
    public IEnumerable<string> Files(int depth = int.MaxValue) => Files(root, Path.GetFullPath(root), depth);

    IEnumerable<string> Files(string folder, string realPath, int depth)
    {
        if (!_entered.Add(realPath)) yield break;

        foreach (FileSystemInfo entry in List(folder))
        {
            string path = Path.Combine(folder, entry.Name);
            if (entry is not DirectoryInfo) yield return path;
            else if (depth > 0)
            {
                string real = entry.ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.Combine(realPath, entry.Name);
                foreach (string file in Files(path, real, depth - 1)) yield return file;
            }
        }
    }

    static FileSystemInfo[] List(string folder)
    {
        try
        {
            FileSystemInfo[] entries = new DirectoryInfo(folder).GetFileSystemInfos("*", s_visible);
            Array.Sort(entries, (a, b) => string.CompareOrdinal(a.Name, b.Name));
            return entries;
        }
        catch (Exception e) when (e is UnauthorizedAccessException or IOException)
        {
            throw new BonitoException($"{folder}: the folder cannot be listed: {e.Message}", e);
        }
    }
}

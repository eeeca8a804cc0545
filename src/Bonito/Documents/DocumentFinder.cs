using Microsoft.Extensions.FileSystemGlobbing;

namespace Bonito.Documents;

/// <summary>What inputs hold: the files to read, ordered by name, and what was left aside.</summary>
public sealed record FoundDocuments(IReadOnlyList<DocumentFile> Files, IReadOnlyList<DocumentNotice> Notices);

/// <summary>
/// Finds the files that inputs name. An input is a file, a folder (with all below it), or a glob with <c>*</c> and
/// <c>**</c>. Hidden files are found only when named themselves.
/// </summary>
public static class DocumentFinder
{
    /// <summary>A file reached through several inputs is found once.</summary>
    /// <exception cref="BonitoException">An input does not exist, holds no file that Bonito reads, or may not be listed.</exception>
    public static FoundDocuments Find(IReadOnlyList<string> inputs)
    {
        if (inputs.Count == 0) throw new BonitoException("no input: name a file, a folder or a glob to read documents from");

        List<DocumentNotice> notices = [];
        List<string> bases = [];
        Dictionary<string, string> pathOf = new(StringComparer.Ordinal);
        foreach (string input in inputs)
        {
            (string folder, IEnumerable<string> paths) = Expand(input);
            bases.Add(Path.GetFullPath(folder));
            foreach (string path in Supported(input, paths, notices)) pathOf.TryAdd(Path.GetFullPath(path), path);
        }

        string root = CommonFolder(bases);
        DocumentFile[] files = [.. pathOf.Select(p => File(root, p.Key, p.Value)).OrderBy(f => f.Name, StringComparer.Ordinal)];
        return new FoundDocuments(files, notices);
    }

    /// <summary>The folder in which an input starts, and the files it stands for.</summary>
    static (string Folder, IEnumerable<string> Paths) Expand(string input)
    {
        if (string.IsNullOrWhiteSpace(input)) throw new BonitoException("an input is empty; expected a file, a folder or a glob");
        if (Directory.Exists(input)) return (input, new FolderWalk(input).Files());
        if (System.IO.File.Exists(input))
        {
            if (DocumentFormats.Of(input) is null)
                throw new BonitoException(
                    $"{input}: Bonito does not read {DocumentFormats.Extension(input)} files; it reads {DocumentFormats.Supported}");
            return (Path.GetDirectoryName(Path.GetFullPath(input))!, [input]);
        }

        if (!input.Contains('*', StringComparison.Ordinal))
            throw new BonitoException($"{input}: there is no such file or folder (globs may use * and **)");
        return ExpandGlob(input);
    }

    static (string Folder, IEnumerable<string> Paths) ExpandGlob(string glob)
    {
        // What stands before the first segment with a star is a plain path.
        string slashed = glob.Replace(Path.DirectorySeparatorChar, '/');
        int cut = slashed.LastIndexOf('/', slashed.IndexOf('*', StringComparison.Ordinal)) + 1;
        string folder = slashed[..cut];
        string pattern = slashed[cut..];
        if (folder.Length > 0 && !Directory.Exists(folder))
            throw new BonitoException($"{glob}: there is no folder {folder}");

        var matcher = new Matcher(OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase);
        matcher.AddInclude(pattern);
        int depth = pattern.Contains("**", StringComparison.Ordinal) ? int.MaxValue : pattern.Count(c => c == '/');
        string start = folder.Length == 0 ? "." : folder;
        IEnumerable<string> matches = new FolderWalk(start).Files(depth)
            .Where(path => matcher.Match(Path.GetRelativePath(start, path)).HasMatches);
        return (start, folder.Length == 0 ? matches.Select(path => Path.GetRelativePath(start, path)) : matches);
    }

    /// <summary>The files that Bonito reads; the others are counted into a notice.</summary>
    static List<string> Supported(string input, IEnumerable<string> paths, List<DocumentNotice> notices)
    {
        List<string> supported = [];
        Dictionary<string, int> others = new(StringComparer.Ordinal);
        foreach (string path in paths)
        {
            if (DocumentFormats.Of(path) is not null) supported.Add(path);
            else others[DocumentFormats.Extension(path)] = others.GetValueOrDefault(DocumentFormats.Extension(path)) + 1;
        }

        int count = others.Values.Sum();
        string kinds = string.Join(", ", others
            .OrderByDescending(o => o.Value).ThenBy(o => o.Key, StringComparer.Ordinal).Select(o => $"{o.Key} {o.Value}"));
        if (supported.Count == 0 && count == 0)
            throw new BonitoException(Directory.Exists(input) ? $"{input}: the folder holds no files" : $"{input}: no file matches the glob");
        if (supported.Count == 0)
            throw new BonitoException(
                $"{input}: none of its {Files(count)} can be read ({kinds}); Bonito reads {DocumentFormats.Supported}");
        if (count > 0)
            notices.Add(new DocumentNotice(input, NoticeReason.UnsupportedFiles, $"{input}: {Files(count)} in other formats left aside ({kinds})"));
        return supported;
    }

    static string Files(int count) => count == 1 ? "1 file" : $"{count} files";

    static DocumentFile File(string root, string fullPath, string path)
    {
        (DocumentFormat format, bool compressed) = DocumentFormats.Of(path)!.Value;
        string name = Path.GetRelativePath(root, fullPath).Replace(Path.DirectorySeparatorChar, '/');
        return new DocumentFile(name, path, format, compressed);
    }

    /// <summary>The deepest folder that holds all of these: names do not depend on where the command was started.</summary>
    static string CommonFolder(List<string> folders)
    {
        string common = Path.TrimEndingDirectorySeparator(folders[0]);
        foreach (string folder in folders)
        {
            while (!IsWithin(folder, common) && Path.GetDirectoryName(common) is { } parent) common = parent;
        }

        return common;
    }

    static bool IsWithin(string folder, string ancestor)
    {
        string relative = Path.GetRelativePath(ancestor, folder);
        return relative != ".." && !relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) && !Path.IsPathRooted(relative);
    }
}

using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Extensions.FileSystemGlobbing;

namespace Bonito.Ctga.Readers;

/// <summary>One text stream of a source: a file, or a member of a tar archive.</summary>
/// <param name="Name">Path relative to the searched folder, with the member's path after a colon.</param>
/// <param name="Member">The member's path; empty for a plain file.</param>
/// <param name="Content">Uncompressed bytes; valid until the next stream is asked for.</param>
internal readonly record struct SourceStream(string Name, string Member, Stream Content);

/// <summary>Finds a part's files and opens them: <c>.gz</c> and <c>.tar.gz</c> are read through.</summary>
internal static class SourceFiles
{
    /// <summary>
    /// The files of a part, each as (folder-relative name, full path), in ordinal order within each pattern.
    /// A pattern is looked up in the folders in turn; the first folder that has it wins.
    /// </summary>
    /// <param name="part">The part.</param>
    /// <param name="folders">Folders to search.</param>
    /// <param name="missing">Receives the patterns that no folder has.</param>
    public static List<(string Name, string Path)> Find(SourcePart part, IEnumerable<string> folders, ICollection<string> missing)
    {
        var found = new List<(string Name, string Path)>();
        foreach (string pattern in part.Files)
        {
            List<(string, string)>? matches = folders.Select(folder => Matches(folder, pattern)).FirstOrDefault(m => m.Count > 0);
            if (matches is null) missing.Add(pattern);
            else found.AddRange(matches.Where(m => !found.Contains(m)));
        }
        return found;
    }

    /// <summary>What the manifest says of a file.</summary>
    public static CtgaFile Describe(string name, string path)
    {
        using Stream file = OpenRaw(name, path);
        return new CtgaFile(name, SourceText.Guard(name, () => Convert.ToHexStringLower(SHA256.HashData(file))));
    }

    /// <summary>Opens a file's streams one after the other.</summary>
    /// <exception cref="BonitoException">The file cannot be read or its compression is broken.</exception>
    public static IEnumerable<SourceStream> Open(string name, string path, SourcePart part)
    {
        using Stream content = OpenFile(name, path);
        if (!IsTar(path))
        {
            yield return new SourceStream(name, "", content);
            yield break;
        }
        Matcher? members = null;
        if (part.Members.Count > 0)
        {
            members = new Matcher(StringComparison.Ordinal);
            members.AddIncludePatterns(part.Members);
        }
        using var tar = new TarReader(content);
        while (Next(tar, name) is { } entry)
        {
            if (entry.EntryType is not (TarEntryType.RegularFile or TarEntryType.V7RegularFile)) continue;
            if (members is not null && !members.Match(entry.Name).HasMatches) continue;
            yield return new SourceStream($"{name}:{entry.Name}", entry.Name, entry.DataStream ?? Stream.Null);
        }
    }

    static List<(string, string)> Matches(string folder, string pattern)
    {
        if (!Directory.Exists(folder)) return [];
        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddInclude(pattern);
        return [.. matcher.GetResultsInFullPath(folder)
            .Select(path => (Name: Path.GetRelativePath(folder, path).Replace('\\', '/'), path))
            .OrderBy(m => m.Name, StringComparer.Ordinal)];
    }

    static bool IsTar(string path) =>
        path.EndsWith(".tar", StringComparison.Ordinal) || path.EndsWith(".tar.gz", StringComparison.Ordinal)
        || path.EndsWith(".tgz", StringComparison.Ordinal);

    static Stream OpenFile(string name, string path)
    {
        Stream file = OpenRaw(name, path);
        return path.EndsWith("gz", StringComparison.Ordinal)
            ? new BufferedStream(new GZipStream(file, CompressionMode.Decompress), 1 << 16)
            : file;
    }

    static FileStream OpenRaw(string name, string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"{name}: cannot be read: {e.Message}", e);
        }
    }

    static TarEntry? Next(TarReader tar, string name)
    {
        try
        {
            return tar.GetNextEntry();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or FormatException)
        {
            throw new BonitoException($"{name}: not a readable tar archive: {e.Message}", e);
        }
    }
}

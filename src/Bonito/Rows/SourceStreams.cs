using System.IO.Compression;
using Microsoft.Extensions.FileSystemGlobbing;

namespace Bonito.Rows;

/// <summary>Opens files and looks through their wrapping: <c>.gz</c>, <c>.tar</c>, <c>.tar.gz</c>, <c>.tgz</c>, <c>.zip</c>; nothing is unpacked to disk or held whole.</summary>
static class SourceStreams
{
    static readonly string[] Unread = [".zst", ".bz2", ".xz", ".lz4", ".7z", ".rar", ".Z"];

    /// <summary>The streams of a file, one after the other: itself, or the members of the archive that it is, in the archive's order.</summary>
    /// <param name="file">The file.</param>
    /// <param name="members">Patterns of the members wanted; all when empty.</param>
    /// <param name="cancellation">Checked at every read.</param>
    /// <exception cref="BonitoException">The file or its wrapping cannot be read.</exception>
    public static IEnumerable<SourceStream> Open(SourceFile file, IReadOnlyList<string> members, CancellationToken cancellation = default)
    {
        if (Unread.FirstOrDefault(ending => Ends(file.Path, ending)) is { } ending)
            throw new BonitoException($"{file.Name}: {ending} is not read; unpack the file, or compress it with gzip (.gz).");
        if (IsZip(file.Path)) return Zip(file, members, cancellation);
        return IsTar(file.Path) ? Tar(file, members, cancellation) : Plain(file, cancellation);
    }

    /// <summary>Whether what a file holds stands inside an archive or compressed.</summary>
    public static bool IsWrapped(string path) => IsZip(path) || IsTar(path) || IsGzip(path);

    static bool IsZip(string path) => Ends(path, ".zip");

    static bool IsTar(string path) => Ends(path, ".tar") || Ends(path, ".tar.gz") || Ends(path, ".tgz");

    static bool IsGzip(string path) => Ends(path, ".gz") || Ends(path, ".tgz");

    static bool Ends(string path, string ending) => path.EndsWith(ending, StringComparison.OrdinalIgnoreCase);

    static IEnumerable<SourceStream> Plain(SourceFile file, CancellationToken cancellation)
    {
        using Stream content = Unwrap(OpenFile(file), file.Path, file.Name, cancellation);
        yield return new SourceStream(file.Name, file.Name, content);
    }

    static IEnumerable<SourceStream> Tar(SourceFile file, IReadOnlyList<string> members, CancellationToken cancellation)
    {
        Func<string, bool> wanted = Wanted(members);
        using Stream content = Unwrap(OpenFile(file), file.Path, file.Name, cancellation);
        using var tar = new TarMembers(content, file.Name);
        while (tar.Next())
        {
            string path = MemberPath(tar.Path);
            if (!wanted(path)) continue;
            string name = $"{file.Name}:{path}";
            using Stream member = Unwrap(tar.Content, path, name, cancellation);
            yield return new SourceStream(name, path, member);
        }
    }

    static IEnumerable<SourceStream> Zip(SourceFile file, IReadOnlyList<string> members, CancellationToken cancellation)
    {
        Func<string, bool> wanted = Wanted(members);
        using FileStream content = OpenFile(file);
        using ZipArchive zip = Reading(file.Name, () => new ZipArchive(content, ZipArchiveMode.Read));
        foreach (ZipArchiveEntry entry in Reading(file.Name, () => zip.Entries))
        {
            string path = MemberPath(entry.FullName);
            if (path.EndsWith('/') || !wanted(path)) continue;
            string name = $"{file.Name}:{path}";
            using Stream member = Unwrap(Reading(name, entry.Open), path, name, cancellation);
            yield return new SourceStream(name, path, member);
        }
    }

    static NamedStream Unwrap(Stream stream, string path, string name, CancellationToken cancellation) => new(
        IsGzip(path) ? new BufferedStream(new GZipStream(stream, CompressionMode.Decompress), 1 << 16) : stream, name, cancellation);

    /// <exception cref="BonitoException">The file cannot be opened.</exception>
    public static FileStream OpenFile(SourceFile file)
    {
        try
        {
            return new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"{file.Name}: cannot be read: {UnreadableFile.Why(file.Path, e)}", e);
        }
    }

    static Func<string, bool> Wanted(IReadOnlyList<string> members)
    {
        if (members.Count == 0) return _ => true;
        var matcher = new Matcher(StringComparison.Ordinal);
        matcher.AddIncludePatterns(members);
        return path => matcher.Match(path).HasMatches;
    }

    static string MemberPath(string name)
    {
        string path = name.Replace('\\', '/');
        return path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;
    }

    static T Reading<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or ArgumentException or OverflowException)
        {
            throw new BonitoException($"{name}: not a readable zip archive: {e.Message}", e);
        }
    }
}

using System.Text.RegularExpressions;
using Bonito.Engine.Checkpoints;

namespace Bonito.Hub;

/// <summary>
/// The cache that Hugging Face's tools share: for each repository a folder <c>models--owner--name</c> with the files by their
/// checksums (<c>blobs</c>), the files by their names at each commit (<c>snapshots</c>, links to blobs), and the commits of
/// branches and tags (<c>refs</c>).
/// </summary>
/// <param name="links">Whether to make symbolic links where the system lets us; otherwise files are copied.</param>
sealed partial class HubCache(string folder, bool links = true)
{
    static readonly TimeSpan LockPoll = TimeSpan.FromMilliseconds(100);

    public string Folder => folder;

    /// <summary>How a path inside a cache is called outside of this machine, <c>owner/name@commit</c>; null for other paths.</summary>
    public static string? NameOf(string path)
    {
        Match match = SnapshotPath().Match(Path.GetFullPath(path).Replace('\\', '/'));
        return match.Success ? $"{match.Groups["owner"]}/{match.Groups["name"]}@{match.Groups["commit"]}{match.Groups["file"]}" : null;
    }

    /// <summary>The folder of a revision's files, complete or not; null where the cache has none.</summary>
    public string? FindSnapshot(RepositoryId id)
    {
        string? commit = id.IsCommit ? id.Revision : ReadRef(id);
        return commit is not null && Directory.Exists(SnapshotFolder(id, commit)) ? SnapshotFolder(id, commit) : null;
    }

    public string SnapshotFolder(RepositoryId id, string commit) => Path.Combine(RepositoryFolder(id), "snapshots", commit);

    public string BlobPath(RepositoryId id, RemoteFile file) => Path.Combine(RepositoryFolder(id), "blobs", file.Checksum);

    /// <summary>Where a blob grows until it is whole.</summary>
    public string IncompletePath(RepositoryId id, RemoteFile file) => BlobPath(id, file) + ".incomplete";

    /// <summary>Whether the blob is there; one of another size is not.</summary>
    public bool HasBlob(RepositoryId id, RemoteFile file) => new FileInfo(BlobPath(id, file)) is { Exists: true } blob && blob.Length == file.Size;

    /// <summary>Bytes of the file that are still to be fetched.</summary>
    public long Missing(RepositoryId id, RemoteFile file)
    {
        if (HasBlob(id, file)) return 0;
        long begun = new FileInfo(IncompletePath(id, file)) is { Exists: true } incomplete ? incomplete.Length : 0;
        return begun > file.Size ? file.Size : file.Size - begun;
    }

    /// <summary>Makes a blob appear under its name at a commit.</summary>
    /// <exception cref="BonitoException">A link in the snapshot leads elsewhere.</exception>
    public void Link(RepositoryId id, string commit, RemoteFile file)
    {
        string snapshot = SnapshotFolder(id, commit), path = Path.Combine(snapshot, file.Name);
        string[] parts = file.Name.Split('/');
        for (int i = 0; i < parts.Length; i++)
        {
            DirectoryInfo parent = Directory.CreateDirectory(Path.Combine([snapshot, .. parts[..i]]));
            if (parent.LinkTarget is not null) throw new BonitoException($"{parent.FullName} is a link to {parent.LinkTarget}; nothing is written through it. Delete the link, then run the command again.");
        }
        string target = Path.Combine([.. Enumerable.Repeat("..", parts.Length + 1), "blobs", file.Checksum]);
        FileInfo old = new(path);
        if (old.LinkTarget == target || (old.LinkTarget is null && old.Exists && old.Length == file.Size)) return;
        string temporary = Path.Combine(Path.GetDirectoryName(path)!, Path.GetRandomFileName() + ".tmp");
        if (!TryLink(temporary, target)) File.Copy(BlobPath(id, file), temporary);
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Notes which commit a branch or tag is.</summary>
    public void WriteRef(RepositoryId id, string commit)
    {
        if (id.IsCommit) return;
        Directory.CreateDirectory(Path.GetDirectoryName(RefPath(id))!);
        AtomicFile.Write(RefPath(id), stream => stream.Write(System.Text.Encoding.ASCII.GetBytes(commit)));
    }

    /// <summary>Keeps other processes from fetching the same file; waits for those that do.</summary>
    /// <param name="waiting">Called once if there is one.</param>
    public async Task<IDisposable> Lock(RepositoryId id, RemoteFile file, Action waiting, CancellationToken cancellation)
    {
        string path = Path.Combine(folder, ".locks", Path.GetFileName(RepositoryFolder(id)), file.Checksum + ".lock");
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        for (bool told = false; ; told = true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException e) when (FileInUse.Is(e))
            {
                if (!told) waiting();
            }
            await Task.Delay(LockPoll, cancellation);
        }
    }

    string RepositoryFolder(RepositoryId id) => Path.Combine(folder, $"models--{id.Owner}--{id.Name}");

    string RefPath(RepositoryId id) => Path.Combine([RepositoryFolder(id), "refs", .. id.Revision.Split('/')]);

    string? ReadRef(RepositoryId id)
    {
        string path = RefPath(id);
        if (!File.Exists(path)) return null;
        string commit = File.ReadAllText(path).Trim();
        return id with { Revision = commit } is { IsCommit: true } ? commit : null;
    }

    /// <summary>False where links cannot be made: file systems without them, Windows without the right.</summary>
    bool TryLink(string path, string target)
    {
        if (!links) return false;
        try
        {
            File.CreateSymbolicLink(path, target);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    [GeneratedRegex("/models--(?<owner>[^/]+?)--(?<name>[^/]+)/snapshots/(?<commit>[0-9a-f]{40})(?<file>/.+)?/?$")]
    private static partial Regex SnapshotPath();
}

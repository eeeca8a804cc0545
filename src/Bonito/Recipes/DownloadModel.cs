using System.Diagnostics;
using System.Globalization;
using Bonito.Hub;

namespace Bonito.Recipes;

/// <summary>What is being fetched, told before the first byte.</summary>
/// <param name="Missing">Bytes that the cache does not have yet.</param>
public sealed record DownloadPlan(string Id, string Commit, string CacheFolder, int Files, long Size, long Missing);

/// <summary>How far a download is.</summary>
/// <param name="File">The one that is coming.</param>
/// <param name="Done">Bytes of all files that are here, those of earlier starts included.</param>
/// <param name="Received">Bytes that came since this start.</param>
public readonly record struct DownloadProgress(string File, long Done, long Size, long Received, TimeSpan Elapsed);

/// <summary>A file that was asked for.</summary>
/// <param name="Checksum">SHA-256, or for small files the SHA-1 of git's blob.</param>
public sealed record DownloadedFile(string Name, long Size, string Checksum);

/// <summary>A model that is in the cache.</summary>
/// <param name="Folder">With the files under their names.</param>
public sealed record DownloadedModel(string Id, string Commit, string Folder, IReadOnlyList<DownloadedFile> Files);

/// <summary>Fetches a model's files from a hub into the cache.</summary>
public static class DownloadModel
{
    static readonly TimeSpan ProgressPeriod = TimeSpan.FromMilliseconds(100);

    /// <summary>Fetches what the cache does not have. Stopped at any moment, even killed, it goes on where it was when it is run again.</summary>
    /// <param name="files">Names, with * and ?; none takes what a model folder needs.</param>
    /// <param name="notice">Told what goes wrong and is tried again, or is waited for.</param>
    /// <exception cref="BonitoException">It cannot be had; the message says why and what to do.</exception>
    /// <exception cref="OperationCanceledException">Stopped; what arrived is kept.</exception>
    public static async Task<DownloadedModel> Run(
        HubSettings settings, RepositoryId id, IReadOnlyList<string> files, Action<DownloadPlan>? planned, Action<DownloadProgress>? progress, Action<string> notice,
        CancellationToken cancellation)
    {
        if (settings.Offline) throw new BonitoException($"{id} cannot be fetched offline (--offline, or HF_HUB_OFFLINE). Run the command without it where there is a network.");
        using HubClient client = new(settings, notice);
        return await Run(settings, client, id, files, planned, progress, notice, cancellation);
    }

    internal static async Task<DownloadedModel> Run(
        HubSettings settings, HubClient client, RepositoryId id, IReadOnlyList<string> files, Action<DownloadPlan>? planned, Action<DownloadProgress>? progress,
        Action<string> notice, CancellationToken cancellation)
    {
        HubCache cache = new(settings.CacheFolder);
        try
        {
            RepositoryListing listing = await client.List(id, cancellation);
            List<RemoteFile> chosen = [];
            foreach (string name in FileSelection.Choose(id, listing.Names, files)) chosen.Add(await client.Describe(id, listing.Commit, name, cancellation));
            long size = chosen.Sum(file => file.Size), missing = chosen.DistinctBy(file => file.Checksum).Sum(file => cache.Missing(id, file));
            RequireSpace(cache.Folder, id, missing);
            planned?.Invoke(new DownloadPlan(id.ToString(), listing.Commit, cache.Folder, chosen.Count, size, missing));
            Meter meter = new(size, size - missing, progress);
            foreach (RemoteFile file in chosen)
            {
                meter.File = file.Name;
                await Fetch(cache, client, id, listing.Commit, file, meter, notice, cancellation);
                cache.Link(id, listing.Commit, file);
            }
            // Last, so that a revision leads to whole snapshots only.
            cache.WriteRef(id, listing.Commit);
            return new DownloadedModel(id.ToString(), listing.Commit, cache.SnapshotFolder(id, listing.Commit), [.. chosen.Select(file => new DownloadedFile(file.Name, file.Size, file.Checksum))]);
        }
        catch (TransferException e)
        {
            throw new BonitoException($"{e.Message} Run the same command again later; what arrived is kept.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"The cache {cache.Folder} cannot be written: {e.Message} Make room or mend its rights, or set HF_HOME to another folder; what arrived is kept.", e);
        }
    }

    static async Task Fetch(HubCache cache, HubClient client, RepositoryId id, string commit, RemoteFile file, Meter meter, Action<string> notice, CancellationToken cancellation)
    {
        if (cache.HasBlob(id, file)) return;
        using IDisposable held = await cache.Lock(id, file, () => notice($"Another process fetches {file.Name}; waiting for it."), cancellation);
        if (cache.HasBlob(id, file)) return;
        Directory.CreateDirectory(Path.GetDirectoryName(cache.BlobPath(id, file))!);
        using BlobDownload download = new(client, id, commit, file, meter.Add);
        await download.Run(cache.IncompletePath(id, file), cache.BlobPath(id, file), cancellation);
    }

    static void RequireSpace(string folder, RepositoryId id, long missing)
    {
        Directory.CreateDirectory(folder);
        long free = new DriveInfo(folder).AvailableFreeSpace;
        if (missing > free)
            throw new BonitoException(string.Create(
                CultureInfo.InvariantCulture, $"{id} takes {missing / 1e9:N2} GB more; the disk of {folder} has {free / 1e9:N2} GB left. Make room, or set HF_HOME to a folder on another disk."));
    }

    /// <summary>Counts bytes and tells, not too often.</summary>
    sealed class Meter(long size, long done, Action<DownloadProgress>? progress)
    {
        readonly long start = Stopwatch.GetTimestamp();
        TimeSpan told = -ProgressPeriod;
        long received;

        public string File { get; set; } = "";

        public void Add(long bytes)
        {
            done += bytes;
            if (bytes > 0) received += bytes;
            TimeSpan now = Stopwatch.GetElapsedTime(start);
            if (now - told < ProgressPeriod && done < size) return;
            told = now;
            progress?.Invoke(new DownloadProgress(File, done, size, received, now));
        }
    }
}

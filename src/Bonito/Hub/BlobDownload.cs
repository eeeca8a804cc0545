using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Bonito.Hub;

/// <summary>Fetches one file into the cache, going on where an earlier attempt stopped, and checks it.</summary>
/// <param name="received">Told how many bytes came; a negative number where some turned out to be useless.</param>
sealed class BlobDownload(HubClient client, RepositoryId id, string commit, RemoteFile file, Action<long> received) : IDisposable
{
    // An attempt that brought so much was no failure, even if its connection broke: the next one goes on without delay.
    const long Progress = 8 << 20;

    const string Advice = "Try again; if that does not help, something between here and the hub changes what it sends.";

    readonly ContentHash hash = new(file);
    readonly byte[] buffer = new byte[1 << 18];

    /// <param name="incomplete">Where the file grows. It stays when the download stops for any reason but a wrong checksum.</param>
    /// <param name="path">Where it is moved when it is whole.</param>
    /// <exception cref="BonitoException">It cannot be had, or is not what the hub described.</exception>
    public async Task Run(string incomplete, string path, CancellationToken cancellation)
    {
        await using (FileStream stream = new(incomplete, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0, FileOptions.Asynchronous))
        {
            bool old = await ReadOld(stream, cancellation);
            await Fill(stream, cancellation);
            if (old && !Check())
            {
                // The damage may be in what an earlier start left.
                Restart(stream);
                old = false;
                await Fill(stream, cancellation);
            }
            if (!old && !Check()) throw Damaged(stream);
            stream.Flush(flushToDisk: true);
        }
        File.Move(incomplete, path, overwrite: true);
    }

    public void Dispose() => hash.Dispose();

    /// <summary>Takes in what an earlier attempt left; false where that is nothing.</summary>
    async Task<bool> ReadOld(FileStream stream, CancellationToken cancellation)
    {
        if (stream.Length > file.Size) stream.SetLength(0);
        while (await stream.ReadAsync(buffer, cancellation) is var read and > 0) hash.Append(buffer.AsSpan(0, read));
        return stream.Length > 0;
    }

    async Task Fill(FileStream stream, CancellationToken cancellation)
    {
        try
        {
            while (stream.Length < file.Size) await client.Retry.ExecuteAsync(async stop => await Attempt(stream, stop), cancellation);
        }
        catch (TransferException e)
        {
            throw new BonitoException(string.Create(
                CultureInfo.InvariantCulture, $"{file.Name} of {id} could not be fetched: {e.Message} {stream.Length:N0} of {file.Size:N0} bytes are kept; the same command goes on from there."), e);
        }
    }

    async ValueTask Attempt(FileStream stream, CancellationToken cancellation)
    {
        long before = stream.Length;
        try
        {
            using HttpResponseMessage response = await client.Open(id, commit, file.Name, before, cancellation);
            RequireRest(stream, response);
            await using Stream content = await response.Content.ReadAsStreamAsync(cancellation);
            while (await client.Read(content, buffer, cancellation) is var read and > 0)
            {
                if (stream.Length + read > file.Size) throw WrongSize(stream, "more");
                await stream.WriteAsync(buffer.AsMemory(0, read), cancellation);
                hash.Append(buffer.AsSpan(0, read));
                received(read);
            }
            if (stream.Length < file.Size) throw new TransferException(string.Create(CultureInfo.InvariantCulture, $"The connection ended after {stream.Length:N0} of {file.Size:N0} bytes of {file.Name}."));
        }
        catch (TransferException) when (stream.Length - before >= Progress)
        {
        }
    }

    /// <summary>Makes sure that what comes is the rest of the file, beginning where the stream ends.</summary>
    void RequireRest(FileStream stream, HttpResponseMessage response)
    {
        switch (response.StatusCode)
        {
            case HttpStatusCode.PartialContent:
                ContentRangeHeaderValue? range = response.Content.Headers.ContentRange;
                if (range?.From != stream.Length || (range.Length is { } whole && whole != file.Size))
                {
                    Restart(stream);
                    throw new TransferException($"The server sent another part of {file.Name} than it was asked for ({range}).");
                }
                break;
            case HttpStatusCode.RequestedRangeNotSatisfiable:
                Restart(stream);
                throw new TransferException($"The server has no rest of {file.Name}.");
            default:
                // The server cannot go on in the middle: it begins anew, and so do we.
                Restart(stream);
                break;
        }
        if (response.Content.Headers.ContentLength is { } length && length != file.Size - stream.Length) throw WrongSize(stream, length > file.Size - stream.Length ? "more" : "less");
    }

    bool Check() => hash.Finish() == file.Checksum;

    void Restart(FileStream stream)
    {
        if (stream.Length > 0) received(-stream.Length);
        stream.SetLength(0);
        stream.Position = 0;
        hash.Reset();
    }

    BonitoException WrongSize(FileStream stream, string what)
    {
        Restart(stream);
        return new BonitoException(string.Create(
            CultureInfo.InvariantCulture, $"The server sends {what} than the {file.Size:N0} bytes that it says {file.Name} of {id} has. {Advice}"));
    }

    BonitoException Damaged(FileStream stream)
    {
        Restart(stream);
        return new BonitoException($"{file.Name} of {id} arrived damaged: its checksum is not {file.Checksum}. It was discarded. {Advice}");
    }
}

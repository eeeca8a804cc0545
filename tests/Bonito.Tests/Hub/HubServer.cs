using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Bonito.Tests.Hub;

/// <summary>What a client asked.</summary>
/// <param name="Host">As the client wrote it.</param>
sealed record HubRequest(string Method, string Host, string Path, IReadOnlyDictionary<string, string> Headers)
{
    /// <summary>The first byte wanted.</summary>
    public int From => Headers.TryGetValue("Range", out string? range) ? int.Parse(range["bytes=".Length..].TrimEnd('-'), CultureInfo.InvariantCulture) : 0;
}

/// <summary>What it is answered.</summary>
sealed record HubReply(int Status, byte[] Body, params (string Name, string Value)[] Headers)
{
    /// <summary>Bytes of the body after which the connection is closed.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Bytes of the body after which nothing comes any more, though the connection stays.</summary>
    public int? HoldAfter { get; init; }
}

/// <summary>
/// A hub of one repository on this machine. As on the real one, large files (safetensors and GGUF) are described by a redirect to
/// another host that has the content, small files are sent by the hub itself.
/// </summary>
sealed class HubServer : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    readonly TcpListener hub = new(IPAddress.Loopback, 0), content = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource stopped = new();

    public HubServer(string id = "acme/tiny")
    {
        Id = id;
        hub.Start();
        content.Start();
        _ = Serve(hub);
        _ = Serve(content);
    }

    public string Id { get; }

    public Uri Address => new($"http://127.0.0.1:{Port(hub)}");

    /// <summary>By another name, so that no client takes it for the hub.</summary>
    public string ContentAddress => $"http://localhost:{Port(content)}";

    public SortedDictionary<string, byte[]> Files { get; } = new(StringComparer.Ordinal);

    public ConcurrentQueue<HubRequest> Requests { get; } = [];

    /// <summary>Answers instead of the hub where it gives an answer.</summary>
    public Func<HubRequest, HubReply?> Instead { get; set; } = _ => null;

    public IEnumerable<HubRequest> ContentRequests => Requests.Where(r => r.Path.StartsWith("/content/", StringComparison.Ordinal));

#pragma warning disable CA5350 // It is what git, and therefore the hub, computes.
    public static string GitSha1(byte[] content) => Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {content.Length}\0"), .. content]));
#pragma warning restore CA5350

    public static string Checksum(string name, byte[] content) => IsLarge(name) ? Convert.ToHexStringLower(SHA256.HashData(content)) : GitSha1(content);

    /// <summary>Bytes that look like nothing, the same for the same seed.</summary>
    public static byte[] Noise(int length, int seed)
    {
        byte[] bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public HubReply? Answer(HubRequest request)
    {
        string path = Uri.UnescapeDataString(request.Path), files = $"/{Id}/resolve/{Commit}/", content = "/content/";
        if (path.StartsWith($"/api/models/{Id}/revision/", StringComparison.Ordinal))
            return new HubReply(200, JsonSerializer.SerializeToUtf8Bytes(new { id = Id, sha = Commit, siblings = Files.Keys.Select(name => new { rfilename = name }) }));
        if (path.StartsWith(content, StringComparison.Ordinal)) return Send(request, Files[path[content.Length..]], etag: "\"of no use\"");
        if (!path.StartsWith(files, StringComparison.Ordinal) || !Files.TryGetValue(path[files.Length..], out byte[]? file)) return new HubReply(404, [], ("X-Error-Code", "EntryNotFound"));
        string name = path[files.Length..], checksum = Checksum(name, file);
        return IsLarge(name)
            ? new HubReply(302, [], ("Location", $"{ContentAddress}/content/{name}"), ("X-Linked-Etag", $"\"{checksum}\""), ("X-Linked-Size", $"{file.Length}"), ("X-Repo-Commit", Commit))
            : Send(request, file, $"\"{checksum}\"");
    }

    public static HubReply Send(HubRequest request, byte[] file, string etag) => request.From switch
    {
        0 => new HubReply(200, file, ("ETag", etag), ("Accept-Ranges", "bytes")),
        int from when from < file.Length => new HubReply(206, file[from..], ("ETag", etag), ("Content-Range", $"bytes {from}-{file.Length - 1}/{file.Length}")),
        _ => new HubReply(416, [], ("Content-Range", $"bytes */{file.Length}")),
    };

    public void Dispose()
    {
        Stop();
        stopped.Dispose();
    }

    /// <summary>From now on nobody answers.</summary>
    public void Stop()
    {
        stopped.Cancel();
        hub.Dispose();
        content.Dispose();
    }

    static bool IsLarge(string name) => name.EndsWith(".safetensors", StringComparison.Ordinal) || name.EndsWith(".gguf", StringComparison.Ordinal);

    static int Port(TcpListener listener) => ((IPEndPoint)listener.LocalEndpoint).Port;

    async Task Serve(TcpListener listener)
    {
        CancellationToken stop = stopped.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                _ = Converse(await listener.AcceptTcpClientAsync(stop), stop);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or SocketException)
            {
                return;
            }
        }
    }

    async Task Converse(TcpClient client, CancellationToken stop)
    {
        using (client)
        {
            try
            {
                await using NetworkStream stream = client.GetStream();
                if (await Read(stream) is not { } request) return;
                Requests.Enqueue(request);
                HubReply reply = Instead(request) ?? Answer(request) ?? new HubReply(404, []);
                StringBuilder head = new($"HTTP/1.1 {reply.Status} reply\r\nConnection: close\r\n");
                if (!reply.Headers.Any(h => h.Name is "Content-Length" or "Transfer-Encoding")) head.Append(CultureInfo.InvariantCulture, $"Content-Length: {reply.Body.Length}\r\n");
                foreach ((string name, string value) in reply.Headers) head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
                await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), stop);
                if (request.Method == "HEAD") return;
                await stream.WriteAsync(reply.Body.AsMemory(0, Math.Min(reply.Body.Length, reply.CutAfter ?? reply.HoldAfter ?? int.MaxValue)), stop);
                if (reply.HoldAfter is not null) await Task.Delay(Timeout.Infinite, stop);
            }
            catch (Exception e) when (e is IOException or OperationCanceledException)
            {
                // The client has gone, or the test is over.
            }
        }
    }

    static async Task<HubRequest?> Read(NetworkStream stream)
    {
        using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
        if ((await reader.ReadLineAsync())?.Split(' ') is not [string method, string path, _]) return null;
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync() is { Length: > 0 } line) headers[line[..line.IndexOf(':', StringComparison.Ordinal)]] = line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        return new HubRequest(method, headers["Host"], path, headers);
    }
}

using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Polly;
using Polly.Retry;

namespace Bonito.Hub;

/// <summary>
/// Asks a hub. Redirects are followed here and not by the HTTP stack, because the hub describes a file in the answer that redirects
/// to its content, and because the token must not follow to another host. What may pass is tried again.
/// </summary>
sealed class HubClient : IDisposable
{
    const int MaxRedirects = 10, MaxAttempts = 6, LongestListing = 1 << 26;

    // A server that is told to ask for more patience than this gets none: the user should know.
    static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);

    readonly HttpClient http;
    readonly HubSettings settings;
    readonly TimeSpan silence;

    /// <param name="notice">Told what goes wrong and will be tried again.</param>
    /// <param name="pause">Before the second attempt; doubled before each further one. Null takes one second.</param>
    /// <param name="silence">How long a server may say nothing; null takes a minute.</param>
    public HubClient(HubSettings settings, Action<string> notice, TimeSpan? pause = null, TimeSpan? silence = null)
    {
        this.settings = settings;
        this.silence = silence ?? TimeSpan.FromMinutes(1);
        http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(15) })
        {
            Timeout = Timeout.InfiniteTimeSpan,
            DefaultRequestHeaders = { UserAgent = { new ProductInfoHeaderValue("bonito", BonitoVersion.Number) }, AcceptEncoding = { new StringWithQualityHeaderValue("identity") } },
        };
        Retry = new ResiliencePipelineBuilder().AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = new PredicateBuilder().Handle<TransferException>(e => e.RetryAfter is null || e.RetryAfter <= LongestPause),
            MaxRetryAttempts = MaxAttempts - 1,
            BackoffType = DelayBackoffType.Exponential,
            Delay = pause ?? TimeSpan.FromSeconds(1),
            UseJitter = true,
            DelayGenerator = attempt => ValueTask.FromResult((attempt.Outcome.Exception as TransferException)?.RetryAfter),
            OnRetry = attempt =>
            {
                notice(string.Create(
                    CultureInfo.InvariantCulture, $"{attempt.Outcome.Exception!.Message} Trying again in {attempt.RetryDelay.TotalSeconds:F0} s ({attempt.AttemptNumber + 1} of {MaxAttempts - 1})."));
                return default;
            },
        }).Build();
    }

    /// <summary>Runs an action again when it throws a <see cref="TransferException"/>, a few times, with growing pauses.</summary>
    public ResiliencePipeline Retry { get; }

    /// <exception cref="BonitoException">The repository cannot be had.</exception>
    public async Task<RepositoryListing> List(RepositoryId id, CancellationToken cancellation) => await Retry.ExecuteAsync(
        async stop =>
        {
            Uri address = Address($"api/models/{id.Path}/revision/{Uri.EscapeDataString(id.Revision)}");
            using HttpResponseMessage response = await Send(HttpMethod.Get, address, from: 0, describe: false, stop);
            HubAnswer.Require(response, settings, id, file: null);
            return ReadListing(await ReadSmall(response, address, stop), address);
        }, cancellation);

    /// <summary>Size and checksum of a file.</summary>
    /// <exception cref="BonitoException">It cannot be had.</exception>
    public async Task<RemoteFile> Describe(RepositoryId id, string commit, string name, CancellationToken cancellation) => await Retry.ExecuteAsync(
        async stop =>
        {
            using HttpResponseMessage response = await Send(HttpMethod.Head, FileAddress(id, commit, name), from: 0, describe: true, stop);
            if (!HubAnswer.IsRedirect(response)) HubAnswer.Require(response, settings, id, name);
            return HubAnswer.Describe(response, name, settings);
        }, cancellation);

    /// <summary>Begins to fetch the content of a file. Does not try again.</summary>
    /// <param name="from">The first byte wanted. The answer is 206 where the server can do that, 200 with everything where it cannot, 416 where there is no such byte.</param>
    public async Task<HttpResponseMessage> Open(RepositoryId id, string commit, string name, long from, CancellationToken cancellation)
    {
        HttpResponseMessage response = await Send(HttpMethod.Get, FileAddress(id, commit, name), from, describe: false, cancellation);
        if (response.StatusCode != HttpStatusCode.RequestedRangeNotSatisfiable) HubAnswer.Require(response, settings, id, name);
        return response;
    }

    /// <summary>Reads some bytes of a content; 0 at its end.</summary>
    /// <exception cref="TransferException">The connection broke or went silent.</exception>
    public async Task<int> Read(Stream content, Memory<byte> buffer, CancellationToken cancellation) =>
        await Guard(async stop => await content.ReadAsync(buffer, stop), "The connection broke", cancellation);

    public void Dispose() => http.Dispose();

    /// <param name="describe">Whether the answer is wanted that describes a file, not the one with its content.</param>
    async Task<HttpResponseMessage> Send(HttpMethod method, Uri address, long from, bool describe, CancellationToken cancellation)
    {
        Uri first = address;
        for (int hop = 0; hop <= MaxRedirects; hop++)
        {
            using HttpRequestMessage request = new(method, address);
            if (settings.Token is { } token && SameOrigin(address, settings.Endpoint)) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            if (from > 0) request.Headers.Range = new RangeHeaderValue(from, null);
            HttpResponseMessage response = await Guard(
                async stop => await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop), $"{Host(address)} cannot be reached", cancellation);
            if (!HubAnswer.IsRedirect(response)) return response;
            if (!Uri.TryCreate(address, response.Headers.Location!, out Uri? next)) throw new BonitoException($"{Host(address)} redirects to what is no address. Check HF_ENDPOINT.");
            if (describe && (HubAnswer.Describes(response) || !SameOrigin(next, address))) return response;
            response.Dispose();
            if (next.Scheme != "https" && (next.Scheme != "http" || address.Scheme == "https"))
                throw new BonitoException($"{Host(address)} redirects to {FileName.Shown(next.Scheme)}, which is not safe. Check HF_ENDPOINT.");
            address = next;
        }
        throw new BonitoException($"{Host(first)} redirects more than {MaxRedirects} times. Check HF_ENDPOINT.");
    }

    /// <summary>Turns what can go wrong on the way into <see cref="TransferException"/>.</summary>
    async Task<T> Guard<T>(Func<CancellationToken, Task<T>> action, string trouble, CancellationToken cancellation)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(silence);
        try
        {
            return await action(patience.Token);
        }
        catch (HttpRequestException e) when (e.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw new BonitoException($"{trouble}: {Innermost(e)} The connection cannot be made safe: check the clock and the certificates of this machine, and HF_ENDPOINT.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new TransferException($"{trouble}: {Innermost(e)}", inner: e);
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new TransferException($"{trouble}: it took too long to answer.", inner: e);
        }
    }

    async Task<byte[]> ReadSmall(HttpResponseMessage response, Uri address, CancellationToken cancellation)
    {
        await using Stream content = await response.Content.ReadAsStreamAsync(cancellation);
        using MemoryStream all = new();
        byte[] buffer = new byte[1 << 16];
        while (await Read(content, buffer, cancellation) is var read and > 0)
        {
            all.Write(buffer, 0, read);
            if (all.Length > LongestListing) throw new BonitoException($"{address} answers with more than {LongestListing >> 20} MiB; the list of a repository's files is shorter. Check HF_ENDPOINT.");
        }
        return all.ToArray();
    }

    static RepositoryListing ReadListing(byte[] json, Uri address)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            string commit = document.RootElement.GetProperty("sha").GetString() ?? "";
            if (commit.Length != 40 || !ContentHash.Knows(commit)) throw new FormatException($"its sha is {FileName.Shown(commit)}");
            return new RepositoryListing(commit, [.. document.RootElement.GetProperty("siblings").EnumerateArray().Select(s => s.GetProperty("rfilename").GetString() ?? "").Distinct()]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw new BonitoException($"{address} does not answer like a hub: {e.Message.TrimEnd('.')}. Check HF_ENDPOINT.", e);
        }
    }

    Uri FileAddress(RepositoryId id, string commit, string name) =>
        Address($"{id.Path}/resolve/{commit}/{string.Join('/', name.Split('/').Select(Uri.EscapeDataString))}");

    Uri Address(string path) => new($"{settings.Endpoint.AbsoluteUri.TrimEnd('/')}/{path}");

    public static bool SameOrigin(Uri one, Uri other) => one.Scheme == other.Scheme && one.Host == other.Host && one.Port == other.Port;

    static string Host(Uri address) => address.GetLeftPart(UriPartial.Authority);

    static string Innermost(Exception e) => e.GetBaseException().Message.TrimEnd('.') + ".";
}

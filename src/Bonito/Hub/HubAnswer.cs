using System.Globalization;
using System.Net;

namespace Bonito.Hub;

/// <summary>Reads what a hub says in status and headers.</summary>
static class HubAnswer
{
    const string LinkedChecksum = "X-Linked-Etag", LinkedSize = "X-Linked-Size", ErrorCode = "X-Error-Code";

    public static bool IsRedirect(HttpResponseMessage response) =>
        response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect
        && response.Headers.Location is not null;

    /// <summary>Whether the answer describes a file whose content is elsewhere.</summary>
    public static bool Describes(HttpResponseMessage response) => Header(response, LinkedChecksum) is not null && Header(response, LinkedSize) is not null;

    /// <exception cref="BonitoException">The answer does not say what is needed to check the file.</exception>
    public static RemoteFile Describe(HttpResponseMessage response, string name, HubSettings settings)
    {
        string checksum = (Header(response, LinkedChecksum) ?? Header(response, "ETag") ?? "").Replace("W/", "", StringComparison.Ordinal).Trim('"');
        long? size = Header(response, LinkedSize) is { } linked
            ? long.TryParse(linked, NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : null
            : IsRedirect(response) ? null : response.Content.Headers.ContentLength;
        if (!ContentHash.Knows(checksum)) throw new BonitoException($"{settings.Endpoint} names no checksum for {name} (ETag {FileName.Shown(checksum)}), so it could not be checked. Check HF_ENDPOINT.");
        return new RemoteFile(name, checksum, size ?? throw new BonitoException($"{settings.Endpoint} does not say how large {name} is. Check HF_ENDPOINT."));
    }

    /// <param name="file">The file that was asked for; null for the repository.</param>
    /// <exception cref="BonitoException">The answer is no, and asking again would not help.</exception>
    /// <exception cref="TransferException">The server is busy or in trouble.</exception>
    public static void Require(HttpResponseMessage response, HubSettings settings, RepositoryId id, string? file)
    {
        if (response.IsSuccessStatusCode) return;
        string host = settings.Endpoint.GetLeftPart(UriPartial.Authority);
        int status = (int)response.StatusCode;
        // Where the content lies, addresses are good for a while only: the hub gives a new one when it is asked again.
        if (response.RequestMessage?.RequestUri is { } address && !HubClient.SameOrigin(address, settings.Endpoint))
            throw new TransferException($"{address.Host}, to which {host} sends for the content, answers {status}.", RetryAfter(response));
        if (status is 408 or 429 or >= 500) throw new TransferException(Busy(host, status, RetryAfter(response)), RetryAfter(response));
        string? code = Header(response, ErrorCode);
        throw new BonitoException((status, code) switch
        {
            (401 or 403, "GatedRepo") =>
                $"{id.Path} is gated: its owners give it to those who accept their terms. Log in at {host}/{id.Path} and accept them, "
                + (settings.Token is null ? $"make a token with read access at {host}/settings/tokens, set HF_TOKEN to it, and run the same command again." : "with the account that the token in use (HF_TOKEN, or the token file) belongs to; then run the same command again."),
            (404, "RevisionNotFound") => $"{id.Path} has no revision {id.Revision} at {host}. See {host}/{id.Path}/tree/main for its branches and tags.",
            (404, _) when file is not null => $"{id} has no file {file} at {host}.",
            (404, _) or (401, "RepoNotFound") or (401, null) when settings.Token is null =>
                $"There is no model {id.Path} at {host}, or it is private. Check the spelling; for a private one set HF_TOKEN to a token of an account that may read it.",
            (404, _) or (401, "RepoNotFound") => $"There is no model {id.Path} at {host} that the token in use (HF_TOKEN, or the token file) may read. Check the spelling and the token.",
            (401, _) => $"{host} does not accept the token in use (HF_TOKEN, or the token file). Make a new one at {host}/settings/tokens.",
            (403, _) => $"{host} refuses access to {id.Path}{(settings.Token is null ? "; set HF_TOKEN to a token of an account that may read it" : ": the token in use (HF_TOKEN, or the token file) may not read it")}.",
            _ => $"{host} answers {status} when asked for {file ?? id.ToString()}. Check HF_ENDPOINT.",
        });
    }

    static string Busy(string host, int status, TimeSpan? after)
    {
        string trouble = status == 429 ? "wants fewer requests" : "is in trouble";
        return after is { } wait ? string.Create(CultureInfo.InvariantCulture, $"{host} {trouble} ({status}) and asks to come back in {wait.TotalSeconds:F0} s.") : $"{host} {trouble} ({status}).";
    }

    static TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        TimeSpan? wait = response.Headers.RetryAfter switch
        {
            { Delta: { } seconds } => seconds,
            { Date: { } date } => date - DateTimeOffset.UtcNow,
            _ => null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    static string? Header(HttpResponseMessage response, string name) => response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.First() : null;
}

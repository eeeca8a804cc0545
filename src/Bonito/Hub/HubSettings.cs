namespace Bonito.Hub;

/// <summary>Which hub is asked, as whom, and where what it sends is kept. The variables are those of Hugging Face's own tools.</summary>
public sealed class HubSettings
{
    static readonly string[] Yes = ["1", "ON", "YES", "TRUE"];

    /// <summary>Address of the hub (<c>HF_ENDPOINT</c>).</summary>
    public Uri Endpoint { get; init; } = new("https://huggingface.co");

    /// <summary>The cache (<c>HF_HUB_CACHE</c>, else <c>hub</c> in <c>HF_HOME</c>).</summary>
    public required string CacheFolder { get; init; }

    /// <summary>Sent to the endpoint and to nobody else (<c>HF_TOKEN</c>, else the file <c>token</c> in <c>HF_HOME</c>).</summary>
    public string? Token { get; init; }

    /// <summary>Nothing is asked (<c>--offline</c> or <c>HF_HUB_OFFLINE</c>).</summary>
    public bool Offline { get; init; }

    /// <param name="variable">Looks up an environment variable; null where it is not set.</param>
    /// <exception cref="BonitoException">A variable has a value that cannot be used.</exception>
    public static HubSettings FromEnvironment(bool offline, Func<string, string?> variable)
    {
        string? Value(string name) => variable(name) is { } value && value.Trim() is { Length: > 0 } trimmed ? trimmed : null;
        string home = Value("HF_HOME") ?? Path.Combine(Value("XDG_CACHE_HOME") ?? Path.Combine(UserFolder(), ".cache"), "huggingface");
        HubSettings defaults = new() { CacheFolder = Value("HF_HUB_CACHE") ?? Path.Combine(home, "hub") };
        return new HubSettings
        {
            Endpoint = Value("HF_ENDPOINT") is { } address ? ParseEndpoint(address) : defaults.Endpoint,
            CacheFolder = Path.GetFullPath(defaults.CacheFolder),
            Token = CheckToken(Value("HF_TOKEN"), "HF_TOKEN") ?? ReadToken(Value("HF_TOKEN_PATH") ?? Path.Combine(home, "token")),
            Offline = offline || (Value("HF_HUB_OFFLINE") is { } no && Yes.Contains(no, StringComparer.OrdinalIgnoreCase)),
        };
    }

    static string UserFolder() => Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);

    static Uri ParseEndpoint(string address)
    {
        if (Uri.TryCreate(address.TrimEnd('/'), UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.Query.Length == 0) return uri;
        throw new BonitoException($"HF_ENDPOINT is {FileName.Shown(address)}: expected the address of a hub, such as https://huggingface.co.");
    }

    static string? ReadToken(string path)
    {
        try
        {
            return File.Exists(path) && File.ReadAllText(path).Trim() is { Length: > 0 } token ? CheckToken(token, path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"{path}: the token in it cannot be read: {e.Message} Make it readable, or set HF_TOKEN.", e);
        }
    }

    static string? CheckToken(string? token, string source) => token is null || token.All(c => c is > ' ' and < '\x7f') ? token
        : throw new BonitoException($"{source} holds no token: expected one word of ASCII characters, such as hf_...");
}

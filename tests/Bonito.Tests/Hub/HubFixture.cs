using Bonito.Hub;
using Bonito.Recipes;

namespace Bonito.Tests.Hub;

/// <summary>A hub with a small model, an empty cache, and what one run of the download tells.</summary>
sealed class HubFixture : IDisposable
{
    public const string Weights = "model.safetensors";

    readonly TemporaryFolder folder = new();

    // A proxy of the machine's knows nothing of servers inside this process.
    static HubFixture() => HttpClient.DefaultProxy = new System.Net.WebProxy();

    public HubFixture()
    {
        Hub.Files["config.json"] = "{\"model_type\": \"llama\"}"u8.ToArray();
        Hub.Files["tokenizer.json"] = HubServer.Noise(3000, 1);
        Hub.Files[Weights] = HubServer.Noise(400_000, 2);
        Hub.Files["README.md"] = "A model."u8.ToArray();
        Hub.Files["pytorch_model.bin"] = "pickle"u8.ToArray();
        Hub.Files["onnx/config.json"] = "{}"u8.ToArray();
    }

    public HubServer Hub { get; } = new();

    public string CacheFolder => folder.File("cache");

    public string Repository => Path.Combine(CacheFolder, "models--acme--tiny");

    public string Snapshot => Path.Combine(Repository, "snapshots", HubServer.Commit);

    public string? Token { get; init; }

    public CancellationToken Cancellation { get; set; } = TestContext.Current.CancellationToken;

    public HubSettings Settings => new() { Endpoint = Hub.Address, CacheFolder = CacheFolder, Token = Token };

    public List<string> Notices { get; } = [];

    public List<DownloadProgress> Progress { get; } = [];

    public DownloadPlan? Plan { get; private set; }

    public string Blob(string name) => Path.Combine(Repository, "blobs", HubServer.Checksum(name, Hub.Files[name]));

    public string Incomplete(string name) => Blob(name) + ".incomplete";

    public async Task<DownloadedModel> Download(string id = "acme/tiny", string[]? files = null, TimeSpan? silence = null)
    {
        using HubClient client = new(Settings, AddNotice, pause: TimeSpan.FromMilliseconds(1), silence);
        return await DownloadModel.Run(Settings, client, RepositoryId.Parse(id), files ?? [], plan => Plan = plan, AddProgress, AddNotice, Cancellation);
    }

    public async Task<string> Refused(string id = "acme/tiny", string[]? files = null) =>
        (await Assert.ThrowsAsync<BonitoException>(() => Download(id, files))).Message;

    /// <summary>Everything that was chosen is in the cache, whole, and nothing else.</summary>
    public void AssertWhole(params string[] names)
    {
        string[] expected = names.Length > 0 ? names : ["config.json", Weights, "tokenizer.json"];
        Assert.Equal(expected.AsEnumerable(), Directory.EnumerateFiles(Snapshot, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(Snapshot, f)).Order(StringComparer.Ordinal));
        foreach (string name in expected) Assert.Equal(Hub.Files[name], File.ReadAllBytes(Path.Combine(Snapshot, name)));
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(Repository, "blobs")), f => f.EndsWith(".incomplete", StringComparison.Ordinal));
    }

    public void Dispose()
    {
        Hub.Dispose();
        folder.Dispose();
    }

    void AddNotice(string text)
    {
        lock (Notices) Notices.Add(text);
    }

    void AddProgress(DownloadProgress progress)
    {
        lock (Progress) Progress.Add(progress);
    }
}

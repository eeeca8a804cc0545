using Bonito.Hub;
using Bonito.Recipes;

namespace Bonito.Tests.Hub;

/// <summary>What lies in the cache when all goes well, and who is asked for what.</summary>
public sealed class DownloadModelTests : IDisposable
{
    readonly HubFixture fixture = new() { Token = "hf_secret" };

    HubServer Hub => fixture.Hub;

    public void Dispose() => fixture.Dispose();

    [Fact]
    public async Task A_model_lies_in_the_cache_as_other_tools_expect_it()
    {
        DownloadedModel model = await fixture.Download();

        fixture.AssertWhole();
        Assert.Equal(("acme/tiny", HubServer.Commit, fixture.Snapshot), (model.Id, model.Commit, model.Folder));
        Assert.Equal(["config.json", "model.safetensors", "tokenizer.json"], model.Files.Select(f => f.Name));
        foreach (DownloadedFile file in model.Files)
        {
            Assert.Equal(HubServer.Checksum(file.Name, Hub.Files[file.Name]), file.Checksum);
            Assert.Equal(Path.Combine("..", "..", "blobs", file.Checksum), new FileInfo(Path.Combine(fixture.Snapshot, file.Name)).LinkTarget);
        }
        Assert.Equal(HubServer.Commit, File.ReadAllText(Path.Combine(fixture.Repository, "refs", "main")));
        Assert.Empty(fixture.Notices);
    }

    [Fact]
    public async Task Progress_ends_at_the_whole_size()
    {
        await fixture.Download();

        long size = Hub.Files["config.json"].Length + Hub.Files["tokenizer.json"].Length + Hub.Files[HubFixture.Weights].Length;
        Assert.Equal((3, size, size), (fixture.Plan!.Files, fixture.Plan.Size, fixture.Plan.Missing));
        Assert.Equal((size, size, size), (fixture.Progress[^1].Done, fixture.Progress[^1].Size, fixture.Progress[^1].Received));
    }

    [Fact]
    public async Task What_is_there_is_not_fetched_again()
    {
        await fixture.Download();
        Hub.Requests.Clear();
        await fixture.Download();

        fixture.AssertWhole();
        Assert.DoesNotContain(Hub.Requests, r => r.Method == "GET" && !r.Path.StartsWith("/api/", StringComparison.Ordinal));
        Assert.Equal(0, fixture.Plan!.Missing);
    }

    [Fact]
    public async Task A_damaged_cache_is_mended()
    {
        await fixture.Download();
        string config = Path.Combine(fixture.Snapshot, "config.json");
        File.Delete(config);
        File.CreateSymbolicLink(config, Path.Combine("..", "..", "blobs", HubServer.Checksum(HubFixture.Weights, Hub.Files[HubFixture.Weights])));
        using (FileStream blob = File.OpenWrite(fixture.Blob("tokenizer.json"))) blob.SetLength(10);
        await fixture.Download();

        fixture.AssertWhole();
    }

    [Fact]
    public async Task The_token_goes_to_the_hub_and_nowhere_else()
    {
        await fixture.Download();

        Assert.Contains(fixture.Hub.ContentRequests, _ => true);
        foreach (HubRequest request in Hub.Requests)
        {
            bool toHub = request.Host == Hub.Address.Authority;
            Assert.Equal(toHub ? "Bearer hf_secret" : null, request.Headers.GetValueOrDefault("Authorization"));
            Assert.Equal(toHub, !request.Path.StartsWith("/content/", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task Redirects_within_the_hub_are_followed()
    {
        // A repository that was renamed, and small files from another address of the same hub.
        Hub.Instead = request => request.Path.Contains("/old/name/", StringComparison.Ordinal)
            ? new HubReply(307, [], ("Location", request.Path.Replace("/old/name/", "/acme/tiny/", StringComparison.Ordinal)))
            : null;
        DownloadedModel model = await fixture.Download("old/name");

        Assert.Equal("old/name", model.Id);
        Assert.Equal(Hub.Files["config.json"], await File.ReadAllBytesAsync(Path.Combine(model.Folder, "config.json"), TestContext.Current.CancellationToken));
        Assert.All(Hub.Requests.Where(r => r.Host == Hub.Address.Authority), r => Assert.Equal("Bearer hf_secret", r.Headers["Authorization"]));
    }

    [Fact]
    public async Task Revisions_are_noted_and_commits_are_not()
    {
        await fixture.Download("acme/tiny@refs/pr/1");
        await fixture.Download($"acme/tiny@{HubServer.Commit}");

        Assert.Equal(HubServer.Commit, File.ReadAllText(Path.Combine(fixture.Repository, "refs", "refs", "pr", "1")));
        Assert.Equal(["refs"], Directory.EnumerateFileSystemEntries(Path.Combine(fixture.Repository, "refs")).Select(Path.GetFileName));
        Assert.Contains(Hub.Requests, r => r.Path == "/api/models/acme/tiny/revision/refs%2Fpr%2F1");
    }

    [Fact]
    public async Task Only_named_files_are_fetched_also_from_folders()
    {
        Hub.Files["gguf/tiny-q4_0-00001-of-00002.gguf"] = HubServer.Noise(100, 3);
        Hub.Files["gguf/tiny-q4_0-00002-of-00002.gguf"] = HubServer.Noise(200, 4);
        Hub.Files["gguf/tiny-q8_0.gguf"] = HubServer.Noise(300, 5);
        await fixture.Download(files: ["*q4_0*.gguf", "README.md"]);

        fixture.AssertWhole("README.md", "gguf/tiny-q4_0-00001-of-00002.gguf", "gguf/tiny-q4_0-00002-of-00002.gguf");
        Assert.Equal(
            Path.Combine("..", "..", "..", "blobs", HubServer.Checksum("x.gguf", Hub.Files["gguf/tiny-q4_0-00001-of-00002.gguf"])),
            new FileInfo(Path.Combine(fixture.Snapshot, "gguf", "tiny-q4_0-00001-of-00002.gguf")).LinkTarget);
    }

    [Fact]
    public async Task Shards_come_with_their_index_and_a_second_copy_does_not()
    {
        Hub.Files.Remove(HubFixture.Weights);
        string[] wanted = ["config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json", "tokenizer.json"];
        foreach (string name in (string[])[.. wanted, "consolidated.safetensors"]) Hub.Files[name] = HubServer.Noise(50, name.Length);
        await fixture.Download();

        fixture.AssertWhole(wanted);
    }

    [Fact]
    public async Task Two_at_once_fetch_each_file_once()
    {
        // Slow enough that the second one comes while the first is at it.
        Hub.Instead = request =>
        {
            if (request.Path.StartsWith("/content/", StringComparison.Ordinal)) Thread.Sleep(300);
            return null;
        };
        await Task.WhenAll(fixture.Download(), fixture.Download());

        fixture.AssertWhole();
        Assert.Single(Hub.ContentRequests);
        Assert.Contains($"Another process fetches {HubFixture.Weights}; waiting for it.", fixture.Notices);
    }

    [Fact]
    public async Task Stopped_it_keeps_what_arrived()
    {
        Hub.Instead = request => request.Path.StartsWith("/content/", StringComparison.Ordinal) ? new HubReply(200, Hub.Files[HubFixture.Weights]) { HoldAfter = 100_000 } : null;
        using CancellationTokenSource stop = new();
        fixture.Cancellation = stop.Token;
        Task<DownloadedModel> download = fixture.Download();
        while (!(new FileInfo(fixture.Incomplete(HubFixture.Weights)) is { Exists: true, Length: 100_000 })) await Task.Delay(5, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => download);
        Assert.Null(ModelLocation.Find(RepositoryId.Parse("acme/tiny"), fixture.Settings));

        fixture.Cancellation = TestContext.Current.CancellationToken;
        Hub.Instead = _ => null;
        Hub.Requests.Clear();
        await fixture.Download();
        fixture.AssertWhole();
        Assert.Equal(100_000, Hub.ContentRequests.Single().From);
    }

    [Fact]
    public async Task Offline_nothing_is_asked()
    {
        HubSettings offline = new() { Endpoint = Hub.Address, CacheFolder = fixture.CacheFolder, Offline = true };
        BonitoException e = await Assert.ThrowsAsync<BonitoException>(() =>
            DownloadModel.Run(offline, RepositoryId.Parse("acme/tiny"), [], null, null, _ => { }, TestContext.Current.CancellationToken));

        Assert.Contains("acme/tiny cannot be fetched offline", e.Message, StringComparison.Ordinal);
        Assert.Empty(Hub.Requests);
    }
}

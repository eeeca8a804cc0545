using Bonito.Hub;

namespace Bonito.Tests.Hub;

public sealed class ModelLocationTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    HubSettings Settings => new() { CacheFolder = folder.File("cache") };

    [Theory]
    [InlineData("BatsResearch/bonito-v1", "BatsResearch/bonito-v1", "main")]
    [InlineData("a/b@v1.0", "a/b", "v1.0")]
    [InlineData("a/b@refs/pr/3", "a/b", "refs/pr/3")]
    [InlineData("a/Llama-3.1_8B@0123456789abcdef0123456789abcdef01234567", "a/Llama-3.1_8B", "0123456789abcdef0123456789abcdef01234567")]
    public void Ids(string text, string path, string revision)
    {
        RepositoryId id = RepositoryId.TryParse(text)!;
        Assert.Equal((path, revision, revision.Length == 40), (id.Path, id.Revision, id.IsCommit));
        Assert.Equal(text, id.ToString());
        Assert.Equal(id, ModelLocation.IdOf(text));
    }

    [Theory]
    [InlineData("")]
    [InlineData("gpt2")]
    [InlineData("/a/b")]
    [InlineData("/b")]
    [InlineData("./b")]
    [InlineData("../b")]
    [InlineData("a/..")]
    [InlineData("a/b/c")]
    [InlineData("a/b/")]
    [InlineData("a\\b")]
    [InlineData("C:/b")]
    [InlineData("a--b/c")]
    [InlineData("-a/b")]
    [InlineData("a/b c")]
    [InlineData("a/b@")]
    [InlineData("a/b@../../x")]
    [InlineData("a/b@/x")]
    [InlineData("a/b@c@d")]
    [InlineData("~/b")]
    public void Other_texts_are_no_ids(string text)
    {
        Assert.Null(RepositoryId.TryParse(text));
        Assert.Null(ModelLocation.IdOf(text));
        Assert.Throws<BonitoException>(() => RepositoryId.Parse(text));
    }

    [Fact]
    public void A_revision_is_given_once()
    {
        Assert.Equal("v2", RepositoryId.Parse("a/b", "v2").Revision);
        Assert.Contains("given twice", Assert.Throws<BonitoException>(() => RepositoryId.Parse("a/b@v1", "v2")).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be a revision", Assert.Throws<BonitoException>(() => RepositoryId.Parse("a/b", "../x")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Paths_win_over_ids()
    {
        string before = Directory.GetCurrentDirectory();
        try
        {
            Directory.SetCurrentDirectory(folder.Path);
            folder.Write("org/model/config.json", "{}");

            Assert.Null(ModelLocation.IdOf("org/model"));
            // Mistyped, most likely.
            Assert.Null(ModelLocation.IdOf("org/modle"));
            Assert.NotNull(ModelLocation.IdOf("other/model"));
        }
        finally
        {
            Directory.SetCurrentDirectory(before);
        }
    }

    [Fact]
    public void A_snapshot_is_found_when_it_is_whole()
    {
        RepositoryId id = RepositoryId.Parse("a/b");
        Assert.Null(ModelLocation.Find(id, Settings));
        Write("refs/main", HubServer.Commit + "\n");
        Assert.Null(ModelLocation.Find(id, Settings));
        Write("config.json", "{}");
        Assert.Null(ModelLocation.Find(id, Settings));
        Write("model.safetensors.index.json", """{"weight_map": {"x": "model-00001-of-00002.safetensors", "y": "model-00002-of-00002.safetensors"}}""");
        Write("model-00001-of-00002.safetensors", "");
        Assert.Null(ModelLocation.Find(id, Settings));
        // A link whose blob has not arrived.
        File.CreateSymbolicLink(Path.Combine(Snapshot, "model-00002-of-00002.safetensors"), "../../blobs/none");
        Assert.Null(ModelLocation.Find(id, Settings));
        File.Delete(Path.Combine(Snapshot, "model-00002-of-00002.safetensors"));
        Write("model-00002-of-00002.safetensors", "");

        Assert.Equal(Snapshot, ModelLocation.Find(id, Settings));
        Assert.Equal(Snapshot, ModelLocation.Find(RepositoryId.Parse($"a/b@{HubServer.Commit}"), Settings));
        Assert.Null(ModelLocation.Find(RepositoryId.Parse("a/b@other"), Settings));
    }

    [Fact]
    public void A_gguf_file_stands_for_the_model_and_the_first_part_for_all()
    {
        RepositoryId id = RepositoryId.Parse("a/b");
        Write("refs/main", HubServer.Commit);
        Write("q8/m-00001-of-00002.gguf", "");
        Write("q8/m-00002-of-00002.gguf", "");

        Assert.Equal(Path.Combine(Snapshot, "q8", "m-00001-of-00002.gguf"), ModelLocation.Find(id, Settings));
        Write("m-q4_0.gguf", "");
        Assert.Contains(Path.Combine(Snapshot, "m-q4_0.gguf"), Assert.Throws<BonitoException>(() => ModelLocation.Find(id, Settings)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parts_belong_together_by_name_and_number()
    {
        foreach (string name in (string[])["m-00001-of-00002.gguf", "m-00002-of-00002.gguf", "m-00001-of-00003.gguf", "n-00001-of-00002.gguf", "m.gguf"]) folder.Write(name, "");

        Assert.Equal(["m-00001-of-00002.gguf", "m-00002-of-00002.gguf"], ModelLocation.PartsOf(folder.File("m-00001-of-00002.gguf")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.Equal(["m.gguf"], ModelLocation.PartsOf(folder.File("m.gguf")).Select(Path.GetFileName));
    }

    [Fact]
    public void A_model_of_the_cache_is_called_by_its_id()
    {
        Assert.Equal($"a/b@{HubServer.Commit}", ModelLocation.NameOf(Snapshot));
        Assert.Equal($"a/b@{HubServer.Commit}/q8/m.gguf", ModelLocation.NameOf(Path.Combine(Snapshot, "q8", "m.gguf")));
        Assert.Equal("b", ModelLocation.NameOf("/a/b/"));
    }

    [Fact]
    public void Where_links_are_impossible_files_are_copied()
    {
        RepositoryId id = RepositoryId.Parse("a/b");
        HubCache cache = new(Settings.CacheFolder, links: false);
        RemoteFile file = new("sub/x.gguf", HubServer.Checksum("x.gguf", [1, 2]), 2);
        Directory.CreateDirectory(Path.GetDirectoryName(cache.BlobPath(id, file))!);
        File.WriteAllBytes(cache.BlobPath(id, file), [1, 2]);
        cache.Link(id, HubServer.Commit, file);
        cache.Link(id, HubServer.Commit, file);

        FileInfo copy = new(Path.Combine(Snapshot, "sub", "x.gguf"));
        Assert.Null(copy.LinkTarget);
        Assert.Equal([1, 2], File.ReadAllBytes(copy.FullName));
        Assert.Equal(["x.gguf"], Directory.EnumerateFiles(copy.DirectoryName!).Select(Path.GetFileName));
    }

    string Snapshot => Path.Combine(folder.File("cache"), "models--a--b", "snapshots", HubServer.Commit);

    void Write(string name, string text) =>
        folder.Write(Path.Combine("cache", "models--a--b", name.StartsWith("refs/", StringComparison.Ordinal) ? name : $"snapshots/{HubServer.Commit}/{name}"), text);
}

using Bonito.Hub;

namespace Bonito.Tests.Hub;

public sealed class HubSettingsTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Folders()
    {
        Assert.EndsWith(Path.Combine(".cache", "huggingface", "hub"), Read().CacheFolder, StringComparison.Ordinal);
        Assert.Equal(folder.File("x/huggingface/hub"), Read(("XDG_CACHE_HOME", folder.File("x"))).CacheFolder);
        Assert.Equal(folder.File("h/hub"), Read(("XDG_CACHE_HOME", folder.File("x")), ("HF_HOME", folder.File("h"))).CacheFolder);
        Assert.Equal(folder.File("c"), Read(("HF_HUB_CACHE", folder.File("c")), ("HF_HOME", folder.File("h"))).CacheFolder);
    }

    [Fact]
    public void Tokens()
    {
        folder.Write("token", "hf_file\n");
        Assert.Null(Read(("HF_HOME", folder.File("none"))).Token);
        Assert.Equal("hf_file", Read(("HF_HOME", folder.Path)).Token);
        Assert.Equal("hf_variable", Read(("HF_HOME", folder.Path), ("HF_TOKEN", " hf_variable ")).Token);
        Assert.Equal("hf_file", Read(("HF_HOME", folder.Path), ("HF_TOKEN", "")).Token);
        Assert.Equal("hf_file", Read(("HF_HOME", folder.File("none")), ("HF_TOKEN_PATH", folder.File("token"))).Token);
        BonitoException e = Assert.Throws<BonitoException>(() => Read(("HF_TOKEN", "hf_secret\r\nEvil: 1")));
        Assert.StartsWith("HF_TOKEN holds no token", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("true", true)]
    [InlineData("YES", true)]
    [InlineData("0", false)]
    [InlineData("", false)]
    public void Offline(string value, bool offline)
    {
        Assert.Equal(offline, Read(("HF_HUB_OFFLINE", value)).Offline);
        Assert.True(HubSettings.FromEnvironment(offline: true, _ => null).Offline);
    }

    [Fact]
    public void Endpoints()
    {
        Assert.Equal(new Uri("https://huggingface.co"), Read().Endpoint);
        Assert.Equal(new Uri("https://mirror.example/hf"), Read(("HF_ENDPOINT", "https://mirror.example/hf/")).Endpoint);
        foreach (string wrong in (string[])["mirror.example", "file:///etc", "https://user:password@mirror.example", "https://mirror.example/?q"])
            Assert.StartsWith("HF_ENDPOINT is ", Assert.Throws<BonitoException>(() => Read(("HF_ENDPOINT", wrong))).Message, StringComparison.Ordinal);
    }

    HubSettings Read(params (string Name, string Value)[] variables)
    {
        Dictionary<string, string> all = new() { ["HF_HOME"] = "" };
        foreach ((string name, string value) in variables) all[name] = value;
        // Never the real token.
        if (all["HF_HOME"].Length == 0 && !all.ContainsKey("HF_TOKEN_PATH")) all["HF_TOKEN_PATH"] = folder.File("no-token");
        return HubSettings.FromEnvironment(offline: false, all.GetValueOrDefault);
    }
}

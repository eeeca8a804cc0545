namespace Bonito.Tests.Hub;

/// <summary>Servers that say no, and servers that mean harm.</summary>
public sealed class RefusalTests : IDisposable
{
    readonly HubFixture anonymous = new(), known = new() { Token = "hf_secret" };

    HubServer Hub => anonymous.Hub;

    public void Dispose()
    {
        anonymous.Dispose();
        known.Dispose();
    }

    [Theory]
    [InlineData(401, null, "There is no model acme/tiny at", "HF_TOKEN")]
    [InlineData(401, "RepoNotFound", "There is no model acme/tiny at", "HF_TOKEN")]
    [InlineData(401, "GatedRepo", "acme/tiny is gated", "accept them, make a token")]
    [InlineData(403, "GatedRepo", "acme/tiny is gated", "accept them, make a token")]
    [InlineData(403, null, "refuses access to acme/tiny", "set HF_TOKEN")]
    [InlineData(404, null, "There is no model acme/tiny at", "Check the spelling")]
    [InlineData(404, "RevisionNotFound", "acme/tiny has no revision main at", "branches and tags")]
    [InlineData(418, null, "answers 418 when asked for acme/tiny", "HF_ENDPOINT")]
    public async Task A_refusal_says_what_to_do(int status, string? code, string what, string advice)
    {
        Hub.Instead = _ => Status(status, code);
        string message = await anonymous.Refused();

        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.Contains(advice, message, StringComparison.Ordinal);
        Assert.Single(Hub.Requests);
        Assert.False(Directory.Exists(anonymous.Repository));
    }

    [Theory]
    [InlineData(401, null, "does not accept the token in use")]
    [InlineData(401, "RepoNotFound", "that the token in use (HF_TOKEN, or the token file) may read")]
    [InlineData(403, "GatedRepo", "with the account that the token in use")]
    [InlineData(403, null, "the token in use (HF_TOKEN, or the token file) may not read it")]
    [InlineData(404, null, "There is no model acme/tiny at")]
    public async Task With_a_token_the_advice_is_another(int status, string? code, string what)
    {
        known.Hub.Instead = _ => Status(status, code);
        string message = await known.Refused();

        Assert.Contains(what, message, StringComparison.Ordinal);
        Assert.DoesNotContain("hf_secret", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_gated_file_is_told_as_gated()
    {
        Hub.Instead = request => request.Path.EndsWith(HubFixture.Weights, StringComparison.Ordinal) ? Status(401, "GatedRepo") : null;

        Assert.StartsWith("acme/tiny is gated", await anonymous.Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task A_server_in_trouble_is_asked_again(int status)
    {
        Dictionary<(string, string), int> times = [];
        Hub.Instead = r => (times[(r.Method, r.Path)] = times.GetValueOrDefault((r.Method, r.Path)) + 1) < 3 ? Status(status, null) : null;
        await anonymous.Download();

        anonymous.AssertWhole();
        Assert.Contains($"({status})", anonymous.Notices[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trouble_without_end_is_given_up()
    {
        Hub.Instead = _ => Status(500, null);

        Assert.EndsWith("is in trouble (500). Run the same command again later; what arrived is kept.", await anonymous.Refused(), StringComparison.Ordinal);
        Assert.Equal(6, Hub.Requests.Count);
    }

    [Fact]
    public async Task The_pause_is_the_one_the_server_asks_for()
    {
        int times = 0;
        Hub.Instead = _ => times++ == 0 ? new HubReply(429, [], ("Retry-After", "1")) : null;
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        await anonymous.Download();

        Assert.True(System.Diagnostics.Stopwatch.GetElapsedTime(start) >= TimeSpan.FromSeconds(0.95));
        Assert.Contains("wants fewer requests (429) and asks to come back in 1 s. Trying again in 1 s (1 of 5).", anonymous.Notices.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_pause_is_left_to_the_user()
    {
        Hub.Instead = _ => new HubReply(429, [], ("Retry-After", "3600"));

        Assert.Contains("asks to come back in 3600 s", await anonymous.Refused(), StringComparison.Ordinal);
        Assert.Single(Hub.Requests);
    }

    [Fact]
    public async Task An_expired_address_of_the_content_is_asked_for_anew()
    {
        int times = 0;
        Hub.Instead = request => request.Path.StartsWith("/content/", StringComparison.Ordinal) && times++ == 0 ? Status(403, null) : null;
        await anonymous.Download();

        anonymous.AssertWhole();
        Assert.Contains("localhost, to which http://127.0.0.1", anonymous.Notices.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_at_the_address()
    {
        Hub.Stop();

        Assert.Contains("cannot be reached", await anonymous.Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../config.json")]
    [InlineData("/etc/config.json")]
    [InlineData("a/../config.json")]
    [InlineData("..\\config.json")]
    [InlineData("C:config.json")]
    [InlineData("C:\\windows\\config.json")]
    [InlineData("tokenizer\0.json")]
    [InlineData("tokenizer\u001b[2J.json")]
    [InlineData("a//config.json")]
    [InlineData("./config.json")]
    [InlineData("folder./config.json")]
    public async Task Hostile_names_are_refused(string name)
    {
        Hub.Files[name] = [1];
        string message = await anonymous.Refused();

        Assert.StartsWith("acme/tiny has a file '", message, StringComparison.Ordinal);
        Assert.DoesNotContain(message, char.IsControl);
        Assert.Single(Hub.Requests);
        Assert.False(Directory.Exists(anonymous.Repository));
        // Nor by asking for it.
        Assert.StartsWith("acme/tiny has a file '", await anonymous.Refused(files: ["*.json"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overlong_names_are_refused()
    {
        Hub.Files[new string('x', 256) + "/config.json"] = [1];
        Assert.Contains("longer than 255 bytes", await anonymous.Refused(), StringComparison.Ordinal);
        Hub.Files.Remove(new string('x', 256) + "/config.json");
        Hub.Files[string.Concat(Enumerable.Repeat("folder/", 200)) + "config.json"] = [1];
        Assert.Contains("longer than 1024 bytes", await anonymous.Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_is_written_through_a_link()
    {
        Hub.Files["sub/model.gguf"] = [1, 2, 3];
        string elsewhere = Directory.CreateDirectory(Path.Combine(anonymous.CacheFolder, "elsewhere")).FullName;
        Directory.CreateDirectory(anonymous.Snapshot);
        Directory.CreateSymbolicLink(Path.Combine(anonymous.Snapshot, "sub"), elsewhere);

        Assert.Contains("is a link to", await anonymous.Refused(files: ["sub/model.gguf"]), StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(elsewhere));
    }

    [Theory]
    [InlineData("of no use")]
    [InlineData("../../../evil")]
    [InlineData("ABCDEF0123456789ABCDEF0123456789ABCDEF01")]
    public async Task A_checksum_that_is_none_is_refused(string etag)
    {
        Hub.Instead = request => request.Path.EndsWith(".json", StringComparison.Ordinal) ? HubServer.Send(request, [1], $"\"{etag}\"") : null;

        Assert.Contains("names no checksum for config.json", await anonymous.Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json", "does not answer like a hub")]
    [InlineData("[]", "does not answer like a hub")]
    [InlineData("{\"sha\": \"../../evil\", \"siblings\": []}", "its sha is '../../evil'")]
    [InlineData("{\"sha\": 5, \"siblings\": []}", "does not answer like a hub")]
    [InlineData("{\"sha\": \"0123456789abcdef0123456789abcdef01234567\"}", "does not answer like a hub")]
    [InlineData("{\"sha\": \"0123456789abcdef0123456789abcdef01234567\", \"siblings\": [{\"rfilename\": \"a.txt\"}]}", "has no weights that Bonito reads")]
    public async Task A_list_that_is_none_is_refused(string json, string message)
    {
        Hub.Instead = _ => new HubReply(200, System.Text.Encoding.UTF8.GetBytes(json));

        Assert.Contains(message, await anonymous.Refused(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:1/elsewhere", "redirects more than 10 times")]
    [InlineData("file:///etc/passwd", "redirects to 'file'")]
    [InlineData("ftp://localhost/x", "redirects to 'ftp'")]
    public async Task Redirects_that_lead_nowhere_are_refused(string location, string message)
    {
        Hub.Instead = _ => new HubReply(302, [], ("Location", location.Replace("http://127.0.0.1:1", Hub.Address.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal)));

        Assert.Contains(message, await anonymous.Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pickles_are_never_fetched()
    {
        Assert.Contains("pytorch_model.bin of acme/tiny is a pickle", await anonymous.Refused(files: ["pytorch_model.bin"]), StringComparison.Ordinal);
        Hub.Files.Remove(HubFixture.Weights);
        Assert.Contains("weights as pickles only", await anonymous.Refused(), StringComparison.Ordinal);
        Assert.All(Hub.Requests, r => Assert.StartsWith("/api/", r.Path, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_repository_of_gguf_files_says_how_to_choose()
    {
        Hub.Files.Remove(HubFixture.Weights);
        Hub.Files["tiny-Q8_0.gguf"] = [1];
        string message = await anonymous.Refused();

        Assert.Contains("  tiny-Q8_0.gguf\n", message, StringComparison.Ordinal);
        Assert.Contains("bonito model download acme/tiny --file NAME", message, StringComparison.Ordinal);
        Assert.Contains("acme/tiny has no file tiny-Q4_0.gguf", await anonymous.Refused(files: ["tiny-Q4_0.gguf"]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cache_that_cannot_be_written()
    {
        await File.WriteAllTextAsync(anonymous.CacheFolder, "a file where the folder should be", TestContext.Current.CancellationToken);

        Assert.StartsWith($"The cache {anonymous.CacheFolder} cannot be written", await anonymous.Refused(), StringComparison.Ordinal);
    }

    static HubReply Status(int status, string? code) => code is null ? new HubReply(status, []) : new HubReply(status, [], ("X-Error-Code", code));
}

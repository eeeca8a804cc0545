using System.Text;

namespace Bonito.Tests.Hub;

/// <summary>What comes in the end is right or is not there at all, whatever happens on the way.</summary>
public sealed class BrokenTransferTests : IDisposable
{
    readonly HubFixture fixture = new();

    HubServer Hub => fixture.Hub;

    byte[] Weights => Hub.Files[HubFixture.Weights];

    public void Dispose() => fixture.Dispose();

    [Fact]
    public async Task A_cut_connection_is_resumed_where_it_broke()
    {
        int times = 0;
        Hub.Instead = request => IsContent(request) && times++ < 3 ? HubServer.Send(request, Weights, "") with { CutAfter = 100_000 } : null;
        await fixture.Download();

        fixture.AssertWhole();
        Assert.Equal([0, 100_000, 200_000, 300_000], Hub.ContentRequests.Select(r => r.From));
        Assert.Equal(3, fixture.Notices.Count);
        Assert.Equal(Weights.Length, fixture.Progress[^1].Received - Hub.Files["config.json"].Length - Hub.Files["tokenizer.json"].Length);
    }

    [Fact]
    public async Task Much_that_came_is_no_failure()
    {
        Hub.Files[HubFixture.Weights] = HubServer.Noise(9 * (8 << 20) + 5, 7);
        Hub.Instead = request => IsContent(request) ? HubServer.Send(request, Weights, "") with { CutAfter = (8 << 20) + 1 } : null;
        await fixture.Download();

        fixture.AssertWhole();
        Assert.Equal(9, Hub.ContentRequests.Count());
        Assert.Empty(fixture.Notices);
    }

    [Fact]
    public async Task A_connection_that_always_breaks_is_given_up_and_what_came_is_kept()
    {
        Hub.Instead = request => IsContent(request) ? HubServer.Send(request, Weights, "") with { CutAfter = 10_000 } : null;
        string message = await fixture.Refused();

        Assert.Contains("model.safetensors of acme/tiny could not be fetched", message, StringComparison.Ordinal);
        Assert.EndsWith("60,000 of 400,000 bytes are kept; the same command goes on from there.", message, StringComparison.Ordinal);
        Assert.Equal(Weights[..60_000], File.ReadAllBytes(fixture.Incomplete(HubFixture.Weights)));
        Hub.Instead = _ => null;
        await fixture.Download();
        fixture.AssertWhole();
    }

    [Fact]
    public async Task A_server_that_goes_silent_is_left()
    {
        int times = 0;
        Hub.Instead = request => IsContent(request) && times++ == 0 ? HubServer.Send(request, Weights, "") with { HoldAfter = 50_000 } : null;
        await fixture.Download(silence: TimeSpan.FromMilliseconds(500));

        fixture.AssertWhole();
        Assert.StartsWith("The connection broke: it took too long to answer.", fixture.Notices.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_ignores_ranges_sends_everything_again()
    {
        int times = 0;
        Hub.Instead = request => IsContent(request) ? new HubReply(200, Weights) { CutAfter = times++ == 0 ? 150_000 : null } : null;
        await fixture.Download();

        fixture.AssertWhole();
        Assert.Equal([0, 150_000], Hub.ContentRequests.Select(r => r.From));
        Assert.Equal(fixture.Progress[^1].Size, fixture.Progress[^1].Done);
    }

    [Fact]
    public async Task Another_part_than_the_one_asked_for_is_refused()
    {
        int times = 0;
        Hub.Instead = request => !IsContent(request) ? null : times++ switch
        {
            0 => new HubReply(200, Weights) { CutAfter = 150_000 },
            1 => new HubReply(206, Weights[100_000..], ("Content-Range", $"bytes 100000-{Weights.Length - 1}/{Weights.Length}")),
            _ => null,
        };
        await fixture.Download();

        fixture.AssertWhole();
        Assert.Equal([0, 150_000, 0], Hub.ContentRequests.Select(r => r.From));
    }

    [Fact]
    public async Task Wrong_content_is_discarded()
    {
        byte[] wrong = [.. Weights];
        wrong[1234] ^= 1;
        Hub.Instead = request => IsContent(request) ? HubServer.Send(request, wrong, "") : null;
        string message = await fixture.Refused();

        Assert.StartsWith("model.safetensors of acme/tiny arrived damaged", message, StringComparison.Ordinal);
        Assert.False(File.Exists(fixture.Blob(HubFixture.Weights)));
        Assert.False(File.Exists(Path.Combine(fixture.Snapshot, HubFixture.Weights)));
        Assert.Equal(0, new FileInfo(fixture.Incomplete(HubFixture.Weights)).Length);
        Assert.False(File.Exists(Path.Combine(fixture.Repository, "refs", "main")));
        Hub.Instead = _ => null;
        await fixture.Download();
        fixture.AssertWhole();
    }

    [Fact]
    public async Task Small_files_are_checked_too()
    {
        Hub.Instead = request => request is { Method: "GET" } && request.Path.EndsWith("/config.json", StringComparison.Ordinal)
            ? new HubReply(200, "{\"model_type\": \"lamma\"}"u8.ToArray(), ("ETag", $"\"{HubServer.GitSha1(Hub.Files["config.json"])}\""))
            : null;

        Assert.StartsWith("config.json of acme/tiny arrived damaged", await fixture.Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_rest_of_an_earlier_start_does_not_spoil_the_file()
    {
        Directory.CreateDirectory(Path.GetDirectoryName(fixture.Incomplete(HubFixture.Weights))!);
        await File.WriteAllBytesAsync(fixture.Incomplete(HubFixture.Weights), HubServer.Noise(70_000, 9), TestContext.Current.CancellationToken);
        await fixture.Download();

        fixture.AssertWhole();
        Assert.Equal([70_000, 0], Hub.ContentRequests.Select(r => r.From));
    }

    [Theory]
    [InlineData(400_000)]
    [InlineData(500_000)]
    public async Task A_rest_that_is_whole_or_too_long_is_handled(int length)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(fixture.Incomplete(HubFixture.Weights))!);
        await File.WriteAllBytesAsync(fixture.Incomplete(HubFixture.Weights), [.. Weights, .. new byte[length - Weights.Length]], TestContext.Current.CancellationToken);
        await fixture.Download();

        fixture.AssertWhole();
        Assert.Equal(length > Weights.Length ? 1 : 0, Hub.ContentRequests.Count());
    }

    [Theory]
    [InlineData(399_999, "less")]
    [InlineData(400_001, "more")]
    public async Task Another_size_than_the_hub_said_is_refused(int length, string what)
    {
        Hub.Instead = request => IsContent(request) ? new HubReply(200, HubServer.Noise(length, 2)) : null;

        Assert.StartsWith($"The server sends {what} than the 400,000 bytes", await fixture.Refused(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_than_was_announced_is_refused_before_it_fills_the_disk()
    {
        byte[] chunk = Encoding.ASCII.GetBytes("10000\r\n" + new string('x', 0x10000) + "\r\n");
        Hub.Instead = request => IsContent(request) ? new HubReply(200, [.. Enumerable.Repeat(chunk, 40).SelectMany(c => c)], ("Transfer-Encoding", "chunked")) : null;

        Assert.StartsWith("The server sends more than the 400,000 bytes", await fixture.Refused(), StringComparison.Ordinal);
        Assert.Equal(0, new FileInfo(fixture.Incomplete(HubFixture.Weights)).Length);
    }

    [Fact]
    public async Task What_does_not_fit_on_the_disk_is_refused_before_it_is_fetched()
    {
        Hub.Instead = request => request.Path.EndsWith(HubFixture.Weights, StringComparison.Ordinal)
            ? new HubReply(302, [], ("Location", $"{Hub.ContentAddress}/content/{HubFixture.Weights}"), ("X-Linked-Etag", new string('a', 64)), ("X-Linked-Size", "4000000000000000000"))
            : null;

        Assert.StartsWith("acme/tiny takes 4,000,000,000.", await fixture.Refused(), StringComparison.Ordinal);
        Assert.Empty(Hub.ContentRequests);
        Assert.False(Directory.Exists(fixture.Repository));
    }

    static bool IsContent(HubRequest request) => request.Path.StartsWith("/content/", StringComparison.Ordinal);
}

using System.Diagnostics;
using System.Text.Json.Nodes;
using Bonito.Tests;
using Bonito.Tests.Hub;
using Bonito.Tests.Recipes;

namespace Bonito.Cli.Tests;

/// <summary>Models by id, fetched by the real command from a hub on this machine into a cache of the test's own.</summary>
public sealed class HubTests : IDisposable
{
    const string Weights = "model.safetensors";

    readonly TemporaryFolder folder = new();
    readonly HubServer hub = new();

    public HubTests()
    {
        ChainModel.Save(folder.File("model"));
        foreach (string file in Directory.EnumerateFiles(folder.File("model"))) hub.Files[Path.GetFileName(file)] = File.ReadAllBytes(file);
        folder.Write("a.txt", "A text about nothing in particular.");
    }

    string Repository => Path.Combine(folder.File("home"), "hub", "models--acme--tiny");

    string Snapshot => Path.Combine(Repository, "snapshots", HubServer.Commit);

    string Incomplete => Path.Combine(Repository, "blobs", HubServer.Checksum(Weights, hub.Files[Weights]) + ".incomplete");

    public void Dispose()
    {
        hub.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void Killed_at_any_moment_the_same_command_goes_on()
    {
        int half = hub.Files[Weights].Length / 2;
        hub.Instead = request => IsContent(request) ? HubServer.Send(request, hub.Files[Weights], "") with { HoldAfter = half } : null;
        using (Process process = Start([], Download))
        {
            WaitFor(half);
            process.Kill();
            process.WaitForExit();
        }
        Assert.Equal(hub.Files[Weights][..half], File.ReadAllBytes(Incomplete));

        hub.Instead = _ => null;
        hub.Requests.Clear();
        CliResult result = Run([], Download);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(half, hub.ContentRequests.Single().From);
        AssertWhole();
    }

    [Theory]
    [InlineData("INT", 2)]
    [InlineData("TERM", 15)]
    public void Stopped_by_a_signal_it_says_how_to_go_on(string signal, int number)
    {
        Signals.SkipWhereImpossible(signal, number);
        hub.Instead = request => IsContent(request) ? HubServer.Send(request, hub.Files[Weights], "") with { HoldAfter = 1000 } : null;
        using Process process = Start([], Download);
        WaitFor(1000);
        Signals.Send(process, signal);
        CliResult stopped = Cli.Finish(process);

        Assert.Equal((130, $"Stopped. What arrived of acme/tiny is kept in {Path.Combine(folder.File("home"), "hub")}. Run the same command to go on.\n"), (stopped.ExitCode, stopped.Error));
        hub.Instead = _ => null;
        Assert.Equal(0, Run([], Download).ExitCode);
        AssertWhole();
    }

    [Fact]
    public void Two_processes_fetch_one_model_once()
    {
        hub.Instead = request =>
        {
            if (IsContent(request)) Thread.Sleep(1500);
            return null;
        };
        using Process first = Start([], Download), second = Start([], Download);

        Assert.Equal((0, 0), (Cli.Finish(first).ExitCode, Cli.Finish(second).ExitCode));
        Assert.Single(hub.ContentRequests);
        AssertWhole();
    }

    [Fact]
    public void It_prints_where_the_files_are()
    {
        CliResult text = Run([], Download), json = Run([], [.. Download, "--json"]);

        Assert.Equal((0, "", 0, ""), (text.ExitCode, text.Error, json.ExitCode, json.Error));
        Assert.StartsWith($"acme/tiny at commit {HubServer.Commit}: ", text.Output, StringComparison.Ordinal);
        JsonNode model = JsonNode.Parse(json.Output)!;
        Assert.Equal(("acme/tiny", HubServer.Commit, Snapshot), ((string?)model["id"], (string?)model["commit"], (string?)model["folder"]));
        Assert.All(model["files"]!.AsArray(), file =>
        {
            string path = Path.Combine(Snapshot, (string)file!["name"]!);
            Assert.Contains(path + "\n", text.Output, StringComparison.Ordinal);
            Assert.Equal((long)file["size"]!, new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true) is FileInfo target ? target.Length : 0);
        });
    }

    [Fact]
    public void A_command_fetches_a_model_when_it_is_first_used()
    {
        CliResult first = Run([], Generate("one"));
        Assert.Equal(0, first.ExitCode);
        Assert.StartsWith("note: acme/tiny is not in the cache ", first.Error, StringComparison.Ordinal);
        AssertWhole();

        hub.Requests.Clear();
        foreach (string[] offline in (string[][])[[], ["HF_HUB_OFFLINE=1"]])
        {
            CliResult again = Run(offline, Generate($"two{offline.Length}"));
            Assert.Equal((0, ""), (again.ExitCode, again.Error));
        }
        Assert.Equal(0, Run([], [.. Generate("three"), "--offline"]).ExitCode);
        Assert.Empty(hub.Requests);
        Assert.Equal(File.ReadAllBytes(Path.Combine(folder.File("one"), "dataset.jsonl")), File.ReadAllBytes(Path.Combine(folder.File("three"), "dataset.jsonl")));
        JsonNode configuration = JsonNode.Parse(File.ReadAllText(Path.Combine(folder.File("one"), "config.json")))!;
        Assert.Equal($"acme/tiny@{HubServer.Commit}", (string?)configuration["execution"]!["model"]);
    }

    [Fact]
    public void Offline_it_says_what_to_run_where_there_is_a_network()
    {
        foreach (CliResult result in (CliResult[])[Run([], [.. Generate("run"), "--offline"]), Run(["HF_HUB_OFFLINE=1"], Generate("run"))])
        {
            Assert.Equal((1, ""), (result.ExitCode, result.Output));
            Assert.StartsWith("error: acme/tiny is not in the cache ", result.Error, StringComparison.Ordinal);
            Assert.EndsWith(" run: bonito model download acme/tiny\n", result.Error, StringComparison.Ordinal);
        }
        Assert.Equal(1, Run(["HF_HUB_OFFLINE=1"], Download).ExitCode);
        Assert.Empty(hub.Requests);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void Refusals_are_one_clear_message()
    {
        hub.Instead = _ => new HubReply(403, [], ("X-Error-Code", "GatedRepo"));
        CliResult gated = Run([], Download), wrong = Run([], ["model", "download", "not an id"]);

        Assert.Equal((1, "", 1), (gated.ExitCode, gated.Output, gated.Error.Count(c => c == '\n')));
        Assert.StartsWith("error: acme/tiny is gated", gated.Error, StringComparison.Ordinal);
        Assert.Equal((2, ""), (wrong.ExitCode, wrong.Output));
        Assert.StartsWith("error: 'not an id' is no id of a model", wrong.Error, StringComparison.Ordinal);
    }

    static string[] Download => ["model", "download", "acme/tiny"];

    static bool IsContent(HubRequest request) => request.Path.StartsWith("/content/", StringComparison.Ordinal);

    string[] Generate(string run) => ["generate", folder.File("a.txt"), "--model", "acme/tiny", "--output", folder.File(run), "--max-tokens", "4", "--task-type", "qa"];

    CliResult Run(string[] environment, string[] arguments)
    {
        using Process process = Start(environment, arguments);
        return Cli.Finish(process);
    }

    Process Start(string[] environment, string[] arguments)
    {
        ProcessStartInfo command = Cli.Command(arguments);
        // Nothing of the machine's own: no token, no cache, no proxy.
        foreach (string name in command.Environment.Keys.Where(k => k.StartsWith("HF_", StringComparison.Ordinal) || k.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase)).ToArray())
            command.Environment.Remove(name);
        command.Environment["HF_HOME"] = folder.File("home");
        command.Environment["HF_ENDPOINT"] = hub.Address.AbsoluteUri;
        foreach (string setting in environment) command.Environment[setting.Split('=')[0]] = setting.Split('=')[1];
        command.WorkingDirectory = folder.Path;
        return Process.Start(command)!;
    }

    void WaitFor(int length)
    {
        for (int i = 0; new FileInfo(Incomplete) is not { Exists: true } file || file.Length < length; i++)
        {
            Assert.True(i < 6000, "the download does not begin");
            Thread.Sleep(10);
        }
    }

    void AssertWhole()
    {
        foreach (string name in (string[])["config.json", "tokenizer.json", Weights]) Assert.Equal(hub.Files[name], File.ReadAllBytes(Path.Combine(Snapshot, name)));
        Assert.Empty(Directory.EnumerateFiles(Path.Combine(Repository, "blobs"), "*.incomplete"));
    }
}

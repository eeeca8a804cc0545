using System.Diagnostics;
using System.Text.Json.Nodes;
using Bonito.Tests;
using Bonito.Tests.Datasets;

namespace Bonito.Cli.Tests;

/// <summary>What is finished stays finished, and what comes out in the end does not show that anything happened.</summary>
public sealed class InterruptionTests(GenerateWork work) : IClassFixture<GenerateWork>, IDisposable
{
    const int Sigkill = 128 + 9;

    readonly TemporaryFolder folder = new();

    string Run => folder.File("run");

    string Ledger => Path.Combine(Run, "ledger.jsonl");

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Killed_at_random_moments_it_ends_with_the_same_dataset(int seed)
    {
        Random random = new(seed);
        long whole = Length(Path.Combine(work.Whole, "ledger.jsonl"));
        int kills = 0;
        for (int i = 0; i < 5; i++)
        {
            // Once before there is anything, then at any point of the first five sixths of what is left.
            long from = Length(Ledger), at = i == 0 ? 0 : from + (long)((whole - from) * random.NextDouble() * 5 / 6);
            using Process process = Cli.Start(work.Arguments(Run));
            if (WaitForLedger(process, at)) kills++;
            process.Kill();
            process.WaitForExit();
            Assert.Contains(process.ExitCode, (int[])[Sigkill, 0]);
        }
        Assert.True(kills >= 3, $"only {kills} of 5 processes were killed before they had finished");

        CliResult result = Cli.Run(work.Arguments(Run));
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        AssertSameAsWhole();
    }

    [Theory]
    [InlineData("INT", 2)]
    [InlineData("TERM", 15)]
    public void Stopped_by_a_signal_it_says_how_to_go_on(string signal, int number)
    {
        Signals.SkipWhereImpossible(signal, number);
        using Process process = Cli.Start(work.Arguments(Run));
        Assert.True(WaitForLedger(process, Length(Path.Combine(work.Whole, "ledger.jsonl")) / 5));
        Signals.Send(process, signal);
        CliResult stopped = Cli.Finish(process);

        Assert.Equal(130, stopped.ExitCode);
        Assert.Equal($"Stopped. {File.ReadLines(Ledger).Count()} of {Tasks()} tasks are finished and safe in {Run}. Run the same command to go on.\n", stopped.Error);
        Assert.False(File.Exists(Path.Combine(Run, "dataset.jsonl")));
        int finished = File.ReadLines(Ledger).Count();
        CliResult again = Cli.Run(work.Arguments(Run));
        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        Assert.Contains($"({finished} of them finished before)", again.Output, StringComparison.Ordinal);
        AssertSameAsWhole();
    }

    [Fact]
    public void Two_processes_do_not_write_one_run()
    {
        using (Process first = Cli.Start(work.Arguments(Run)))
        {
            Assert.True(WaitForLedger(first, 1));
            first.Kill();
            first.WaitForExit();
        }
        byte[] before = File.ReadAllBytes(Ledger);
        using (new FileStream(Ledger, FileMode.Open, FileAccess.ReadWrite, FileShare.None))
        {
            CliResult refused = Cli.Run(work.Arguments(Run));
            Assert.Equal((1, ""), (refused.ExitCode, refused.Output));
            Assert.Equal($"error: {Ledger}: another process is writing to this run folder. Let it end, or stop it, then run the command again.\n", refused.Error);
        }
        Assert.Equal(before, File.ReadAllBytes(Ledger));
        Assert.Equal(0, Cli.Run(work.Arguments(Run)).ExitCode);
        AssertSameAsWhole();
    }

    [Fact]
    public void A_finished_run_prints_its_summary_again_and_does_nothing()
    {
        Dictionary<string, DateTime> before = Times();
        CliResult again = Cli.Run(work.Arguments(work.Whole));

        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        Assert.EndsWith(again.Output, work.Output, StringComparison.Ordinal);
        Assert.Contains("An example", again.Output, StringComparison.Ordinal);
        Assert.Equal(before, Times());

        Dictionary<string, DateTime> Times() => Directory.EnumerateFiles(work.Whole).ToDictionary(f => f, File.GetLastWriteTimeUtc);
    }

    [Fact]
    public void A_full_disk_is_a_clear_error_and_with_room_the_run_goes_on()
    {
        using SmallDisk? disk = SmallDisk.TryMount(folder.Path, kibibytes: 64);
        Assert.SkipWhen(disk is null, "mounting a small file system takes the rights of root and Linux");
        string run = Path.Combine(disk.Path, "run");
        CliResult full = Cli.Run(work.Arguments(run));

        Assert.Equal(1, full.ExitCode);
        Assert.StartsWith($"error: {Path.Combine(run, "ledger.jsonl")}: cannot be written: ", full.Error, StringComparison.Ordinal);
        Assert.Equal(1, full.Error.Count(c => c == '\n'));
        disk.Grow(kibibytes: 16 * 1024);
        CliResult again = Cli.Run(work.Arguments(run));
        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        AssertSameAsWhole(run);
    }

    /// <summary>Waits until the ledger is so long; false if the process has ended before.</summary>
    bool WaitForLedger(Process process, long length)
    {
        while (!process.HasExited)
        {
            if (Length(Ledger) >= length) return !process.HasExited;
            Thread.Sleep(1);
        }
        return false;
    }

    static long Length(string path) => new FileInfo(path) is { Exists: true } file ? file.Length : -1;

    int Tasks() => File.ReadLines(Path.Combine(work.Whole, "ledger.jsonl")).Count();

    void AssertSameAsWhole(string? run = null)
    {
        run ??= Run;
        foreach (string file in (string[])["dataset.jsonl", "rejections.jsonl"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(work.Whole, file)), File.ReadAllBytes(Path.Combine(run, file)));
        string[] ids = [.. File.ReadLines(Path.Combine(run, "dataset.jsonl")).Concat(File.ReadLines(Path.Combine(run, "rejections.jsonl"))).Select(line => (string)JsonNode.Parse(line)!["id"]!)];
        Assert.Equal(Tasks(), ids.Length);
        Assert.Equal(Tasks(), ids.Distinct().Count());
        Assert.Equal(Tasks(), File.ReadLines(Path.Combine(run, "ledger.jsonl")).Count());
        Assert.Empty(Directory.EnumerateFiles(run, "*.tmp"));
    }
}

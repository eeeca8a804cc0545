using Bonito.Ctga;
using Bonito.Recipes;

namespace Bonito.Tests.Ctga;

/// <summary>Builds that were stopped, and builds that are not the one that was stopped.</summary>
public sealed class ContinuedBuildTests : IDisposable
{
    readonly BuildFolder folder = new();
    readonly CtgaOptions options;

    public ContinuedBuildTests()
    {
        foreach (string set in (string[])["one", "two", "three"])
            folder.Write($"{set}.jsonl", string.Join('\n', Enumerable.Range(0, 400).Select(i => $$"""{"p": "Set {{set}} has a passage of number {{i}}.", "t": "Title {{i}}"}""")));
        options = folder.Catalogue("sets:\n" + string.Concat(((string[])["one", "two", "three"]).Select(name =>
            $"  - {{name: {name}, licence: CC0, commercial: true, roles: {{context: p, title: t}}, tasks: [text_gen], parts: [{{files: [{name}.jsonl], format: jsonl}}]}}\n")));
    }

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_stopped_build_goes_on_with_the_sets_that_are_left_and_ends_with_the_same_bytes()
    {
        BuildFolder.Run(options with { OutputDirectory = folder.Output + "-whole" });

        Stop(at: "three");
        Assert.True(File.Exists(Path.Combine(folder.Output, "work", "two.json")));
        var read = new List<string?>();
        BuildCtga.Run(options, new Progress(p => read.Add(p.Set)), TestContext.Current.CancellationToken);

        Assert.Equal(["three"], read.Distinct());
        Assert.False(Directory.Exists(Path.Combine(folder.Output, "work")));
        Assert.All(Directory.GetFiles(folder.Output + "-whole"), file => Assert.Equal(File.ReadAllBytes(file), folder.Bytes(Path.GetFileName(file))));
    }

    [Fact]
    public void What_a_kill_leaves_behind_does_no_harm()
    {
        BuildFolder.Run(options with { OutputDirectory = folder.Output + "-whole" });
        Stop(at: "two");
        // As when the process is killed while it writes: halves of files under temporary names, and the rows of a set without its summary.
        string work = Path.Combine(folder.Output, "work");
        Directory.CreateDirectory(Path.Combine(work, "two.store"));
        File.WriteAllBytes(Path.Combine(work, "two.store", "00.bin"), [1, 2, 3]);
        File.WriteAllBytes(Path.Combine(work, "two.rows"), [4, 5]);
        File.WriteAllBytes(Path.Combine(work, "two.rows.part"), [6]);
        File.WriteAllBytes(Path.Combine(folder.Output, "train.jsonl.part"), [7]);
        File.WriteAllBytes(Path.Combine(folder.Output, "train.jsonl"), [8]);

        BuildFolder.Run(options);

        Assert.Equal(Files(folder.Output + "-whole"), Files(folder.Output));
        Assert.All(Directory.GetFiles(folder.Output + "-whole"), file => Assert.Equal(File.ReadAllBytes(file), folder.Bytes(Path.GetFileName(file))));
    }

    [Fact]
    public void A_finished_build_is_not_built_again()
    {
        CtgaSummary first = BuildFolder.Run(options);
        DateTime written = File.GetLastWriteTimeUtc(Path.Combine(folder.Output, "train.jsonl"));
        var seen = new List<CtgaProgress>();

        CtgaSummary second = BuildCtga.Run(options, new Progress(seen.Add), TestContext.Current.CancellationToken);

        Assert.Empty(seen);
        Assert.Equal(written, File.GetLastWriteTimeUtc(Path.Combine(folder.Output, "train.jsonl")));
        Assert.Equal((first.Training, first.Validation), (second.Training, second.Validation));
        Assert.Equal(first.Sets.Select(s => s.Candidates), second.Sets.Select(s => s.Candidates));
    }

    [Fact]
    public void Another_build_in_the_folder_is_refused_with_the_difference()
    {
        Stop(at: "two");

        Assert.Contains("seed: then 42, now 43", Error(options with { Seed = 43 }), StringComparison.Ordinal);
        Assert.Contains("format: then \"jsonl\", now \"parquet\"", Error(options with { Format = CtgaFormat.Parquet }), StringComparison.Ordinal);
        folder.Write("one.jsonl", "{\"p\": \"Another passage is here.\", \"t\": \"x\"}");
        Assert.Contains("sets.one.one.jsonl: then ", Error(options), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_of_something_else_is_left_alone()
    {
        Directory.CreateDirectory(folder.Output);
        File.WriteAllText(Path.Combine(folder.Output, "notes.txt"), "mine");

        Assert.Contains("holds 'notes.txt'", Error(options), StringComparison.Ordinal);
        Assert.Single(Directory.GetFileSystemEntries(folder.Output));
    }

    [Fact]
    public void A_work_folder_of_something_else_is_left_alone()
    {
        string mine = Path.Combine(folder.Output, "work", "mine.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(mine)!);
        File.WriteAllText(mine, "mine");

        Assert.Contains($"holds '{Path.Combine("work", "mine.txt")}'", Error(options), StringComparison.Ordinal);
        Assert.Equal("mine", File.ReadAllText(mine));
    }

    [Fact]
    public void A_start_killed_before_it_wrote_its_configuration_does_no_harm()
    {
        Directory.CreateDirectory(Path.Combine(folder.Output, "work"));
        File.WriteAllText(Path.Combine(folder.Output, "work", "lock"), "");

        BuildFolder.Run(options);

        Assert.False(Directory.Exists(Path.Combine(folder.Output, "work")));
    }

    [Fact]
    public void What_others_put_into_the_work_folder_stays()
    {
        Stop(at: "two");
        string work = Path.Combine(folder.Output, "work"), mine = Path.Combine(work, "mine.txt");
        File.WriteAllText(mine, "mine");

        BuildFolder.Run(options);

        Assert.Equal([mine], Directory.GetFileSystemEntries(work));
    }

    [Fact]
    public void Two_builds_at_once_are_refused()
    {
        string? message = null;
        BuildCtga.Run(
            options, new Progress(p => message ??= Error(options)), TestContext.Current.CancellationToken);

        Assert.Contains("another process is building here", message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_error_in_the_files_leaves_the_finished_sets_for_the_next_start()
    {
        string good = File.ReadAllText(Path.Combine(folder.Sources, "three.jsonl"));
        // As long as it was, so that the build is the same.
        folder.Write("three.jsonl", good[..^1] + "x");
        Assert.Contains("three.jsonl:400", Error(options), StringComparison.Ordinal);
        folder.Write("three.jsonl", good);

        Assert.Equal(3 * 400, BuildFolder.Run(options).Sets.Sum(s => s.Candidates));
    }

    void Stop(string at)
    {
        using var cancelled = new CancellationTokenSource();
        Assert.ThrowsAny<OperationCanceledException>(() => BuildCtga.Run(
            options,
            new Progress(p =>
            {
                if (p.Set == at) cancelled.Cancel();
            }),
            cancelled.Token));
    }

    static string Error(CtgaOptions options) => Assert.Throws<BonitoException>(() => BuildFolder.Run(options)).Message;

    static IEnumerable<string> Files(string path) => Directory.GetFileSystemEntries(path).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    sealed class Progress(Action<CtgaProgress> report) : IProgress<CtgaProgress>
    {
        public void Report(CtgaProgress value) => report(value);
    }
}

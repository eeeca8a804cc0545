using System.Text.Json.Nodes;
using Bonito.Datasets;
using Bonito.Tasks;

namespace Bonito.Tests.Datasets;

public sealed class RunFolderTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    string Run => folder.File("run");

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_run_can_be_continued_with_the_same_configuration()
    {
        using (RunFolder begun = RunFolder.Open(Run, Configuration(), ResumeMode.IfPossible)) begun.Ledger.Append(Entries.Of(0));
        int read = 0;
        using RunFolder continued = RunFolder.Open(Run, Configuration(), ResumeMode.Always, _ => read++);

        Assert.Equal(1, read);
        Assert.True(continued.Ledger.Contains(Entries.Id(0)));
    }

    [Fact]
    public void What_cannot_change_results_may_change()
    {
        RunFolder.Open(Run, Configuration(threads: 2), ResumeMode.IfPossible).Dispose();
        RunFolder.Open(Run, Configuration(threads: 4), ResumeMode.IfPossible).Dispose();
    }

    [Fact]
    public void Another_configuration_is_refused_with_the_difference()
    {
        RunFolder.Open(Run, Configuration(), ResumeMode.IfPossible).Dispose();
        JsonObject other = Configuration(temperature: 0.7f);
        other["model"]!.AsObject().Remove("b");
        other["top_k"] = 3;

        BonitoException e = Assert.Throws<BonitoException>(() => RunFolder.Check(Run, other, ResumeMode.IfPossible));
        Assert.Equal(
            [
                $"{Run}: the run in this folder was begun with another configuration:",
                "  model.b: then \"sha256:22\", now not set",
                "  temperature: then 0.5, now 0.7",
                "  top_k: then not set, now 3",
                "Use what it was begun with to continue it, or name another folder with --output.",
            ],
            e.Message.Split('\n'));
    }

    [Fact]
    public void Always_wants_a_run_and_never_wants_none()
    {
        Assert.Contains("there is no run to continue", Refused(ResumeMode.Always), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Run));
        RunFolder.Open(Run, Configuration(), ResumeMode.Never).Dispose();
        Assert.Contains("there is a run already", Refused(ResumeMode.Never), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_with_other_things_in_it_is_left_alone()
    {
        folder.Write("run/README.md", "mine");

        Assert.Contains("the folder holds 'README.md', but no run", Refused(ResumeMode.IfPossible), StringComparison.Ordinal);
        Assert.Equal(["README.md"], Directory.EnumerateFileSystemEntries(Run).Select(Path.GetFileName));
    }

    [Fact]
    public void A_file_is_no_folder()
    {
        folder.Write("run", "a file");
        Assert.Contains("this is a file", Refused(ResumeMode.IfPossible), StringComparison.Ordinal);
    }

    [Fact]
    public void A_start_killed_before_it_wrote_its_configuration_is_no_run()
    {
        folder.Write("run/ledger.jsonl", "");
        folder.Write("run/config.json.abc.tmp", "{");
        using RunFolder begun = RunFolder.Open(Run, Configuration(), ResumeMode.Never);
        Assert.Equal(["config.json", "ledger.jsonl"], Directory.EnumerateFiles(Run).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void A_ledger_without_configuration_is_refused()
    {
        using (RunFolder begun = RunFolder.Open(Run, Configuration(), ResumeMode.IfPossible)) begun.Ledger.Append(Entries.Of(0));
        File.Delete(Path.Combine(Run, RunFolder.ConfigurationFile));

        Assert.Contains("ledger.jsonl with 1 tasks, but no config.json", Refused(ResumeMode.IfPossible), StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_configuration_is_an_error_that_names_the_file()
    {
        folder.Write("run/config.json", "{\"recipe\":");
        Assert.StartsWith(Path.Combine(Run, "config.json") + ": not what Bonito wrote:", Refused(ResumeMode.IfPossible), StringComparison.Ordinal);
    }

    [Fact]
    public void Finished_is_what_has_its_manifest_and_its_files()
    {
        using (RunFolder begun = RunFolder.Open(Run, Configuration(), ResumeMode.IfPossible))
        {
            for (int i = 0; i < 4; i++) begun.Ledger.Append(Entries.Of(i));
            Assert.Null(RunFolder.Check(Run, Configuration(), ResumeMode.IfPossible));
            begun.Finish(Manifest(begun.WriteData(["absent", Entries.Id(2), Entries.Id(0), Entries.Id(3), Entries.Id(1)])));
        }

        Manifest? finished = RunFolder.Check(Run, Configuration(), ResumeMode.IfPossible);
        Assert.NotNull(finished);
        Assert.Equal(2, finished.Files[RunFolder.DatasetFile].Rows);
        Assert.Equal(2, finished.TaskTypes.Single().Kept);
        Assert.Equal(Entries.Of(2).Kept, RunFolder.ReadFirstExample(Run));
        Assert.Equal(
            Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(Run, RunFolder.DatasetFile)))),
            finished.Files[RunFolder.DatasetFile].Sha256);
        File.WriteAllText(Path.Combine(Run, RunFolder.DatasetFile), "{");
        Assert.Contains("dataset.jsonl: not what Bonito wrote", Assert.Throws<BonitoException>(() => RunFolder.ReadFirstExample(Run)).Message, StringComparison.Ordinal);
        File.Delete(Path.Combine(Run, RunFolder.DatasetFile));
        Assert.Null(RunFolder.Check(Run, Configuration(), ResumeMode.IfPossible));
    }

    [Fact]
    public void All_rows_have_the_same_columns_of_the_same_types()
    {
        using (RunFolder begun = RunFolder.Open(Run, Configuration(), ResumeMode.IfPossible))
        {
            for (int i = 0; i < 6; i++) begun.Ledger.Append(Entries.Of(i, i == 4 ? "\u0001 </script> \u2028 🙂" : "plain"));
            begun.WriteData(Enumerable.Range(0, 6).Select(Entries.Id));
        }
        string[] provenance = ["context:String", "document:String", "context_index:Number", "char_start:Number", "char_end:Number", "sample:Number", "prompt_tokens:Number", "generated_tokens:Number"];
        string[] example = ["id:String", "task_type:String", "input:String", "output:String", .. provenance];
        string[] rejection = ["id:String", "task_type:String", "reason:String", "completion:String", .. provenance];

        Assert.All(Rows(RunFolder.DatasetFile), row => Assert.Equal(example, Columns(row)));
        Assert.All(Rows(RunFolder.RejectionsFile), row => Assert.Equal(rejection, Columns(row)));
        Assert.Equal(3, Rows(RunFolder.DatasetFile).Length);
        Assert.Equal("in: \u0001 </script> \u2028 🙂", (string?)Rows(RunFolder.DatasetFile)[2]["input"]);
    }

    JsonObject[] Rows(string file) => [.. File.ReadLines(Path.Combine(Run, file)).Select(line => JsonNode.Parse(line)!.AsObject())];

    static IEnumerable<string> Columns(JsonObject row) => row.Select(column => $"{column.Key}:{column.Value!.GetValueKind()}");

    string Refused(ResumeMode mode) => Assert.Throws<BonitoException>(() => RunFolder.Open(Run, Configuration(), mode).Dispose()).Message;

    static JsonObject Configuration(float temperature = 0.5f, int threads = 1) => new()
    {
        ["recipe"] = "generate",
        ["model"] = new JsonObject { ["a"] = "sha256:11", ["b"] = "sha256:22" },
        ["context_col"] = "Größe",
        ["temperature"] = temperature,
        [RunFolder.Execution] = new JsonObject { ["threads"] = threads },
    };

    static Manifest Manifest(IReadOnlyDictionary<string, DataFile> files)
    {
        TaskCounts counts = new() { TaskType = TaskType.ExtractiveQuestionAnswering, Requested = 4 };
        for (int i = 0; i < 4; i++) counts.Add(Entries.Of(i));
        return new Manifest("generate", DateTimeOffset.UnixEpoch, new Dictionary<string, string> { ["bonito"] = "1.2.3" }, Configuration(), 1, 4, [counts], files);
    }
}

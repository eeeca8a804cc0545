using System.Text.Json.Nodes;
using Bonito.Datasets;
using Bonito.Documents;
using Bonito.Engine;
using Bonito.Engine.Generation;
using Bonito.Recipes;
using Bonito.Tasks;

namespace Bonito.Tests.Recipes;

public sealed class GenerateTests(GenerateTests.Fixture fixture) : IClassFixture<GenerateTests.Fixture>, IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Every_requested_task_has_one_fate()
    {
        GenerateSummary summary = Run(Options());

        JsonObject[] kept = Rows(RunFolder.DatasetFile), rejected = Rows(RunFolder.RejectionsFile);
        Assert.True(summary.Finished);
        Assert.Equal(fixture.Contexts * 16 * 2, summary.Total);
        Assert.Equal(summary.Total, kept.Length + rejected.Length);
        Assert.Equal(summary.Total, kept.Concat(rejected).Select(row => (string?)row["id"]).Distinct().Count());
        Assert.Equal(summary.Total, File.ReadLines(Output(RunFolder.LedgerFile)).Count());
        Assert.All(summary.Manifest!.TaskTypes, t =>
        {
            Assert.Equal(fixture.Contexts * 2, t.Requested);
            Assert.Equal(t.Requested, t.Kept + t.RejectedTotal);
            Assert.Equal(t.Kept, kept.Count(row => (string?)row["task_type"] == t.TaskType.ShortName));
            Assert.All(t.Rejected, r => Assert.Equal(r.Value, rejected.Count(row => (string?)row["task_type"] == t.TaskType.ShortName && (string?)row["reason"] == r.Key)));
        });
        // The chain writes completions of all these kinds.
        string[] reasons = ["no_pipe", "multiple_pipes", "empty_input", "empty_output", "truncated"];
        Assert.Equal(reasons.Order(), rejected.Select(row => (string?)row["reason"]).Distinct().Order());
        Assert.InRange(kept.Length, summary.Total / 10, summary.Total * 9 / 10);
    }

    [Fact]
    public void Rows_stand_in_the_order_of_contexts_task_types_and_samples()
    {
        Run(Options());

        JsonObject[] rows = Rows(RunFolder.DatasetFile);
        Assert.Equal(
            rows.OrderBy(r => (string?)r["document"], StringComparer.Ordinal).ThenBy(r => (int?)r["context_index"])
                .ThenBy(r => TaskType.All.ToList().IndexOf(TaskType.Parse((string)r["task_type"]!))).ThenBy(r => (int?)r["sample"]).Select(r => (string?)r["id"]),
            rows.Select(r => (string?)r["id"]));
    }

    [Fact]
    public void A_row_says_where_its_context_is_and_what_the_generator_made_of_it()
    {
        Run(Options());

        Assert.All(Rows(RunFolder.DatasetFile), row =>
        {
            string text = fixture.Texts[(string)row["document"]!], context = (string)row["context"]!;
            Assert.Equal(context, text[(int)row["char_start"]!..(int)row["char_end"]!].Trim());
            Assert.DoesNotContain(BonitoPrompt.ContextPlaceholder, (string)row["input"]! + (string)row["output"]!, StringComparison.Ordinal);
            Assert.DoesNotContain(BonitoPrompt.PipeMarker, (string)row["input"]! + (string)row["output"]!, StringComparison.Ordinal);
        });
        Assert.Contains(Rows(RunFolder.DatasetFile), row => ((string)row["input"]!).Contains((string)row["context"]!, StringComparison.Ordinal));
        Assert.All(
            Rows(RunFolder.RejectionsFile).Where(row => (string?)row["reason"] == "no_pipe"),
            row => Assert.DoesNotContain(BonitoPrompt.PipeMarker, (string)row["completion"]!, StringComparison.Ordinal));
    }

    [Fact]
    public void Neither_batch_size_nor_threads_change_a_byte()
    {
        Run(Options() with { BatchSize = 7, Threads = 2 });
        byte[] dataset = File.ReadAllBytes(Output(RunFolder.DatasetFile)), rejections = File.ReadAllBytes(Output(RunFolder.RejectionsFile));
        Run(Options("other") with { BatchSize = 1, Threads = 1 });

        Assert.Equal(dataset, File.ReadAllBytes(Output(RunFolder.DatasetFile, "other")));
        Assert.Equal(rejections, File.ReadAllBytes(Output(RunFolder.RejectionsFile, "other")));
    }

    [Fact]
    public void A_constrained_generator_writes_tasks_or_runs_into_the_limit()
    {
        // 200 tokens are enough for most.
        GenerateOptions options = Options() with { Constrain = true, Samples = 3, Sampling = Options().Sampling with { MaxTokens = 200 } };
        GenerateSummary summary = Run(options);

        JsonObject[] kept = Rows(RunFolder.DatasetFile), rejected = Rows(RunFolder.RejectionsFile);
        Assert.True((bool?)summary.Manifest!.Configuration["constrain"]);
        Assert.InRange(kept.Length, summary.Total * 8 / 10, summary.Total);
        Assert.All(rejected, row => Assert.Equal("truncated", (string?)row["reason"]));
        Assert.All(rejected, row => Assert.Equal(200, (int?)row["generated_tokens"]));
        string[] answers = [.. Of("ynqa").Select(row => (string)row["output"]!)];
        Assert.Equal(["No", "Yes", "no", "yes"], answers.Distinct().Order(StringComparer.Ordinal));
        Assert.All(Of("exqa").Where(row => (int?)row["generated_tokens"] < 200), row => Assert.True(Quotes((string)row["context"]!, (string)row["output"]!), row.ToJsonString()));

        JsonObject[] free = FreeRows();
        Assert.Contains(free, row => (string?)row["task_type"] == "ynqa" && !answers.Contains((string?)row["output"]));
        Assert.Contains(free, row => (string?)row["task_type"] == "exqa" && !Quotes((string)row["context"]!, (string)row["output"]!));

        JsonObject[] Of(string taskType) => [.. kept.Where(row => (string?)row["task_type"] == taskType)];

        JsonObject[] FreeRows()
        {
            Run(options with { Constrain = false, OutputFolder = folder.File("free") });
            return Rows(RunFolder.DatasetFile, "free");
        }

        // Whole words: a letter at its end has none beside it.
        static bool Quotes(string context, string output)
        {
            for (int at = context.IndexOf(output, StringComparison.Ordinal); at >= 0; at = context.IndexOf(output, at + 1, StringComparison.Ordinal))
            {
                int end = at + output.Length;
                if ((at == 0 || !char.IsLetterOrDigit(output[0]) || !char.IsLetterOrDigit(context[at - 1]))
                    && (end == context.Length || !char.IsLetterOrDigit(output[^1]) || !char.IsLetterOrDigit(context[end]))) return true;
            }
            return false;
        }
    }

    [Fact]
    public void Constraints_do_not_depend_on_the_batch_either()
    {
        Run(Options() with { Constrain = true, BatchSize = 7, Threads = 2 });
        Run(Options("other") with { Constrain = true, BatchSize = 1, Threads = 1 });

        foreach (string file in (string[])[RunFolder.DatasetFile, RunFolder.RejectionsFile])
            Assert.Equal(File.ReadAllBytes(Output(file)), File.ReadAllBytes(Output(file, "other")));
    }

    [Fact]
    public void More_samples_and_more_task_types_leave_the_others_as_they_are()
    {
        Run(Options());
        Run(Options("other") with { Samples = 1, TaskTypes = [TaskType.Sentiment, TaskType.YesNoQuestionAnswering] });

        IEnumerable<JsonObject> expected = Rows(RunFolder.DatasetFile).Where(row => (int?)row["sample"] == 0 && (string?)row["task_type"] is ("ynqa" or "sentiment"));
        Assert.Equal(expected.Select(row => row.ToJsonString()), Rows(RunFolder.DatasetFile, "other").Select(row => row.ToJsonString()));
    }

    [Fact]
    public void Another_seed_gives_other_tasks()
    {
        Run(Options());
        Run(Options("other") with { Sampling = Options().Sampling with { Seed = 43 } });

        Assert.NotEqual(File.ReadAllBytes(Output(RunFolder.DatasetFile)), File.ReadAllBytes(Output(RunFolder.DatasetFile, "other")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(100)]
    public void A_stopped_run_continues_to_the_same_bytes(int after)
    {
        Run(Options("whole"));
        using CancellationTokenSource stop = new();
        if (after == 0) stop.Cancel();
        GenerateSummary stopped = Generate.Run(Options(), null, p => { if (p.DoneNow == after) stop.Cancel(); }, stop.Token);
        Assert.False(stopped.Finished);
        Assert.InRange(stopped.Done, after, after + Options().BatchSize);
        Assert.Equal(stopped.Done, File.ReadLines(Output(RunFolder.LedgerFile)).Count());
        Assert.False(File.Exists(Output(RunFolder.DatasetFile)));

        GeneratePlan? plan = null;
        GenerateSummary finished = Generate.Run(Options() with { BatchSize = 5 }, p => plan = p, null, CancellationToken.None);
        Assert.Equal(stopped.Done, plan!.Done);
        Assert.Equal(finished.Total, finished.Done);
        Assert.Equal(File.ReadAllBytes(Output(RunFolder.DatasetFile, "whole")), File.ReadAllBytes(Output(RunFolder.DatasetFile)));
        Assert.Equal(File.ReadAllBytes(Output(RunFolder.RejectionsFile, "whole")), File.ReadAllBytes(Output(RunFolder.RejectionsFile)));
    }

    [Fact]
    public void A_finished_run_is_left_as_it_is()
    {
        GenerateSummary first = Run(Options());
        Dictionary<string, DateTime> before = Times();
        bool told = false;
        GenerateSummary again = Generate.Run(Options(), _ => told = true, _ => told = true, CancellationToken.None);

        Assert.False(told);
        Assert.Equal(before, Times());
        Assert.Equal(first.Example, again.Example);
        Assert.Equal(first.Manifest!.TaskTypes.Select(t => (t.TaskType, t.Kept, t.Seconds)), again.Manifest!.TaskTypes.Select(t => (t.TaskType, t.Kept, t.Seconds)));

        Dictionary<string, DateTime> Times() => Directory.EnumerateFiles(folder.File("run")).ToDictionary(f => f, File.GetLastWriteTimeUtc);
    }

    [Fact]
    public void The_seconds_of_all_tasks_are_no_more_than_the_run_took()
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        GenerateSummary summary = Run(Options());

        double seconds = summary.Manifest!.TaskTypes.Sum(t => t.Seconds);
        Assert.InRange(seconds, 1e-3, System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    [Theory]
    [InlineData("seed", "then 42, now 7")]
    [InlineData("inputs.b.txt", "then \"sha256:")]
    [InlineData("model.model.safetensors", "then \"sha256:")]
    [InlineData("task_type", "now [\"nli\"]")]
    [InlineData("constrain", "then false, now true")]
    public void Another_configuration_is_refused(string what, string difference)
    {
        GenerateOptions options = Options();
        string inputs = CopyFolder(fixture.Documents, "inputs"), model = CopyFolder(fixture.Model, "model");
        options = options with { Inputs = [inputs], ModelFolder = model, MaxContexts = 1 };
        Run(options);
        switch (what)
        {
            case "seed": options = options with { Sampling = options.Sampling with { Seed = 7 } }; break;
            case "task_type": options = options with { TaskTypes = [TaskType.NaturalLanguageInference] }; break;
            case "constrain": options = options with { Constrain = true }; break;
            case "inputs.b.txt": File.AppendAllText(Path.Combine(inputs, "b.txt"), "more"); break;
            default: File.AppendAllText(Path.Combine(model, "model.safetensors"), "more"); break;
        }

        BonitoException e = Assert.Throws<BonitoException>(() => Run(options));
        Assert.Contains("was begun with another configuration", e.Message, StringComparison.Ordinal);
        string line = Assert.Single(e.Message.Split('\n'), l => l.StartsWith("  ", StringComparison.Ordinal));
        Assert.StartsWith($"  {what}: ", line, StringComparison.Ordinal);
        Assert.Contains(difference, line, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_task_types_those_of_the_model_are_taken()
    {
        string model = CopyFolder(fixture.Model, "model");
        File.WriteAllText(Path.Combine(model, "bonito.json"), "{\"task_types\": [\"nli\", \"extractive question answering\"]}");
        GeneratePlan? plan = null;
        GenerateSummary summary = Generate.Run(Options() with { ModelFolder = model }, p => plan = p, null, CancellationToken.None);
        Assert.Equal(["exqa", "nli"], summary.Manifest!.TaskTypes.Select(t => t.TaskType.ShortName));
        Assert.Empty(plan!.UntrainedTaskTypes);

        Generate.Run(Options("other") with { ModelFolder = model, TaskTypes = [TaskType.Sentiment, TaskType.NaturalLanguageInference] }, p => plan = p, null, CancellationToken.None);
        Assert.Equal([TaskType.Sentiment], plan.UntrainedTaskTypes);
    }

    [Theory]
    [InlineData("{\"task_types\": [\"nli\", \"sentimant\"]}", "bonito.json: unknown task type 'sentimant'; did you mean 'sentiment'?")]
    [InlineData("{\"task_types\": \"nli\"}", "bonito.json: task_types must be a list")]
    [InlineData("{\"frequency_penalty\": 2.5}", "bonito.json: frequency_penalty must be a number from -2 to 2, got 2.5")]
    [InlineData("{\"frequency_penalty\": \"high\"}", "bonito.json: frequency_penalty must be a number from -2 to 2, got \"high\"")]
    [InlineData("[]", "bonito.json: expected a JSON object")]
    [InlineData("{", "bonito.json: not JSON")]
    public void A_bad_model_card_is_an_error(string json, string message)
    {
        string model = CopyFolder(fixture.Model, "model");
        File.WriteAllText(Path.Combine(model, "bonito.json"), json);

        Assert.Contains(message, Assert.Throws<BonitoException>(() => Run(Options() with { ModelFolder = model })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_context_that_leaves_no_room_in_the_window_is_a_rejection()
    {
        string model = folder.File("small");
        ChainModel.Save(model, window: 400);
        string inputs = folder.File("inputs");
        folder.Write("inputs/short.txt", "A short text.");
        folder.Write("inputs/long.txt", string.Concat(Enumerable.Repeat("many words ", 80)));
        GenerateSummary summary = Run(Options() with { ModelFolder = model, Inputs = [inputs], Contexts = new ChunkOptions(2000), TaskTypes = [TaskType.Summarization] });

        JsonObject[] rejected = [.. Rows(RunFolder.RejectionsFile).Where(row => (string?)row["reason"] == "context_too_long")];
        Assert.Equal(["long.txt", "long.txt"], rejected.Select(row => (string?)row["document"]));
        Assert.All(rejected, row => Assert.Equal("", (string?)row["completion"]));
        Assert.All(rejected, row => Assert.InRange((int)row["prompt_tokens"]!, 400, 2000));
        Assert.Equal(4, summary.Manifest!.TaskTypes.Single().Requested);
        Assert.Equal(2, summary.Manifest.TaskTypes.Single().RejectedFor(RejectionReason.ContextTooLong));
    }

    [Fact]
    public void Only_the_first_contexts_are_used_if_so_wanted()
    {
        GenerateSummary summary = Run(Options() with { MaxContexts = 3 });
        Assert.Equal(3, summary.Manifest!.Contexts);
        Assert.Equal(3 * 16 * 2, summary.Total);
    }

    [Fact]
    public void Inputs_without_text_are_an_error_and_make_no_folder()
    {
        folder.Write("inputs/blank.txt", " \n\n");
        Assert.Contains("no text", Assert.Throws<BonitoException>(() => Run(Options() with { Inputs = [folder.File("inputs")] })).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void A_model_that_does_not_load_leaves_no_folder()
    {
        string model = CopyFolder(fixture.Model, "model");
        using (FileStream weights = File.OpenWrite(Path.Combine(model, "model.safetensors"))) weights.SetLength(weights.Length - 100);

        Assert.Throws<EngineException>(() => Run(Options() with { ModelFolder = model }));
        Assert.Contains("There is no model folder", Assert.Throws<BonitoException>(() => Run(Options() with { ModelFolder = folder.File("none") })).Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Fact]
    public void A_ledger_of_another_run_is_refused()
    {
        using CancellationTokenSource stop = new();
        Generate.Run(Options(), null, p => { if (p.DoneNow == 3) stop.Cancel(); }, stop.Token);
        File.WriteAllText(Output(RunFolder.LedgerFile), File.ReadAllText(Output(RunFolder.LedgerFile)).Replace("-exqa-", "-other-", StringComparison.Ordinal));

        Assert.Contains("tasks are not of this run", Assert.Throws<BonitoException>(() => Run(Options())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 8, null, "samples must be at least 1, got 0")]
    [InlineData(1, 0, null, "batch-size must be at least 1, got 0")]
    [InlineData(1, 8, 0, "threads must be at least 1, got 0")]
    public void Options_out_of_their_range_are_an_error(int samples, int batchSize, int? threads, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<BonitoException>(() => Run(Options() with { Samples = samples, BatchSize = batchSize, Threads = threads })).Message,
            StringComparison.Ordinal);

    GenerateOptions Options(string output = "run") => new()
    {
        Inputs = [fixture.Documents],
        ModelFolder = fixture.Model,
        OutputFolder = folder.File(output),
        Contexts = new ChunkOptions(160, 20),
        Samples = 2,
        // So that there is something to reject.
        Constrain = false,
        Sampling = new SamplingOptions { MaxTokens = 32, Temperature = 1, TopP = 1 },
        Threads = 1,
    };

    static GenerateSummary Run(GenerateOptions options) => Generate.Run(options, null, null, CancellationToken.None);

    string Output(string file, string output = "run") => Path.Combine(folder.File(output), file);

    JsonObject[] Rows(string file, string output = "run") => [.. File.ReadLines(Output(file, output)).Select(line => JsonNode.Parse(line)!.AsObject())];

    string CopyFolder(string from, string name)
    {
        string to = folder.File(name);
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
        return to;
    }

    /// <summary>A generator and documents, made once.</summary>
    public sealed class Fixture : IDisposable
    {
        readonly TemporaryFolder folder = new();

        public Fixture()
        {
            ChainModel.Save(Model);
            foreach ((string name, string text) in Texts) folder.Write($"documents/{name}", text);
            GenerateSummary summary = Generate.Run(
                new GenerateOptions
                {
                    Inputs = [Documents],
                    ModelFolder = Model,
                    OutputFolder = folder.File("count"),
                    Contexts = new ChunkOptions(160, 20),
                    TaskTypes = [TaskType.Sentiment],
                    Sampling = new SamplingOptions { MaxTokens = 1 },
                },
                null, null, CancellationToken.None);
            Contexts = summary.Manifest!.Contexts;
            Assert.InRange(Contexts, 4, 8);
        }

        public string Model => folder.File("model");

        public string Documents => folder.File("documents");

        public IReadOnlyDictionary<string, string> Texts { get; } = new Dictionary<string, string>
        {
            ["a.txt"] = Passages.Document(2, seed: 1),
            ["b.txt"] = Passages.Document(1, seed: 2),
        };

        public int Contexts { get; }

        public void Dispose() => folder.Dispose();
    }
}

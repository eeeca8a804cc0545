using System.Text.Json.Nodes;
using Bonito.Tests;

namespace Bonito.Cli.Tests;

/// <summary>The shipped model adapted by each method and objective, continued, refused, merged and used, through the built command.</summary>
public sealed class AdaptTests : IDisposable
{
    static readonly string Mini = FindModel();
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("full", "instruct")]
    [InlineData("lora", "instruct")]
    [InlineData("qlora", "instruct")]
    [InlineData("lora", "tapt")]
    public void Each_method_leaves_a_run_that_says_what_was_done(string method, string objective)
    {
        WriteDataset();
        Success(Arguments("run", method, "--objective", objective));

        string[] expected = ["checkpoints", "config.json", "lock", "manifest.json", "metrics.jsonl", "report.html", "samples.jsonl", method == "full" ? "model" : "adapter"];
        Assert.Equal(expected.Order(), Directory.GetFileSystemEntries(folder.File("run")).Select(Path.GetFileName).Order());
        JsonNode manifest = Json("run/manifest.json"), configuration = Json("run/config.json");
        Assert.Equal(["recipe", "bonito", "data", "model", "method", "training", "execution"], configuration.AsObject().Select(member => member.Key));
        Assert.Equal((method, objective, 7), ((string?)configuration["method"]!["name"], (string?)configuration["data"]!["objective"], (int?)configuration["training"]!["seed"]));
        // The preset's and the user's.
        Assert.Equal((0.3f, 0.02f), ((float?)configuration["training"]!["max_grad_norm"], (float?)configuration["training"]!["learning_rate"]));
        Assert.Equal(2, (int?)manifest["steps"]);
        JsonNode rows = manifest["training_rows"]!;
        Assert.Equal((long)rows["read"]!, (long)rows["used"]! + rows["left_out"]!.AsObject().Sum(reason => (long)reason.Value!));
        Assert.True((long)manifest["validation_rows"]!["used"]! > 0);
        Assert.True(method == "full" ? (long)manifest["trainable_parameters"]! == (long)manifest["parameters"]! : (long)manifest["trainable_parameters"]! < (long)manifest["parameters"]! / 2);
        JsonNode[] samples = [.. File.ReadLines(folder.File("run/samples.jsonl")).Select(line => JsonNode.Parse(line)!)];
        Assert.Equal([1, 2], samples.Select(sample => (int)sample["step"]!).Distinct());
        Assert.Equal(["step", "id", "task_type", "prompt", "reference", "completion"], samples[0].AsObject().Select(member => member.Key));
        if (method != "full") Assert.True(File.Exists(folder.File("run/adapter/adapter_config.json")) && File.Exists(folder.File("run/adapter/adapter_model.safetensors")));
    }

    [Fact]
    public void A_finished_run_is_left_as_it_is_and_another_configuration_is_refused()
    {
        WriteDataset();
        Success(Arguments("run", "lora"));
        DateTime written = File.GetLastWriteTimeUtc(folder.File("run/manifest.json"));
        Success([.. Arguments("run", "lora"), "--threads", "1", "--save-steps", "50"]);
        Assert.Equal(written, File.GetLastWriteTimeUtc(folder.File("run/manifest.json")));

        Refused("training.weight_decay: then 0, now 0.1", [.. Arguments("run", "lora"), "--weight-decay", "0.1"]);
        Refused("method.name: then \"lora\", now \"qlora\"", Arguments("run", "qlora"));
        File.AppendAllText(folder.File("tasks.jsonl"), """{"input": "More?", "output": "No."}""" + "\n");
        Refused("data.train.tasks.jsonl: then", Arguments("run", "lora"));
        File.WriteAllText(folder.File("notes.txt"), "mine");
        Refused("but no run. A run needs a new or empty folder", Arguments(".", "lora"));
    }

    [Fact]
    public void A_dry_run_says_what_it_would_take_and_writes_nothing()
    {
        WriteDataset();
        CliResult result = Cli.Run([.. Arguments("run", "lora"), "--dry-run"]);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Matches(@"training +\d+ of 41 rows used.*1 left out: empty output", result.Output);
        Assert.Matches(@"memory +[0-9.]+ GiB of [0-9.,]+ GiB available: weights [0-9.]+ GiB, .* tokens [0-9.]+ GiB, process 0.15 GiB", result.Output);
        Assert.Matches(@"time +about ", result.Output);
        Assert.Contains("held out of the training rows by passage", result.Output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.File("run")));
    }

    [Theory]
    [InlineData("merged")]
    [InlineData("merged.gguf")]
    public void A_merged_adapter_computes_what_it_did_beside_its_base(string output)
    {
        WriteDataset();
        Success(Arguments("run", "lora"));
        JsonNode merged = JsonNode.Parse(Success("model", "merge", Mini, folder.File("run"), folder.File(output), "--type", "F32", "--json"))!;
        Assert.True((double)merged["parity"]!["largest_difference"]! <= (double)merged["limit"]!);
        Assert.Equal(1, (double)merged["parity"]!["same_top"]!);

        string[] score = ["model", "score", "--prompt", "The river rose.", "-c", " It fell.", "--json", "--model"];
        double with = Sum(Success([.. score, Mini, "--adapter", folder.File("run")])), without = Sum(Success([.. score, Mini])), after = Sum(Success([.. score, folder.File(output)]));
        Assert.InRange(Math.Abs(after - without), 1e-3, double.PositiveInfinity);
        Assert.InRange(Math.Abs(after - with), 0, Math.Abs(after - without) / 50);

        if (output == "merged")
        {
            string document = folder.Write("document.txt", "The river port handled 41 ships in May. Each of them waited for the tide.");
            string[] generate = ["generate", document, "--task-type", "exqa", "--max-tokens", "8", "--temperature", "0", "--output"];
            Success([.. generate, folder.File("beside"), "--model", Mini, "--adapter", folder.File("run")]);
            Success([.. generate, folder.File("within"), "--model", folder.File(output)]);
            Assert.Equal(Tasks("beside"), Tasks("within"));
        }

        string[] Tasks(string run) => [.. ((string[])["dataset.jsonl", "rejections.jsonl"]).SelectMany(file => File.ReadLines(Path.Combine(folder.File(run), file)))];

        static double Sum(string json) => (double)JsonNode.Parse(json)!["continuations"]![0]!["sum"]!;
    }

    [Fact]
    public void What_cannot_be_is_told_at_once()
    {
        WriteDataset();
        Usage("weight-decay", [.. Arguments("run", "lora"), "--weight-decay", "-1"]);
        Usage("the objective tapt learns raw text, not the format alpaca", [.. Arguments("run", "lora"), "--objective", "tapt", "--format", "alpaca"]);
        Usage("which needs a model to stand beside", "train", "--data", folder.File("tasks.jsonl"), "--output", folder.File("run"), "--method", "lora");
        Refused("has no chat template", [.. Arguments("run", "lora"), "--prompt-format", "chat"]);
        Refused("'model.layers.0.none'", [.. Arguments("run", "lora"), "--target-modules", "model.layers.0.none"]);
        Refused("'model.layers.0.none'", [.. Arguments("run", "lora"), "--target-modules", "model.layers.0.none", "--dry-run"]);
        Refused("Training needs", [.. Arguments("run", "lora").Select(argument => argument == "4" ? "1000000" : argument)]);
        File.WriteAllText(folder.File("none.jsonl"), """{"input": " ", "output": "x"}""" + "\n");
        Refused("none.jsonl has no row to validate on: of 1 rows 1 ", [.. Arguments("run", "lora"), "--validation", folder.File("none.jsonl")]);
        // The corrected command may use the folder.
        Assert.False(Directory.Exists(folder.File("run")));
        Success(Arguments("run", "lora"));
    }

    string[] Arguments(string run, string method, params string[] more) =>
    [
        "adapt", "--dataset", folder.File("tasks.jsonl"), "--base", Mini, "--method", method, "--output", folder.File(run), "--max-steps", "2", "--batch-size", "2",
        "--gradient-accumulation-steps", "1", "--sample-steps", "1", "--eval-steps", "2", "--learning-rate", "0.02", "--lr-scheduler-type", "Constant", "--lora-rank", "4", "--seed", "7", .. more,
    ];

    void WriteDataset() => File.WriteAllLines(
        folder.File("tasks.jsonl"),
        Enumerable.Range(0, 41).Select(i =>
            $$"""{"id": "task-{{i}}", "task_type": "{{(i % 2 == 0 ? "exqa" : "ynqa")}}", "input": "Pier {{i / 2}} took {{i}} ships.\nHow many?", "output": "{{(i == 5 ? "" : $"{i} ships")}}", "context": "Pier {{i / 2}} took {{i}} ships."}"""));

    JsonNode Json(string name) => JsonNode.Parse(File.ReadAllText(folder.File(name)))!;

    static string Success(params string[] arguments)
    {
        CliResult result = Cli.Run(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return result.Output;
    }

    static void Refused(string problem, params string[] arguments)
    {
        CliResult result = Cli.Run(arguments);
        Assert.Equal(1, result.ExitCode);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("this should not have happened", result.Error, StringComparison.Ordinal);
    }

    static void Usage(string problem, params string[] arguments)
    {
        CliResult result = Cli.Run(arguments);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(problem, result.Error, StringComparison.Ordinal);
    }

    static string FindModel()
    {
        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string model = Path.Combine(at.FullName, "models", "bonito-mini");
            if (Directory.Exists(model)) return model;
        }
        throw new DirectoryNotFoundException("models/bonito-mini is in no folder above " + AppContext.BaseDirectory);
    }
}

using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bonito.Adaptation;
using Bonito.Tests.Adaptation.Reports;

namespace Bonito.Tests.Adaptation;

public sealed partial class TrainingReportTests : IDisposable
{
    readonly TemporaryFolder run = new();

    public void Dispose() => run.Dispose();

    [Fact]
    public void A_finished_run_is_shown_whole()
    {
        TrainingRunFiles.WriteConfiguration(run, 200);
        TrainingRunFiles.WriteMetrics(run, 200);
        TrainingRunFiles.WriteSamples(run, 50, 100);
        TrainingRunFiles.WriteManifest(run, 200);
        JsonNode page = Data(Write());
        Assert.Equal("QLoRA of base-7b on insurance-tasks", (string?)page["title"]);
        Assert.Equal(("finished", "Finished after 200 steps. What was trained is in the folder adapter."), ((string?)page["state"]!["kind"], (string?)page["state"]!["text"]));
        Assert.Equal("200, of 200, 0.2 epochs", $"{Fact(page, "Steps")["value"]}, {Fact(page, "Steps")["note"]}");
        Assert.Equal(("819 k", "819,200"), ((string?)Fact(page, "Tokens")["value"], (string?)Fact(page, "Tokens")["note"]));
        Assert.Equal("14 min 20 s", (string?)Fact(page, "Time")["value"]);
        Assert.Equal(("6.20 GB", "resident, at step 200"), ((string?)Fact(page, "Peak memory")["value"], (string?)Fact(page, "Peak memory")["note"]));
        Assert.Equal("at step 200", (string?)Fact(page, "Last validation loss")["note"]);
        Assert.StartsWith("at step 200; perplexity 3.4", (string?)Fact(page, "Best validation loss")["note"], StringComparison.Ordinal);
        Assert.Equal(
            ["epoch", "gradient_norm", "gradient_norm_smoothed", "learning_rate", "loss", "loss_smoothed", "resident_bytes", "seconds", "target_loss", "target_loss_smoothed", "tokens", "tokens_per_second", "tokens_per_second_smoothed", "validation_loss"],
            page["curves"]!.AsObject().Select(c => c.Key));
        Assert.Equal([50, 100, 150, 200], page["curves"]!["validation_loss"]!["steps"]!.AsArray().Select(s => (int)s!));
        Assert.Equal(0.3, (double?)page["clip"]);
        Assert.Equal(["read: 12,500", "used: 12,400", "left out: longer than window: 100"], Entries(page["data"]!, "rows to train on"));
        Assert.Equal(["name: qlora", "lora.rank: 64", "lora.target_modules: q_proj, v_proj"], Entries(page["configuration"]!, "method"));
        Assert.Equal(["max_steps: 200", "num_train_epochs: none", "max_grad_norm: 0.3", "group_by_length: yes"], Entries(page["configuration"]!, "training"));
        Assert.Equal(["bonito: 0.1.0", "dotnet: .NET 10"], Entries(page["about"]!, "the run was finished by"));
        Assert.Empty(page["notes"]!.AsArray());
    }

    [Fact]
    public void Text_that_looks_like_markup_neither_breaks_the_page_nor_runs()
    {
        TrainingRunFiles.WriteConfiguration(run, 200, TrainingRunFiles.Hostile);
        TrainingRunFiles.WriteMetrics(run, 3);
        TrainingRunFiles.WriteSamples(run, 1);
        string html = Write("</script><script>alert(1)</script>");
        Assert.Equal(3, Scripts().Count(html));
        Assert.Contains("<title>QLoRA of base-7b on title&gt; 魚", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<img", html, StringComparison.Ordinal);
        JsonNode page = Data(html);
        Assert.Equal(TrainingRunFiles.Hostile, (string?)page["samples"]!["prompts"]![1]!["completions"]![0]!["text"]);
        Assert.Contains("魚", html, StringComparison.Ordinal);
        Assert.Contains("Stopped by an error at step 3 of 200: </script><script>alert(1)</script>\n", (string?)page["state"]!["text"], StringComparison.Ordinal);
    }

    [Fact]
    public void An_unfinished_run_says_how_to_go_on_and_what_is_not_there()
    {
        TrainingRunFiles.WriteConfiguration(run, 20_000);
        TrainingRunFiles.WriteMetrics(run, 1234);
        File.AppendAllText(run.File("metrics.jsonl"), "{\"step\":1235,\"lo");
        Directory.CreateDirectory(run.File("checkpoints/step-00000500"));
        Directory.CreateDirectory(run.File("checkpoints/step-00001000"));
        Directory.CreateDirectory(run.File("checkpoints/step-00001500.tmp"));
        JsonNode page = Data(Write());
        Assert.Equal(
            "Not finished: at step 1,234 of 20,000 when this page was written. If the run is not training any more, the same command goes on from the checkpoint of step 1,000.",
            (string?)page["state"]!["text"]);
        Assert.Null(page["samples"]);
        Assert.Equal(
            [
                "manifest.json is not there: it is written last, when the run is finished.",
                "metrics.jsonl: line 1,235 left out: torn, or not what Bonito writes.",
                "samples.jsonl is not there: no sample generations were written yet.",
            ],
            page["notes"]!.AsArray().Select(n => (string?)n));
    }

    [Fact]
    public void A_run_without_its_first_step_or_with_torn_files_has_a_report()
    {
        run.Write("config.json", "{\"training\": {\"max_st");
        run.Write("metrics.jsonl", "");
        run.Write("manifest.json", "[]");
        JsonNode page = Data(Write());
        Assert.Equal($"Training run {Path.GetFileName(run.Path)}", (string?)page["title"]);
        Assert.Equal("Not finished: before its first step when this page was written. If the run is not training any more, the same command begins again, as there is no checkpoint yet.", (string?)page["state"]!["text"]);
        Assert.StartsWith("config.json is left out: it is torn or no JSON", (string?)page["notes"]![0], StringComparison.Ordinal);
        Assert.Equal("manifest.json is left out: it is no JSON object.", (string?)page["notes"]![1]);
    }

    [Fact]
    public void A_long_run_with_long_texts_stays_small()
    {
        TrainingRunFiles.WriteConfiguration(run, 100_000);
        TrainingRunFiles.WriteMetrics(run, 100_000);
        string passage = string.Concat(Enumerable.Repeat("Der Fluss \"steht\" hoch. ", 100));
        run.Write("samples.jsonl", string.Concat(Enumerable.Range(1, 20).SelectMany(s => Enumerable.Range(0, 13).Select(i => JsonSerializer.Serialize(new { step = s * 5000, id = $"row-{i}", prompt = passage, reference = passage, completion = passage }) + "\n"))));
        Write();
        Assert.InRange(new FileInfo(run.File(TrainingReport.FileName)).Length, 100_000, 300_000);
    }

    [Fact]
    public void Where_only_targets_count_there_is_one_curve_of_the_loss()
    {
        run.Write("metrics.jsonl", "{\"step\":1,\"loss\":2,\"target_loss\":2}\n{\"step\":2,\"loss\":1,\"target_loss\":1}\n");
        JsonNode page = Data(Write());
        Assert.Equal(["target_loss", "target_loss_smoothed"], page["curves"]!.AsObject().Select(c => c.Key));
        Assert.Contains("Only target tokens count in the loss, so training loss and target loss are one curve.", page["notes"]!.AsArray().Select(n => (string?)n));
    }

    [Fact]
    public void Folders_without_a_training_run_are_refused()
    {
        string missing = run.File("nowhere");
        Assert.Equal($"{missing}: there is no such folder. Name the run folder of 'bonito train' or 'bonito adapt'.", Assert.Throws<BonitoException>(() => TrainingReport.Write(missing)).Message);
        run.Write("config.json", "{\"recipe\": \"generate\"}");
        Assert.Contains("there is no training run", Assert.Throws<BonitoException>(() => TrainingReport.Write(run.Path)).Message, StringComparison.Ordinal);
        Assert.False(File.Exists(run.File(TrainingReport.FileName)));
    }

    string Write(string? error = null)
    {
        string path = TrainingReport.Write(run.Path, error);
        Assert.Equal(run.File("report.html"), path);
        return File.ReadAllText(path);
    }

    static JsonNode Data(string html) => JsonNode.Parse(DataElement().Match(html).Groups[1].Value)!;

    static JsonNode Fact(JsonNode page, string label) => page["facts"]!.AsArray().Single(f => (string?)f!["label"] == label)!;

    static IEnumerable<string> Entries(JsonNode sections, string title) =>
        sections.AsArray().Single(s => (string?)s!["title"] == title)!["entries"]!.AsArray().Select(e => $"{e!["name"]}: {e["value"]}");

    [GeneratedRegex("<script type=\"application/json\" id=\"report-data\">(.*?)</script>", RegexOptions.Singleline)]
    private static partial Regex DataElement();

    [GeneratedRegex("<script", RegexOptions.IgnoreCase)]
    private static partial Regex Scripts();
}

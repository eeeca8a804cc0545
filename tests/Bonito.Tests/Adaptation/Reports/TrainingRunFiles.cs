using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bonito.Tests.Adaptation.Reports;

/// <summary>Writes the files of a training run as the trainer and the recipes write them.</summary>
static class TrainingRunFiles
{
    /// <summary>What would end the script or the comment of a careless page, and run.</summary>
    public const string Hostile = "</script><script>document.title = 'taken over'</script><img src=x onerror=alert(1)> --> {{data}} & \"quoted\" 'too' \u2028 </title> 魚 🐟";

    public static void WriteConfiguration(TemporaryFolder run, int maxSteps, string data = "insurance-tasks") => run.Write("config.json", new JsonObject
    {
        ["recipe"] = "adapt",
        ["data"] = new JsonObject { ["train"] = new JsonObject { ["train.jsonl"] = "sha256:00" }, ["objective"] = "instruct" },
        ["method"] = new JsonObject { ["name"] = "qlora", ["lora"] = new JsonObject { ["rank"] = 64, ["target_modules"] = new JsonArray("q_proj", "v_proj") } },
        ["training"] = new JsonObject { ["max_steps"] = maxSteps, ["num_train_epochs"] = null, ["max_grad_norm"] = 0.3, ["group_by_length"] = true },
        ["execution"] = new JsonObject { ["data"] = $"/data/{data}", ["base"] = "owner/base-7b" },
    }.ToJsonString());

    /// <summary>A loss that falls, with the noise of single steps; validated at every 50th.</summary>
    public static void WriteMetrics(TemporaryFolder run, int steps)
    {
        Random random = new(1);
        using StreamWriter writer = new(run.File("metrics.jsonl"));
        for (int step = 1; step <= steps; step++)
        {
            double loss = 1.5 + 6 * Math.Exp(-8.0 * step / steps);
            writer.WriteLine(JsonSerializer.Serialize(new
            {
                step,
                epoch = step / 1000.0,
                loss = loss + random.NextDouble() / 5,
                target_loss = loss * 0.8 + random.NextDouble() / 5,
                validation_loss = step % 50 == 0 ? loss * 0.82 : (double?)null,
                learning_rate = 1e-4 * (1 - (double)step / steps),
                gradient_norm = 0.2 + random.NextDouble(),
                tokens = 4096L * step,
                tokens_per_second = 900 + 100 * random.NextDouble(),
                seconds = 4.3 * step,
                resident_bytes = 6_000_000_000 + 1_000_000L * step,
            }));
        }
    }

    public static void WriteSamples(TemporaryFolder run, params int[] steps)
    {
        using StreamWriter writer = new(run.File("samples.jsonl"));
        foreach (int step in steps)
        {
            writer.WriteLine(JsonSerializer.Serialize(new { step, id = "train-7", task_type = "exqa", prompt = "<|tasktype|>\nquestion answering\n<|context|>\nThe bridge was closed for nine days.\n<|task|>\n", reference = "How long?\n<|pipe|>\nnine days", completion = $"written after {step}\n<|pipe|>\nnine days" }));
            writer.WriteLine(JsonSerializer.Serialize(new { step, id = Hostile, task_type = (string?)null, prompt = Hostile, reference = Hostile, completion = Hostile }));
        }
    }

    public static void WriteManifest(TemporaryFolder run, int steps) => run.Write("manifest.json", new JsonObject
    {
        ["recipe"] = "adapt",
        ["software"] = new JsonObject { ["bonito"] = "0.1.0", ["dotnet"] = ".NET 10" },
        ["configuration"] = new JsonObject(),
        ["training_rows"] = new JsonObject { ["read"] = 12500, ["used"] = 12400, ["left_out"] = new JsonObject { ["longer_than_window"] = 100 } },
        ["validation_rows"] = new JsonObject { ["read"] = 400, ["used"] = 400, ["left_out"] = new JsonObject() },
        ["steps"] = steps,
        ["result"] = "adapter",
    }.ToJsonString());
}

using System.Text.Json;

namespace Bonito.Adaptation.Reports;

/// <summary>What the run is, how far it is, and its result in figures.</summary>
sealed class RunFacts(RunFiles run, int smoothing)
{
    readonly RunMetrics metrics = run.Metrics;

    /// <summary>Such as "LoRA of mistral-7b on insurance-tasks".</summary>
    public string Title
    {
        get
        {
            if (Text("execution", "data") is not { } data) return $"Training run {Path.GetFileName(run.Folder)}";
            string what = Text("execution", "base") is not { } model ? "A model trained from scratch" : Text("method", "name") switch
            {
                "lora" => $"LoRA of {Name(model)}",
                "qlora" => $"QLoRA of {Name(model)}",
                _ => $"Full fine-tuning of {Name(model)}",
            };
            return $"{what} on {Name(data)}{(Text("data", "objective") == "tapt" ? " (TAPT)" : "")}";
        }
    }

    /// <summary>The gradient norm above which gradients are clipped; null without clipping.</summary>
    public double? Clip => Number("training", "max_grad_norm") is double norm and > 0 ? norm : null;

    /// <summary>" of 20,000"; empty where it is not known.</summary>
    string OfAll => Number("training", "max_steps") is not double steps ? ""
        : Number("training", "num_train_epochs") is null ? $" of {Figures.Number(steps)}" : $" of at most {Figures.Number(steps)}";

    public RunState State(string? error)
    {
        string reached = metrics.LastStep == 0 ? "before its first step" : $"at step {Figures.Number(metrics.LastStep)}{OfAll}";
        string goOn = run.Checkpoint is int step
            ? $"the same command goes on from the checkpoint of step {Figures.Number(step)}"
            : "the same command begins again, as there is no checkpoint yet";
        if (error is not null) return new RunState("failed", $"Stopped by an error {reached}: {error}\nWhen that is mended, {goOn}.");
        if (!run.IsFinished) return new RunState("unfinished", $"Not finished: {reached} when this page was written. If the run is not training any more, {goOn}.");
        string result = run.Manifest.TryGetProperty("result", out JsonElement folder) && folder.ValueKind == JsonValueKind.String ? $" What was trained is in the folder {folder}." : "";
        return new RunState("finished", $"Finished after {Figures.Number(metrics.LastStep)} steps.{result}");
    }

    public IReadOnlyList<Fact> All()
    {
        List<Fact> facts = [];
        IReadOnlyList<CurvePoint> epochs = metrics.Column("epoch"), tokens = metrics.Column("tokens"), seconds = metrics.Column("seconds");
        string gone = epochs.Count > 0 ? $"{Figures.Value(epochs[^1].Value)} epochs" : "";
        facts.Add(new Fact("Steps", Figures.Number(metrics.LastStep), $"{OfAll}{(OfAll.Length > 0 && gone.Length > 0 ? ", " : "")}{gone}".Trim()));
        if (tokens.Count > 0) facts.Add(new Fact("Tokens", Figures.Compact(tokens[^1].Value), Figures.Number(tokens[^1].Value)));
        if (seconds.Count > 0) facts.Add(new Fact("Time", Figures.Duration(seconds[^1].Value), "training alone"));
        AddLosses(facts);
        IReadOnlyList<CurvePoint> speed = metrics.Column("tokens_per_second"), memory = metrics.Column("resident_bytes");
        if (speed.Count > 0)
        {
            double[] sorted = [.. speed.Select(p => p.Value).Order()];
            facts.Add(new Fact("Tokens per second", Figures.Number(sorted[sorted.Length / 2]), $"median; {Figures.Number(sorted[sorted.Length / 10])} to {Figures.Number(sorted[sorted.Length * 9 / 10])} in 8 of 10 steps"));
        }
        if (memory.Count > 0)
        {
            CurvePoint peak = memory.MaxBy(p => p.Value);
            facts.Add(new Fact("Peak memory", Figures.Bytes(peak.Value), $"resident, at step {Figures.Number(peak.Step)}"));
        }
        return facts;
    }

    void AddLosses(List<Fact> facts)
    {
        IReadOnlyList<CurvePoint> targets = metrics.Column("target_loss"), validation = metrics.Column("validation_loss");
        if (targets.Count > 0)
            facts.Add(new Fact("Target loss", Figures.Value(targets.TakeLast(smoothing).Average(p => p.Value)), $"mean of the last {Figures.Number(Math.Min(smoothing, targets.Count))} steps"));
        if (validation.Count == 0) return;
        CurvePoint best = validation.MinBy(p => p.Value);
        facts.Add(new Fact("Best validation loss", Figures.Value(best.Value), $"at step {Figures.Number(best.Step)}; perplexity {Figures.Value(Math.Exp(best.Value))}"));
        facts.Add(new Fact("Last validation loss", Figures.Value(validation[^1].Value), $"at step {Figures.Number(validation[^1].Step)}"));
    }

    double? Number(string section, string name) => Configured(section, name) is { ValueKind: JsonValueKind.Number } value ? value.GetDouble() : null;

    string? Text(string section, string name) => Configured(section, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() : null;

    JsonElement Configured(string section, string name) =>
        run.Configuration.TryGetProperty(section, out JsonElement found) && found.ValueKind == JsonValueKind.Object && found.TryGetProperty(name, out JsonElement value) ? value : default;

    /// <summary>The last part of a path.</summary>
    static string Name(string path) => Path.GetFileName(path.TrimEnd('/', '\\'));
}

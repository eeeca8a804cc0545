using System.Globalization;
using Bonito.Adaptation;
using Bonito.Engine.Training;

namespace Bonito.Cli;

/// <summary>How training runs are shown to people.</summary>
static class AdaptationTables
{
    /// <summary>What a run is about to do.</summary>
    public static void Print(AdaptationPlan plan)
    {
        TrainingPlan p = plan.Plan;
        Console.WriteLine($"parameters  {Figures.Number(p.Parameters)}, trained: {Figures.Number(p.Trainable)} ({Share(p.Trainable, p.Parameters)})");
        Console.WriteLine(
            $"memory      {Figures.Gibibytes(p.TotalBytes)} of {Figures.Gibibytes(p.AvailableBytes)} available: weights {Figures.Gibibytes(p.WeightBytes)}, gradients {Figures.Gibibytes(p.GradientBytes)}, "
            + $"optimiser {Figures.Gibibytes(p.OptimizerBytes)}, passes of up to {Figures.Number(p.LargestBatchTokens)} tokens {Figures.Gibibytes(p.ActivationBytes)}, process {Figures.Gibibytes(ProcessBytes(p))}");
        Console.WriteLine($"steps       {Figures.Number(p.Steps)}, {p.StepsPerEpoch.ToString("N1", CultureInfo.InvariantCulture)} an epoch of {Figures.Number(p.TokensPerEpoch)} tokens");
        Console.WriteLine($"time        about {Figures.Duration(plan.Duration.TotalSeconds)}");
        Console.WriteLine($"training    {Rows(plan.Data.TrainingRows)}");
        Console.WriteLine(plan.Data.Validation.Count > 0
            ? $"validation  {Rows(plan.Data.ValidationRows)}{(plan.Data.HeldOut ? ", held out of the training rows by passage" : "")}"
            : "validation  none: no rows are held out");
        Console.WriteLine($"format      {plan.DataFormat.Name()}{(plan.Format is { } format ? $", prompts {format.Name()}" : "")}");
    }

    /// <summary>The same for machines.</summary>
    public static object Figure(AdaptationPlan plan) => new
    {
        DataFormat = plan.DataFormat.Name(),
        PromptFormat = plan.Format?.Name(),
        plan.Data.TrainingRows,
        plan.Data.ValidationRows,
        plan.Plan.Parameters,
        TrainableParameters = plan.Plan.Trainable,
        plan.Plan.WeightBytes,
        plan.Plan.GradientBytes,
        plan.Plan.OptimizerBytes,
        plan.Plan.ActivationBytes,
        ProcessBytes = ProcessBytes(plan.Plan),
        plan.Plan.TotalBytes,
        plan.Plan.AvailableBytes,
        plan.Plan.TokensPerEpoch,
        plan.Plan.StepsPerEpoch,
        plan.Plan.Steps,
        plan.Plan.FlopsPerStep,
        Seconds = plan.Duration.TotalSeconds,
    };

    /// <summary>How far a run is.</summary>
    public static string Describe(TrainingMetrics m, AdaptationPlan plan)
    {
        int steps = plan.Plan.Steps;
        double left = m.Seconds / m.Step * (steps - m.Step);
        string validation = m.ValidationLoss is double v ? string.Create(CultureInfo.InvariantCulture, $"  validation {v:F3}") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"step {m.Step}/{steps}  loss {m.Loss:F3}  targets {m.TargetLoss:F3}{validation}  lr {m.LearningRate:E1}  norm {m.GradientNorm:F2}  {m.TokensPerSecond:F0} tokens/s  left {Figures.Duration(left)}");
    }

    /// <summary>How a finished run ended.</summary>
    public static void Print(AdaptationSummary summary, AdaptationManifest manifest)
    {
        string best = manifest.BestStep is int step ? string.Create(CultureInfo.InvariantCulture, $", best validation loss {manifest.BestValidationLoss:F3} at step {step}") : "";
        if (manifest.Last is { } last) Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Step {summary.Step:N0}, {last.Tokens:N0} tokens, loss {last.TargetLoss:F3} on targets{best}"));
        Console.WriteLine($"Report: {Path.Combine(summary.Folder, TrainingReport.FileName)}");
        Console.WriteLine($"{(manifest.Result == "adapter" ? "Adapter" : "Model")}: {summary.ResultFolder}");
    }

    /// <summary>What the process takes besides model and batch.</summary>
    static long ProcessBytes(TrainingPlan p) => p.TotalBytes - p.WeightBytes - p.GradientBytes - p.OptimizerBytes - p.ActivationBytes;

    static string Share(long part, long whole) => string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / whole:F1}%");

    static string Rows(RowCounts counts)
    {
        List<string> parts = [$"{Figures.Number(counts.Used)} of {Figures.Number(counts.Read)} rows used"];
        if (counts.Examples != counts.Used) parts.Add($"{Figures.Number(counts.Examples)} sequences");
        if (counts.CutSources > 0) parts.Add($"{Figures.Number(counts.CutSources)} with their prompt cut");
        if (counts.CutTargets > 0) parts.Add($"{Figures.Number(counts.CutTargets)} with their answer cut");
        foreach ((string reason, long rows) in counts.LeftOut) parts.Add($"{Figures.Number(rows)} left out: {RowCounts.Describe(reason)}");
        return string.Join(", ", parts);
    }
}

namespace Bonito.Engine.Training;

/// <summary>One line of <c>metrics.jsonl</c>.</summary>
/// <param name="Step">From 1.</param>
/// <param name="Epoch">How often the examples have been gone through; 1.5 is in the middle of the second time.</param>
/// <param name="Loss">Mean cross-entropy over the weighted tokens of the step, in nats.</param>
/// <param name="TargetLoss">The same over target tokens alone.</param>
/// <param name="ValidationLoss">Mean over the target tokens of the validation examples; null where none was made at this step.</param>
/// <param name="GradientNorm">Before clipping.</param>
/// <param name="Tokens">Tokens read since the run began.</param>
/// <param name="TokensPerSecond">Of this step.</param>
/// <param name="Seconds">Since the run began, training only, over all its resumptions.</param>
/// <param name="ResidentBytes">Memory that the process holds.</param>
public sealed record TrainingMetrics(
    int Step, double Epoch, double Loss, double TargetLoss, double? ValidationLoss, double LearningRate, double GradientNorm, long Tokens, double TokensPerSecond, double Seconds, long ResidentBytes);

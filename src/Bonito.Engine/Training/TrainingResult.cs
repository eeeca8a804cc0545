namespace Bonito.Engine.Training;

/// <summary>How a run ended. The model holds the weights of the last step; <see cref="Trainer.LoadWeights"/> takes those of the best.</summary>
/// <param name="Step">The last step made.</param>
/// <param name="Finished">Whether that was the last one of the run.</param>
/// <param name="BestStep">The step with the smallest validation loss, whose checkpoint is kept; null where none was measured.</param>
/// <param name="BestValidationLoss">That loss, in nats.</param>
public sealed record TrainingResult(int Step, bool Finished, int? BestStep, double? BestValidationLoss);

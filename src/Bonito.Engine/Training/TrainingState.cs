namespace Bonito.Engine.Training;

/// <summary>Where a run stands, besides weights and optimiser states. The order of the data and what dropout drops follow from the step.</summary>
/// <param name="Step">The last step made; 0 before the first.</param>
/// <param name="Tokens">Tokens read so far.</param>
/// <param name="Seconds">Time trained so far.</param>
/// <param name="BestStep">The step with the smallest validation loss so far; null where none was measured.</param>
/// <param name="BestValidationLoss">That loss, in nats.</param>
public sealed record TrainingState(int Step, long Tokens, double Seconds, int? BestStep = null, double? BestValidationLoss = null);

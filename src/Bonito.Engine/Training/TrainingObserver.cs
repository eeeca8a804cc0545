namespace Bonito.Engine.Training;

/// <summary>What a run tells its caller as it goes. Nothing that is done here changes the weights.</summary>
/// <param name="Step">Told of every step, after its checkpoint where it has one.</param>
/// <param name="Sample">
/// Told every <see cref="TrainingOptions.SampleSteps"/> steps and at the end, before the step's line of metrics and its checkpoint: a run
/// that is killed meanwhile comes here again. The model may be used as it stands, by a generator or a scorer with operations of its own.
/// </param>
/// <param name="Notice">Told what else a user should know, in a sentence: a damaged checkpoint that was passed over, an old one that cannot be deleted.</param>
public sealed record TrainingObserver(Action<TrainingMetrics>? Step = null, Action<int>? Sample = null, Action<string>? Notice = null);

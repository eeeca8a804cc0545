namespace Bonito.Engine.Training;

/// <summary>How the learning rate falls after the warm-up.</summary>
public enum Schedule
{
    Constant,

    /// <summary>In a straight line to zero.</summary>
    Linear,

    /// <summary>Half a cosine to a tenth of the peak.</summary>
    Cosine,
}

/// <summary>What a training run does; the names are the field's.</summary>
public sealed record TrainingOptions
{
    /// <summary>Optimiser steps in all, unless <see cref="NumTrainEpochs"/> ends the run before.</summary>
    public int MaxSteps { get; init; } = 1000;

    /// <summary>How often to go through the examples at most; null leaves it to <see cref="MaxSteps"/>.</summary>
    public double? NumTrainEpochs { get; init; }

    /// <summary>Examples of one forward and backward pass; not looked at where <see cref="MaxTokensPerBatch"/> is given.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Tokens of one pass: as many examples as fit stand one after another, and attention does not cross them. Null counts examples instead.</summary>
    public int? MaxTokensPerBatch { get; init; }

    /// <summary>Passes whose gradients are added before a step.</summary>
    public int GradientAccumulationSteps { get; init; } = 1;

    /// <summary>Whether the examples of a pass have like lengths; the order of passes stays random.</summary>
    public bool GroupByLength { get; init; } = true;

    /// <summary>The peak, after the warm-up.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    public Schedule Schedule { get; init; } = Schedule.Cosine;

    /// <summary>Steps in which the rate rises in a straight line from zero; fewer than the run has, also where <see cref="NumTrainEpochs"/> ends it.</summary>
    public int WarmupSteps { get; init; }

    /// <summary>The same as a share of all steps, where <see cref="WarmupSteps"/> is 0.</summary>
    public double WarmupRatio { get; init; }

    public float Beta1 { get; init; } = 0.9f;

    public float Beta2 { get; init; } = 0.95f;

    public float Epsilon { get; init; } = 1e-8f;

    /// <summary>Decoupled decay of matrices; norms are not decayed.</summary>
    public float WeightDecay { get; init; } = 0.1f;

    /// <summary>Largest global norm of the gradient; 0 turns clipping off.</summary>
    public float MaxGradientNorm { get; init; } = 1;

    /// <summary>How much source tokens (prompt and context) count in the loss: 0 masks them, 1 makes it next-word prediction on everything.</summary>
    public float SourceLossWeight { get; init; }

    /// <summary>Seed of the weights that training begins with, and of whatever has no seed of its own.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Seed of the order of the data; null takes <see cref="Seed"/>.</summary>
    public int? DataSeed { get; init; }

    /// <summary>Seed of what dropout drops; null takes <see cref="Seed"/>.</summary>
    public int? DropoutSeed { get; init; }

    /// <summary>Bits of each of the optimiser's two states for each trained value: 32 or 8.</summary>
    public int OptimizerStateBits { get; init; } = 32;

    /// <summary>Whether the backward pass computes each layer again instead of keeping it: memory of one layer for a third more work.</summary>
    public bool GradientCheckpointing { get; init; }

    /// <summary>Steps between checkpoints.</summary>
    public int SaveSteps { get; init; } = 500;

    /// <summary>Checkpoints kept, besides that of the best validation loss; older ones are deleted.</summary>
    public int SaveTotalLimit { get; init; } = 2;

    /// <summary>Steps between validations. One that is better than all before is followed by a checkpoint.</summary>
    public int EvaluationSteps { get; init; } = 500;

    /// <summary>Steps between samples of what the model writes; 0 takes none.</summary>
    public int SampleSteps { get; init; }

    /// <exception cref="EngineException">All troubles, one a line.</exception>
    public void Validate()
    {
        List<string> troubles = [];
        void Check(bool good, string name, object? value, string wanted)
        {
            if (!good) troubles.Add(FormattableString.Invariant($"{name} must be {wanted}, got {value}"));
        }
        Check(MaxSteps > 0, "max-steps", MaxSteps, "positive");
        Check(NumTrainEpochs is not { } epochs || (epochs > 0 && double.IsFinite(epochs)), "num-train-epochs", NumTrainEpochs, "positive");
        Check(BatchSize > 0, "batch-size", BatchSize, "positive");
        Check(MaxTokensPerBatch is null or > 0, "max-tokens-per-batch", MaxTokensPerBatch, "positive");
        Check(GradientAccumulationSteps > 0, "gradient-accumulation-steps", GradientAccumulationSteps, "positive");
        Check(LearningRate > 0 && float.IsFinite(LearningRate), "learning-rate", LearningRate, "positive");
        Check(Enum.IsDefined(Schedule), "lr-scheduler-type", Schedule, "constant, linear or cosine");
        Check(WarmupSteps >= 0 && WarmupSteps < MaxSteps, "warmup-steps", WarmupSteps, $"between 0 and max-steps {MaxSteps}");
        Check(WarmupRatio is >= 0 and < 1, "warmup-ratio", WarmupRatio, "in [0, 1)");
        Check(Beta1 is >= 0 and < 1, "beta1", Beta1, "in [0, 1)");
        Check(Beta2 is >= 0 and < 1, "beta2", Beta2, "in [0, 1)");
        Check(Epsilon > 0, "epsilon", Epsilon, "positive");
        Check(WeightDecay >= 0 && float.IsFinite(WeightDecay), "weight-decay", WeightDecay, "zero or more");
        Check(MaxGradientNorm >= 0 && float.IsFinite(MaxGradientNorm), "max-grad-norm", MaxGradientNorm, "zero or more");
        Check(SourceLossWeight is >= 0 and <= 1, "source-loss-weight", SourceLossWeight, "in [0, 1]");
        Check(OptimizerStateBits is 8 or 32, "optimizer-state-bits", OptimizerStateBits, "8 or 32");
        Check(SaveSteps > 0, "save-steps", SaveSteps, "positive");
        Check(SaveTotalLimit > 0, "save-total-limit", SaveTotalLimit, "positive");
        Check(EvaluationSteps > 0, "eval-steps", EvaluationSteps, "positive");
        Check(SampleSteps >= 0, "sample-steps", SampleSteps, "zero or more");
        if (troubles.Count > 0) throw new EngineException("The training options do not work:\n  " + string.Join("\n  ", troubles));
    }

    /// <summary>The learning rate of a step, from 1 to <see cref="MaxSteps"/>.</summary>
    public float LearningRateAt(int step)
    {
        int warmup = WarmupSteps > 0 ? WarmupSteps : (int)Math.Ceiling(WarmupRatio * MaxSteps);
        if (step <= warmup) return LearningRate * step / warmup;
        // Of the steps done before this one, so that no step is made with a rate of zero.
        double progress = (double)(step - 1 - warmup) / (MaxSteps - warmup);
        return Schedule switch
        {
            Schedule.Constant => LearningRate,
            Schedule.Linear => (float)(LearningRate * (1 - progress)),
            Schedule.Cosine => (float)(LearningRate * (0.1 + 0.45 * (1 + Math.Cos(Math.PI * progress)))),
            _ => throw new InvalidOperationException($"Unknown schedule {Schedule}."),
        };
    }
}

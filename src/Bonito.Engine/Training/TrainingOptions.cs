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
    /// <summary>Optimiser steps in all.</summary>
    public int MaxSteps { get; init; } = 1000;

    /// <summary>Examples of one forward and backward pass.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>Passes whose gradients are added before a step.</summary>
    public int GradientAccumulationSteps { get; init; } = 1;

    /// <summary>The peak, after the warm-up.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    public Schedule Schedule { get; init; } = Schedule.Cosine;

    /// <summary>Steps in which the rate rises in a straight line from zero.</summary>
    public int WarmupSteps { get; init; }

    public float Beta1 { get; init; } = 0.9f;

    public float Beta2 { get; init; } = 0.95f;

    public float Epsilon { get; init; } = 1e-8f;

    /// <summary>Decoupled decay of matrices; norms are not decayed.</summary>
    public float WeightDecay { get; init; } = 0.1f;

    /// <summary>Largest global norm of the gradient; 0 turns clipping off.</summary>
    public float MaxGradientNorm { get; init; } = 1;

    /// <summary>How much source tokens (prompt and context) count in the loss: 0 masks them, 1 makes it next-word prediction on everything.</summary>
    public float SourceLossWeight { get; init; }

    /// <summary>Seed of the order of the data.</summary>
    public int Seed { get; init; } = 42;

    /// <summary>Steps between checkpoints.</summary>
    public int SaveSteps { get; init; } = 500;

    /// <summary>Checkpoints kept; older ones are deleted.</summary>
    public int SaveTotalLimit { get; init; } = 2;

    /// <summary>Steps between validations.</summary>
    public int EvaluationSteps { get; init; } = 500;

    /// <exception cref="EngineException">All troubles, one a line.</exception>
    public void Validate()
    {
        List<string> troubles = [];
        void Check(bool good, string name, object value, string wanted)
        {
            if (!good) troubles.Add($"{name} must be {wanted}, got {value}");
        }
        Check(MaxSteps > 0, "max-steps", MaxSteps, "positive");
        Check(BatchSize > 0, "batch-size", BatchSize, "positive");
        Check(GradientAccumulationSteps > 0, "gradient-accumulation-steps", GradientAccumulationSteps, "positive");
        Check(LearningRate > 0 && float.IsFinite(LearningRate), "learning-rate", LearningRate, "positive");
        Check(WarmupSteps >= 0 && WarmupSteps < MaxSteps, "warmup-steps", WarmupSteps, $"between 0 and max-steps {MaxSteps}");
        Check(Beta1 is >= 0 and < 1, "beta1", Beta1, "in [0, 1)");
        Check(Beta2 is >= 0 and < 1, "beta2", Beta2, "in [0, 1)");
        Check(Epsilon > 0, "epsilon", Epsilon, "positive");
        Check(WeightDecay >= 0, "weight-decay", WeightDecay, "zero or more");
        Check(MaxGradientNorm >= 0, "max-gradient-norm", MaxGradientNorm, "zero or more");
        Check(SourceLossWeight is >= 0 and <= 1, "source-loss-weight", SourceLossWeight, "in [0, 1]");
        Check(SaveSteps > 0, "save-steps", SaveSteps, "positive");
        Check(SaveTotalLimit > 0, "save-total-limit", SaveTotalLimit, "positive");
        Check(EvaluationSteps > 0, "evaluation-steps", EvaluationSteps, "positive");
        if (troubles.Count > 0) throw new EngineException("The training options do not work:\n  " + string.Join("\n  ", troubles));
    }

    /// <summary>The learning rate of a step, from 1 to <see cref="MaxSteps"/>.</summary>
    public float LearningRateAt(int step)
    {
        if (step <= WarmupSteps) return LearningRate * step / WarmupSteps;
        double progress = (double)(step - WarmupSteps) / Math.Max(1, MaxSteps - WarmupSteps);
        return Schedule switch
        {
            Schedule.Constant => LearningRate,
            Schedule.Linear => (float)(LearningRate * (1 - progress)),
            Schedule.Cosine => (float)(LearningRate * (0.1 + 0.45 * (1 + Math.Cos(Math.PI * progress)))),
            _ => throw new InvalidOperationException($"Unknown schedule {Schedule}."),
        };
    }
}

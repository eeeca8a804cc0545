using Bonito.Engine.Models;

namespace Bonito.Engine.Training;

/// <summary>
/// Settings that belong together. The paper's (Nayak et al., "Learning to Generate Instruction Tuning Datasets for Zero-Shot Task
/// Adaptation", 2024): batches of 16, AdamW at 1e-4 falling in a straight line, gradients clipped at 0.3, LoRA of rank 64 on all
/// linear layers but the head.
/// </summary>
/// <param name="MaxSourceLength">Ids that a source is cut at, see <see cref="Truncation"/>.</param>
/// <param name="MaxTargetLength">Ids that a target is cut at.</param>
public sealed record TrainingPreset(TrainingOptions Training, LoraOptions Lora, int MaxSourceLength, int MaxTargetLength)
{
    /// <summary>A generator: 100,000 steps.</summary>
    public static TrainingPreset PaperGenerator { get; } = Paper(new TrainingOptions { MaxSteps = 100_000 });

    /// <summary>Adapting a target model: 10,000 steps or one epoch, whichever is less.</summary>
    public static TrainingPreset PaperAdaptation { get; } = Paper(new TrainingOptions { MaxSteps = 10_000, NumTrainEpochs = 1 });

    // Sixteen passes of one example: sums of tokens are weighted alike, so only memory and speed tell them from one pass of sixteen.
    static TrainingPreset Paper(TrainingOptions length) => new(
        length with
        {
            BatchSize = 1,
            GradientAccumulationSteps = 16,
            LearningRate = 1e-4f,
            Schedule = Schedule.Linear,
            WarmupSteps = 0,
            WeightDecay = 0,
            Beta1 = 0.9f,
            Beta2 = 0.999f,
            MaxGradientNorm = 0.3f,
        },
        new LoraOptions { Rank = 64, Alpha = 16, Dropout = 0 },
        MaxSourceLength: 1024,
        MaxTargetLength: 1024);
}

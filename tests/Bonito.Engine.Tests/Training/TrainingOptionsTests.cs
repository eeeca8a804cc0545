using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

public sealed class TrainingOptionsTests
{
    [Fact]
    public void The_linear_schedule_rises_then_falls_and_no_step_is_without_a_rate()
    {
        TrainingOptions options = new() { MaxSteps = 110, WarmupSteps = 10, LearningRate = 1, Schedule = Schedule.Linear };
        Assert.Equal(0.1f, options.LearningRateAt(1), 1e-6f);
        Assert.Equal(1f, options.LearningRateAt(10), 1e-6f);
        Assert.Equal(1f, options.LearningRateAt(11), 1e-6f);
        Assert.Equal(0.5f, options.LearningRateAt(61), 1e-6f);
        Assert.Equal(0.01f, options.LearningRateAt(110), 1e-6f);
        Assert.Equal(1f, (options with { MaxSteps = 1, WarmupSteps = 0 }).LearningRateAt(1), 1e-6f);
    }

    [Fact]
    public void The_cosine_schedule_ends_at_a_tenth()
    {
        TrainingOptions options = new() { MaxSteps = 100, LearningRate = 2, Schedule = Schedule.Cosine };
        Assert.Equal(2f, options.LearningRateAt(1), 1e-5f);
        Assert.Equal(1.1f, options.LearningRateAt(51), 1e-5f);
        Assert.Equal(0.2f, options.LearningRateAt(100), 1e-3f);
    }

    [Fact]
    public void A_warm_up_can_be_a_share_of_the_steps()
    {
        TrainingOptions options = new() { MaxSteps = 200, WarmupRatio = 0.1, LearningRate = 1, Schedule = Schedule.Constant };
        Assert.Equal(0.05f, options.LearningRateAt(1), 1e-6f);
        Assert.Equal(1f, options.LearningRateAt(20), 1e-6f);
        Assert.Equal(1f, options.LearningRateAt(200), 1e-6f);
        Assert.Equal(0.5f, (options with { WarmupSteps = 2 }).LearningRateAt(1), 1e-6f);
    }

    [Fact]
    public void The_papers_settings_are_as_published()
    {
        foreach (TrainingPreset preset in (TrainingPreset[])[TrainingPreset.PaperGenerator, TrainingPreset.PaperAdaptation])
        {
            preset.Training.Validate();
            preset.Lora.Validate();
            Assert.Equal(16, preset.Training.BatchSize * preset.Training.GradientAccumulationSteps);
            Assert.Equal((1e-4f, Schedule.Linear, 0f, 0.3f), (preset.Training.LearningRate, preset.Training.Schedule, preset.Training.WeightDecay, preset.Training.MaxGradientNorm));
            Assert.Equal(1e-4f, preset.Training.LearningRateAt(1));
            Assert.Equal((64, 16f, 0f), (preset.Lora.Rank, preset.Lora.Alpha, preset.Lora.Dropout));
            Assert.Null(preset.Lora.TargetModules);
            Assert.Equal((1024, 1024), (preset.MaxSourceLength, preset.MaxTargetLength));
        }
        // One epoch where that is less: 1,000 examples are 63 steps, 200,000 would be 12,500.
        Assert.Equal(63, new BatchSampler(Enumerable.Repeat(10, 1000), TrainingPreset.PaperAdaptation.Training).Steps(TrainingPreset.PaperAdaptation.Training));
        Assert.Equal(10_000, new BatchSampler(Enumerable.Repeat(10, 200_000), TrainingPreset.PaperAdaptation.Training).Steps(TrainingPreset.PaperAdaptation.Training));
        Assert.Equal(100_000, new BatchSampler([10], TrainingPreset.PaperGenerator.Training).Steps(TrainingPreset.PaperGenerator.Training));
    }

    [Fact]
    public void All_troubles_are_told_at_once()
    {
        EngineException e = Assert.Throws<EngineException>(() => new TrainingOptions { MaxSteps = 0, LearningRate = -1, Beta1 = 1 }.Validate());
        foreach (string name in (string[])["max-steps", "learning-rate", "beta1"]) Assert.Contains(name, e.Message, StringComparison.Ordinal);
    }
}

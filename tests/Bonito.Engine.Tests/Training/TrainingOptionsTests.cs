using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

public sealed class TrainingOptionsTests
{
    [Fact]
    public void The_linear_schedule_rises_then_falls_to_zero()
    {
        TrainingOptions options = new() { MaxSteps = 110, WarmupSteps = 10, LearningRate = 1, Schedule = Schedule.Linear };
        Assert.Equal(0.1f, options.LearningRateAt(1), 1e-6f);
        Assert.Equal(1f, options.LearningRateAt(10), 1e-6f);
        Assert.Equal(0.5f, options.LearningRateAt(60), 1e-6f);
        Assert.Equal(0f, options.LearningRateAt(110), 1e-6f);
    }

    [Fact]
    public void The_cosine_schedule_ends_at_a_tenth()
    {
        TrainingOptions options = new() { MaxSteps = 100, LearningRate = 2, Schedule = Schedule.Cosine };
        Assert.Equal(1.1f, options.LearningRateAt(50), 1e-5f);
        Assert.Equal(0.2f, options.LearningRateAt(100), 1e-5f);
    }

    [Fact]
    public void All_troubles_are_told_at_once()
    {
        EngineException e = Assert.Throws<EngineException>(() => new TrainingOptions { MaxSteps = 0, LearningRate = -1, Beta1 = 1 }.Validate());
        foreach (string name in (string[])["max-steps", "learning-rate", "beta1"]) Assert.Contains(name, e.Message, StringComparison.Ordinal);
    }
}

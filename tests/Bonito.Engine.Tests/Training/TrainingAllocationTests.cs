using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

/// <summary>Steps leave nothing behind: a run of any length takes the memory of its first steps. Alone, because other tests fill the same heap.</summary>
[Collection(nameof(TrainingAllocationTests))]
[CollectionDefinition(nameof(TrainingAllocationTests), DisableParallelization = true)]
public sealed class TrainingAllocationTests : IDisposable
{
    readonly string folder = Directory.CreateTempSubdirectory("bonito-allocation").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_thousand_steps_allocate_no_more_each_than_the_first_hundred()
    {
        TrainingOptions options = SmallRun.Options with { MaxSteps = 1000, GradientAccumulationSteps = 2, SaveSteps = 10_000, EvaluationSteps = 10_000 };
        using SmallRun run = new(folder, options);
        Dictionary<int, long> allocated = [];
        long native = 0;
        run.Train(step: m =>
        {
            if (m.Step == 1) native = run.Trainer.ActivationBytes;
            if (m.Step % 100 == 0) allocated[m.Step] = GC.GetAllocatedBytesForCurrentThread();
        });
        // Epochs are arranged anew every two steps here, and the tape's closures and a line of metrics are made at each: garbage, of the same size every time.
        double first = (allocated[200] - allocated[100]) / 100.0, last = (allocated[900] - allocated[800]) / 100.0;
        Assert.InRange(last, 0, 1.05 * first);
        Assert.True(last < 64 << 10, $"{last:F0} bytes a step");
        Assert.Equal(native, run.Trainer.ActivationBytes);
    }

    [Fact]
    public void Nothing_of_a_step_stays_reachable()
    {
        TrainingOptions options = SmallRun.Options with { MaxSteps = 600, SaveSteps = 10_000, EvaluationSteps = 50 };
        using SmallRun run = new(folder, options);
        List<long> live = [];
        run.Train(step: m =>
        {
            if (m.Step % 100 == 0) live.Add(GC.GetTotalMemory(forceFullCollection: true));
        });
        // What a step left, 500 times, would show in every difference; what the runtime does now and then does not.
        long least = live.Zip(live.Skip(1), (a, b) => b - a).Min();
        Assert.True(least < 100 * 64, $"100 steps left at least {least} bytes each time");
    }
}

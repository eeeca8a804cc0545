using Bonito.Engine.Training;

namespace Bonito.Engine.Tests.Training;

public sealed class TruncationTests
{
    [Fact]
    public void Source_and_target_are_cut_apart_and_counted()
    {
        Truncation truncation = new(3, 2);
        TrainingExample fits = new([1, 2, 3, 8, 9], 3) { Id = "a" };
        Assert.Same(fits, truncation.Cut(fits));
        Assert.Equal((0, 0, 0), (truncation.Sources, truncation.Targets, truncation.Tokens));

        TrainingExample source = truncation.Cut(new([1, 2, 3, 4, 5, 8, 9], 5) { Id = "b", Mask = [false, false, false, false, false, false, true] });
        Assert.Equal([1, 2, 3, 8, 9], source.Ids);
        Assert.Equal((3, "b"), (source.TargetStart, source.Id));
        Assert.Equal([false, false, false, false, true], source.Mask!);
        TrainingExample both = truncation.Cut(new([1, 2, 3, 4, 7, 8, 9], 4));
        Assert.Equal([1, 2, 3, 7, 8], both.Ids);
        TrainingExample target = truncation.Cut(new([1, 7, 8, 9], 1));
        Assert.Equal([1, 7, 8], target.Ids);
        Assert.Equal((2, 2, 5), (truncation.Sources, truncation.Targets, truncation.Tokens));
    }
}

using Bonito.Adaptation;
using Bonito.Engine.Training;

namespace Bonito.Tests.Adaptation;

/// <summary>Examples that teach copying.</summary>
public sealed class CopyPiecesTests
{
    const int Beginning = 1, End = 2;

    [Theory]
    [InlineData(1024)]
    [InlineData(200)]
    public void Every_target_can_be_found_in_the_passage_before_it(int window)
    {
        // Ids that occur once each, so that a place is known by its id.
        TrainingExample[] rows = [.. Enumerable.Range(0, 20).Select(row => new TrainingExample([Beginning, .. Enumerable.Range(10 + 1000 * row, 5 + 40 * row), End], 3) { Id = $"row {row}" })];
        List<TrainingExample> copies = CopyPieces.Make(rows, 2, seed: 1, window, beginning: 1);

        Assert.Equal(40, copies.Count);
        foreach (TrainingExample copy in copies)
        {
            Assert.InRange(copy.Length, 1, window);
            Assert.Equal((Beginning, End), (copy.Ids[0], copy.Ids[^1]));
            int[] passage = copy.Ids[1..copy.TargetStart];
            Assert.Equal(Enumerable.Range(passage[0], passage.Length), passage);
            int targets = 0;
            for (int i = copy.TargetStart; i < copy.Ids.Length; i++)
            {
                if (!copy.IsTarget(i - 1)) continue;
                targets++;
                // It goes on where the id before it stands in the passage.
                Assert.Contains(copy.Ids[i], passage);
                Assert.Equal(copy.Ids[i - 1] + 1, copy.Ids[i]);
            }
            Assert.True(targets >= 4 * 3, $"{copy.Id}: {targets} targets");
            Assert.Equal(copy.TargetTokens(), targets);
        }
    }

    [Fact]
    public void The_seed_decides_and_no_share_makes_none()
    {
        TrainingExample[] rows = [new([Beginning, .. Enumerable.Range(10, 300), End], 3)];
        int[][] Made(int seed) => [.. CopyPieces.Make(rows, 5, seed, 1024, 1).Select(copy => copy.Ids)];
        Assert.Equal(Made(1), Made(1));
        Assert.NotEqual(Made(1), Made(2));
        Assert.Empty(CopyPieces.Make(rows, 0, 1, 1024, 1));
    }
}

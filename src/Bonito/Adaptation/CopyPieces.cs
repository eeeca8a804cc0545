using Bonito.Engine.Training;

namespace Bonito.Adaptation;

/// <summary>Pieces of rows, each standing twice, the second time as the target; see <see cref="DataOptions.CopyShare"/>.</summary>
static class CopyPieces
{
    const int Shortest = 16, Longest = 96;

    /// <param name="share">How many, as a share of the examples.</param>
    /// <param name="beginning">Ids that begin every sequence.</param>
    public static List<TrainingExample> Make(IReadOnlyList<TrainingExample> examples, float share, int seed, int window, int beginning)
    {
        Random random = new(seed);
        List<TrainingExample> copies = [];
        for (int i = 0; i < (int)(share * examples.Count); i++)
        {
            TrainingExample row = examples[random.Next(examples.Count)];
            int[] ids = row.Ids;
            int length = Math.Min(random.Next(Shortest, Longest + 1), Math.Min(ids.Length - 1 - beginning, (window - 1) / 2));
            if (length < 1) continue;
            // Without the beginning and the end of text.
            ReadOnlySpan<int> piece = ids.AsSpan(random.Next(beginning, ids.Length - length), length);
            copies.Add(new TrainingExample([.. ids[..beginning], .. piece, .. piece, ids[^1]], beginning + length) { Id = $"a piece of {row.Id}" });
        }
        return copies;
    }
}

using Bonito.Engine.Training;

namespace Bonito.Adaptation;

/// <summary>
/// Passages cut from rows, each with pieces of it after it as the target; see <see cref="DataOptions.CopyShare"/>. Which piece comes
/// cannot be known, so its first id is no target: what is learned is to find the place again and to go on from there.
/// </summary>
static class CopyPieces
{
    const int LongestPassage = 192, ShortestPiece = 4, LongestPiece = 32, Pieces = 4;

    /// <param name="share">How many, as a share of the examples.</param>
    /// <param name="beginning">Ids that begin every sequence.</param>
    public static List<TrainingExample> Make(IReadOnlyList<TrainingExample> examples, float share, int seed, int window, int beginning)
    {
        Random random = new(seed);
        List<TrainingExample> copies = [];
        int longest = Math.Min(LongestPassage, window - beginning - Pieces * LongestPiece);
        for (int i = 0; i < (int)(share * examples.Count); i++)
        {
            TrainingExample row = examples[random.Next(examples.Count)];
            // Without the beginning and the end of text.
            int[] ids = row.Ids[beginning..^1];
            int length = Math.Min(ids.Length, longest), start = random.Next(ids.Length - length + 1);
            if (length < ShortestPiece) continue;
            int[] passage = ids[start..(start + length)];
            List<int> sequence = [.. row.Ids[..beginning], .. passage];
            int targetStart = sequence.Count;
            List<bool> targets = [.. Enumerable.Repeat(false, targetStart)];
            for (int piece = 0; piece < Pieces; piece++)
            {
                int size = random.Next(ShortestPiece, Math.Min(LongestPiece, length) + 1), from = random.Next(length - size + 1);
                sequence.AddRange(passage.AsSpan(from, size));
                targets.Add(false);
                targets.AddRange(Enumerable.Repeat(true, size - 1));
            }
            copies.Add(new TrainingExample([.. sequence, row.Ids[^1]], targetStart) { Mask = [.. targets, false], Id = $"pieces of {row.Id}" });
        }
        return copies;
    }
}

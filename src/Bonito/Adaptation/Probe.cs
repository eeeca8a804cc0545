using Bonito.Engine.Training;

namespace Bonito.Adaptation;

/// <summary>A held-out row that the model answers now and then while it is trained.</summary>
/// <param name="Id">Of the row.</param>
/// <param name="TaskType">As the row names it; null where it does not.</param>
/// <param name="Prompt">Ids of the source, or the beginning of a text.</param>
/// <param name="Reference">Ids that the row has after it.</param>
public sealed record Probe(string Id, string? TaskType, int[] Prompt, int[] Reference)
{
    const int Count = 4;

    // Tokens of a text before and after the place where the model goes on.
    const int LongestText = 64;

    /// <summary>The first rows of different task types, or else of different passages.</summary>
    internal static IReadOnlyList<Probe> Choose(RowSet validation, Objective objective) =>
    [
        .. validation.Examples.DistinctBy(entry => entry.TaskType ?? entry.Passage.ToString("x", System.Globalization.CultureInfo.InvariantCulture)).Take(Count)
            .Select(entry => objective == Objective.Tapt ? OfText(entry) : OfTarget(entry)),
    ];

    static Probe OfText(EncodedRow row)
    {
        int[] ids = row.Example.Ids;
        int start = Math.Clamp(ids.Length / 2, 1, LongestText);
        return new Probe(row.Example.Id ?? "", row.TaskType, ids[..start], ids[start..Math.Min(ids.Length, start + LongestText)]);
    }

    /// <summary>Of a conversation, its first answer.</summary>
    static Probe OfTarget(EncodedRow row)
    {
        TrainingExample example = row.Example;
        int end = example.TargetStart;
        while (end < example.Ids.Length && example.IsTarget(end - 1)) end++;
        return new Probe(example.Id ?? "", row.TaskType, example.Ids[..example.TargetStart], example.Ids[example.TargetStart..end]);
    }
}

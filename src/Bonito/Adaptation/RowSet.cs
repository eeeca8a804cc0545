using Bonito.Ctga;
using Bonito.Engine.Training;
using Bonito.Rows;

namespace Bonito.Adaptation;

/// <summary>A sequence and the row that it is from.</summary>
/// <param name="Row">Its number among the rows that were read, from 0.</param>
/// <param name="Passage">Hash of the seed and the passage that the row is about.</param>
readonly record struct EncodedRow(TrainingExample Example, int Row, ulong Passage, string? TaskType);

/// <summary>The encoded rows of one side of the validation split, and what became of those that were read.</summary>
sealed record RowSet(IReadOnlyList<EncodedRow> Examples, RowCounts Counts)
{
    /// <param name="capitals">See <see cref="DataOptions.CapitalsShare"/>.</param>
    /// <param name="limit">Reading ends once so many rows are used.</param>
    public static RowSet Read(IReadOnlyList<SourceFile> files, DataOptions options, ExampleEncoder encoder, float capitals, int seed, int limit, CancellationToken cancellation)
    {
        List<EncodedRow> examples = [];
        int number = 0;
        foreach (TrainingRow row in TrainingRows.Read(files, options.Objective, options.Format, options.TextColumn))
        {
            cancellation.ThrowIfCancellationRequested();
            ulong passage = (ulong)Fingerprint.Of(seed, "validation", row.Passage.Trim());
            foreach (TrainingExample example in encoder.Encode(Capitals.Write(row, capitals, seed))) examples.Add(new EncodedRow(example, number, passage, (row as InstructionRow)?.TaskType));
            number++;
            if (encoder.Used == limit) break;
        }
        return new RowSet(examples, encoder.Counts);
    }

    /// <summary>
    /// Holds rows out: whole passages, those with the lowest hashes, until there are as many rows as asked for, at least one. A passage
    /// with more rows than that is passed over, unless all have. Data about one passage alone cannot be split.
    /// </summary>
    /// <param name="limit">Rows to hold out at most, but for what a last passage brings.</param>
    public (RowSet Training, RowSet Validation) Split(float share, int limit)
    {
        IGrouping<ulong, int>[] passages =
            [.. Examples.DistinctBy(entry => entry.Row).GroupBy(entry => entry.Passage, entry => entry.Row).OrderBy(passage => passage.Key)];
        double wanted = share == 0 ? 0 : Math.Clamp(Math.Round(share * Counts.Used), 1, limit);
        HashSet<ulong> held = [];
        int rows = 0;
        foreach (IGrouping<ulong, int> passage in passages.SkipLast(1))
        {
            if (rows >= wanted) break;
            int size = passage.Count();
            if (size > wanted) continue;
            held.Add(passage.Key);
            rows += size;
        }
        if (rows == 0 && wanted > 0 && passages.Length > 1)
        {
            IGrouping<ulong, int> smallest = passages.MinBy(passage => passage.Count())!;
            held.Add(smallest.Key);
            rows = smallest.Count();
        }
        if (rows == 0) return (this, new RowSet([], new RowCounts(0, 0, 0, 0, 0, new Dictionary<string, long>())));
        ILookup<bool, EncodedRow> sides = Examples.ToLookup(entry => held.Contains(entry.Passage));
        EncodedRow[] validation = [.. sides[true]];
        return (
            new RowSet([.. sides[false]], Counts.WithoutHeldOut(rows, validation.Length)),
            new RowSet(validation, new RowCounts(rows, rows, validation.Length, 0, 0, new Dictionary<string, long>())));
    }
}

using Bonito.Adaptation;
using Bonito.Engine.Training;
using FsCheck;
using FsCheck.Fluent;

namespace Bonito.Tests.Adaptation;

/// <summary>What is held out to validate on.</summary>
public sealed class SplitTests
{
    [Fact]
    public void No_passage_is_on_both_sides_and_no_row_is_lost() => Prop.ForAll(
        Gen.Choose(1, 12).ListOf().Where(passages => passages.Count > 0).SelectMany(passages => Gen.Choose(0, 90).Select(percent => (passages.ToArray(), percent))).ToArbitrary(),
        data =>
        {
            (int[] passages, int percent) = data;
            RowSet all = Set(passages);
            (RowSet training, RowSet validation) = all.Split(percent / 100f, limit: 5);
            bool apart = !training.Examples.Select(row => row.Passage).Intersect(validation.Examples.Select(row => row.Passage)).Any();
            bool whole = training.Examples.Count + validation.Examples.Count == all.Examples.Count && training.Counts.Used + validation.Counts.Used == all.Counts.Used;
            bool some = (validation.Examples.Count > 0) == (percent > 0 && passages.Distinct().Count() > 1);
            // A last passage may bring more than is asked for; without it there is less than asked for.
            double wanted = Math.Clamp(Math.Round(percent / 100f * passages.Length), 1, 5);
            int largest = passages.GroupBy(p => p).Max(group => group.Count());
            return apart && whole && some && training.Examples.Count > 0 && validation.Counts.Used < wanted + largest;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_held_out_does_not_depend_on_the_order_of_rows()
    {
        int[] passages = [.. Enumerable.Range(0, 40).Select(i => i % 13)];
        (_, RowSet first) = Set(passages).Split(0.2f, 400);
        (_, RowSet second) = Set([.. passages.Reverse()]).Split(0.2f, 400);
        Assert.Equal(first.Examples.Select(row => row.Passage).Order(), second.Examples.Select(row => row.Passage).Order());
        Assert.InRange(first.Counts.Used, 8, 11);
    }

    [Fact]
    public void A_passage_with_most_of_the_rows_is_learned()
    {
        for (int large = 0; large < 20; large++)
        {
            // 90 of 109 rows are about one passage, wherever its hash puts it.
            int[] passages = [.. Enumerable.Repeat(large, 90), .. Enumerable.Range(0, 20).Where(i => i != large)];
            (RowSet training, RowSet validation) = Set(passages).Split(0.05f, 400);
            Assert.Equal(5, validation.Counts.Used);
            Assert.Equal(104, training.Counts.Used);
        }
    }

    static RowSet Set(int[] passages) => new(
        [.. passages.Select((passage, i) => new EncodedRow(new TrainingExample([0, passage, 1], 1), i, (ulong)passage * 7919 % 101, null))],
        new RowCounts(passages.Length, passages.Length, passages.Length, 0, 0, new Dictionary<string, long>()));
}

using System.Text.Json;
using Bonito.Evaluation;
using FsCheck;
using FsCheck.Fluent;

namespace Bonito.Tests.Evaluation;

public sealed class SquadScoreTests
{
    sealed record Golden(string Answer, string Expected, string Normal, bool Exact, double F1);

    /// <summary>Pairs as Python's own functions have them (tests/goldens/squad/make.py).</summary>
    [Fact]
    public void Normal_forms_and_scores_are_those_of_the_definition_in_Python()
    {
        Golden[] goldens = [.. File.ReadLines(GoldenFile()).Select(line => JsonSerializer.Deserialize<Golden>(line, JsonSerializerOptions.Web)!)];
        Assert.Equal(400, goldens.Length);
        Assert.All(goldens, golden =>
        {
            Assert.Equal(golden.Normal, SquadScore.Normalise(golden.Answer));
            Assert.Equal(golden.Exact, SquadScore.IsExactMatch(golden.Answer, golden.Expected));
            Assert.Equal(golden.F1, SquadScore.F1(golden.Answer, golden.Expected), 1e-12);
        });
    }

    [Fact]
    public void Words_count_as_often_as_both_have_them() =>
        // Two of three words against two of four.
        Assert.Equal(2 * (2.0 / 3) * (2.0 / 4) / (2.0 / 3 + 2.0 / 4), SquadScore.F1("red red red", "blue red green red"), 1e-12);

    [Fact]
    public void The_best_of_several_expected_answers_counts()
    {
        string[] expected = ["the far north", "north", "Norway"];
        Assert.Equal(1, SquadScore.F1("The North.", expected));
        Assert.True(SquadScore.IsExactMatch("The North.", expected));
        Assert.False(SquadScore.IsExactMatch("The South.", expected));
        Assert.Equal(0.4, SquadScore.F1("up north, then", ["Norway", "far north"]), 1e-12);
    }

    [Fact]
    public void F1_is_the_same_both_ways_and_one_for_what_matches_exactly() =>
        Prop.ForAll<NonNull<string>, NonNull<string>>((a, b) =>
        {
            double f1 = SquadScore.F1(a.Get, b.Get);
            Assert.InRange(f1, 0, 1);
            Assert.Equal(f1, SquadScore.F1(b.Get, a.Get));
            string normal = SquadScore.Normalise(a.Get);
            Assert.Equal(normal, SquadScore.Normalise(normal));
            Assert.Equal(normal.Length == 0 ? 0 : 1, SquadScore.F1(a.Get, a.Get));
        }).QuickCheckThrowOnFailure();

    static string GoldenFile()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Bonito.slnx"))) return Path.Combine(folder.FullName, "tests", "goldens", "squad", "cases.jsonl");
        throw new InvalidOperationException("The tests run outside of the repository.");
    }
}

using Bonito.Ctga;
using FsCheck;
using FsCheck.Fluent;

namespace Bonito.Tests.Ctga;

public sealed class EvaluationTextsTests : IDisposable
{
    const string Thirteen = "the old mill by the river turned slowly while grey geese flew south";

    readonly BuildFolder folder = new();

    public void Dispose() => folder.Dispose();

    EvaluationTexts Read(string text)
    {
        folder.Write("eval/a.txt", text);
        return EvaluationTexts.Read(Path.Combine(folder.Sources, "eval"), TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData(Thirteen, true)]
    [InlineData("THE OLD MILL, by the river: turned slowly -- while (grey geese) flew\n\nsouth!", true)]
    [InlineData("Before it " + Thirteen + " and after it", true)]
    [InlineData("old mill by the river turned slowly while grey geese flew south", false)]
    [InlineData("the old mill by the river turned slowly while white geese flew south today", false)]
    [InlineData("", false)]
    public void Thirteen_words_in_a_row_are_an_overlap(string text, bool overlaps) => Assert.Equal(overlaps, Read($"Once {Thirteen} again.").Overlaps(text));

    [Fact]
    public void Words_of_any_script_and_case_are_words()
    {
        EvaluationTexts texts = Read("ÉTÉ сад ١٢ हिन्दी 日本語 a b c d e f g h");

        Assert.Equal(1, texts.Count);
        Assert.True(texts.Overlaps("été. Сад; ١٢, हिन्दी? 日本語! A B C D E F G H"));
    }

    [Fact]
    public void The_runs_are_those_that_a_slow_search_finds()
    {
        Gen<string> words = Gen.Elements("a", "b", "c").ListOf(60).Select(list => string.Join(' ', list));
        Prop.ForAll(words.ToArbitrary(), words.ToArbitrary(), (held, asked) =>
        {
            bool expected = Runs(held).Overlaps(Runs(asked));
            return Read(held).Overlaps(asked) == expected;
        }).QuickCheckThrowOnFailure();

        static HashSet<string> Runs(string text)
        {
            string[] list = text.Split(' ');
            return [.. Enumerable.Range(0, Math.Max(0, list.Length - 12)).Select(i => string.Join(' ', list[i..(i + 13)]))];
        }
    }

    [Fact]
    public void Many_runs_are_held()
    {
        EvaluationTexts texts = Read(string.Join(' ', Enumerable.Range(0, 50_000)));

        Assert.Equal(50_000 - 12, texts.Count);
        Assert.True(texts.Overlaps(string.Join(' ', Enumerable.Range(31_000, 13))));
        Assert.False(texts.Overlaps(string.Join(' ', Enumerable.Range(60_000, 500))));
    }

    [Fact]
    public void Rows_that_overlap_are_dropped_and_counted_and_files_of_no_format_are_named()
    {
        folder.Write("eval/squad.json", "{\"data\": [{\"paragraphs\": [{\"context\": \"" + Thirteen + "\"}]}]}");
        folder.Write("eval/README.md", "Read me.");
        folder.Write("rows.jsonl",
            $$"""
            {"p": "A passage says: {{Thirteen}}.", "t": "One"}
            {"p": "A passage says nothing of it.", "t": "Two"}
            {"p": "Another passage of some words.", "t": "{{Thirteen}}"}
            """);
        CtgaOptions options = folder.Options("roles: {context: p, title: t}\ntasks: [text_gen]\nparts: [{files: [rows.jsonl], format: jsonl}]");

        CtgaSummary summary = BuildFolder.Run(options with { ExcludeOverlapDirectory = Path.Combine(folder.Sources, "eval") });

        Assert.Equal(2, summary.Sets[0].Dropped[DropReason.EvaluationOverlap]);
        Assert.Equal((1, "README.md", "squad.json"), (summary.Overlap!.Ngrams, Assert.Single(summary.Overlap.PassedOver), Assert.Single(summary.Overlap.Files)));
        Assert.Single(folder.Rows());
        Assert.Contains("does not exist", Assert.Throws<BonitoException>(() => BuildFolder.Run(options with { ExcludeOverlapDirectory = "nowhere" })).Message, StringComparison.Ordinal);
    }
}

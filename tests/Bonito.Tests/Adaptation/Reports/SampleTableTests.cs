using System.Text;
using System.Text.Json;
using Bonito.Adaptation.Reports;

namespace Bonito.Tests.Adaptation.Reports;

public sealed class SampleTableTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Completions_stand_side_by_side_by_step_with_gaps_where_none_was_written()
    {
        SampleTable table = Read([(100, "a", "one"), (100, "b", "x"), (200, "a", " two \n"), (100, "a", "once more")]);
        Assert.Equal([100, 200], table.Steps);
        Assert.Equal(["a", "b"], table.Prompts.Select(p => p.Id));
        Assert.Equal([new Completion(100, "once more", false), new Completion(200, " two \n", true)], table.Prompts[0].Completions);
        Assert.Equal([new Completion(100, "x", false), null], table.Prompts[1].Completions);
        Assert.Equal("", table.Note);
    }

    [Fact]
    public void Of_many_steps_the_first_the_last_and_more_early_than_late_ones_are_shown()
    {
        int[] steps = [.. Enumerable.Range(1, 200).Select(i => 500 * i)];
        IReadOnlyList<int> chosen = SampleTable.Chosen(steps);
        Assert.Equal((500, 100_000, 8), (chosen[0], chosen[^1], chosen.Count));
        Assert.Equal(chosen.Order().Distinct(), chosen);
        Assert.True(chosen[4] < 20_000);
        Assert.Equal([3, 7], SampleTable.Chosen([3, 7]));

        SampleTable table = Read(steps.Select(step => (step, "a", "text")));
        Assert.Equal("8 of 200 sampled steps are shown; all are in samples.jsonl.", table.Note);
    }

    [Fact]
    public void Long_texts_are_cut_in_the_middle_so_that_the_page_stays_small()
    {
        string passage = string.Concat(Enumerable.Repeat("雨が降ると川の水位が上がる。", 900));
        SampleTable table = Read(Enumerable.Range(1, 9).SelectMany(step => Enumerable.Range(0, 20).Select(i => (step, $"p{i}", $"begins {passage} ends"))));
        Assert.Equal(12, table.Prompts.Count);
        Assert.Equal("7 of 9 sampled steps and 12 of 20 prompts are shown; all are in samples.jsonl.", table.Note);
        string cut = table.Prompts[0].Completions[0]!.Text;
        Assert.StartsWith("begins", cut, StringComparison.Ordinal);
        Assert.EndsWith("ends", cut, StringComparison.Ordinal);
        Assert.Matches(@" \[\.\.\. [\d,]+ characters left out \.\.\.\] ", cut);
        Assert.True(table.Prompts.Sum(p => p.Texts.Sum(Encoding.UTF8.GetByteCount)) < 100_000);
    }

    [Fact]
    public void Nothing_is_cut_within_a_character()
    {
        string text = string.Concat(Enumerable.Repeat("🐟", 20));
        for (int longest = 4; longest < 40; longest++)
            Assert.DoesNotContain('\uFFFD', Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(SampledPrompt.Shortened(text, longest))));
        Assert.Equal(text, SampledPrompt.Shortened(text, 40));
    }

    [Fact]
    public void Torn_lines_are_named_and_what_may_be_missing_may_be_missing()
    {
        string path = folder.Write("samples.jsonl", """
            {"step":1,"id":"a","task_type":null,"prompt":"p","completion":"c"}
            {"step":2,"id":"a","prompt":"p"}
            {"step":2,"id":"a","prompt":"p","completion":"c
            """);
        SampleTable table = SampleTable.Read(path, out IReadOnlyList<int>? unreadable)!;
        Assert.Equal([2, 3], unreadable);
        Assert.Equal((null, ""), (Assert.Single(table.Prompts).TaskType, table.Prompts[0].Reference));
        Assert.Null(SampleTable.Read(folder.File("nothing"), out unreadable));
        Assert.Null(unreadable);
    }

    SampleTable Read(IEnumerable<(int Step, string Id, string Completion)> samples)
    {
        string lines = string.Concat(samples.Select(s => JsonSerializer.Serialize(new { step = s.Step, id = s.Id, task_type = "exqa", prompt = "the prompt", reference = "two", completion = s.Completion }) + "\n"));
        return SampleTable.Read(folder.Write("samples.jsonl", lines), out _)!;
    }
}

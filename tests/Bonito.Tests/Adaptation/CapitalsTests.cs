using Bonito.Adaptation;

namespace Bonito.Tests.Adaptation;

/// <summary>Rows in capital letters.</summary>
public sealed class CapitalsTests
{
    const string Passage = "The Recipient returns all papers. Nobody keeps a copy of it.";

    static InstructionRow Row(string output, string context = Passage, string id = "1") =>
        new(id, "rows.jsonl:1", $"<|tasktype|>\nextractive question answering\n<|context|>\n{context}\n<|task|>\n", output, context, "exqa");

    [Fact]
    public void What_the_task_quotes_is_written_as_the_passage_is()
    {
        HashSet<string> seen = [];
        for (int seed = 0; seed < 100; seed++)
        {
            InstructionRow row = Row("{{context}}\n\nWho returns all papers?\n<|pipe|>\nThe Recipient");
            var written = (InstructionRow)Capitals.Write(row, 1, seed);
            seen.Add(written.Context!);
            Assert.NotEqual(Passage, written.Context);
            Assert.Equal(Passage, written.Context, ignoreCase: true);
            Assert.Contains($"<|context|>\n{written.Context}\n<|task|>", written.Input, StringComparison.Ordinal);
            Assert.Equal(
                written.Context!.StartsWith("THE RECIPIENT", StringComparison.Ordinal)
                    ? "{{context}}\n\nWho RETURNS ALL PAPERS?\n<|pipe|>\nTHE RECIPIENT"
                    : row.Output,
                written.Output);
        }
        // Each sentence alone, and both.
        Assert.Equal(
            ["The Recipient returns all papers. NOBODY KEEPS A COPY OF IT.", "THE RECIPIENT RETURNS ALL PAPERS. NOBODY KEEPS A COPY OF IT.", "THE RECIPIENT RETURNS ALL PAPERS. Nobody keeps a copy of it."],
            seen.Order(StringComparer.OrdinalIgnoreCase).ThenBy(text => text.IndexOf("THE R", StringComparison.Ordinal) + (text.EndsWith("IT.", StringComparison.Ordinal) ? 0 : 1)));
    }

    [Fact]
    public void Placeholder_and_pipe_and_short_words_of_the_template_stay()
    {
        const string passage = "A context is a pipe to it";
        var written = (InstructionRow)Capitals.Write(Row("{{context}}\nSay it: is a context wide?\n<|pipe|>\nit is a pipe", passage), 1, 1);
        Assert.Equal(passage.ToUpperInvariant(), written.Context);
        Assert.Equal("{{context}}\nSay it: IS A CONTEXT wide?\n<|pipe|>\nit IS A PIPE", written.Output);
    }

    [Fact]
    public void The_share_is_kept_and_rows_without_a_passage_stay()
    {
        InstructionRow[] rows = [.. Enumerable.Range(0, 4000).Select(i => Row($"{i}"))];
        int changed = rows.Count(row => !ReferenceEquals(Capitals.Write(row, 0.25f, 3), row));
        // Six standard deviations: sqrt(4000 · 0.25 · 0.75) = 27.
        Assert.InRange(changed, 1000 - 165, 1000 + 165);
        Assert.All(rows, row => Assert.Same(row, Capitals.Write(row, 0, 3)));
        InstructionRow bare = Row("x") with { Context = null };
        Assert.Same(bare, Capitals.Write(bare, 1, 3));
        InstructionRow empty = Row("x", "...");
        Assert.Same(empty, Capitals.Write(empty, 1, 3));
    }
}

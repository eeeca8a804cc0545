using Bonito.Ctga;

namespace Bonito.Tests.Ctga;

/// <summary>From rows of files to columns and roles.</summary>
public sealed class SourceRowsTests : IDisposable
{
    const string Answer = "{{ context }} | {{ question }}|||{{ answer }}";

    readonly BuildFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void Columns_are_made_by_expressions_over_those_of_the_file()
    {
        folder.Write("a.jsonl", """{"p": "The sky is blue.", "q": "Which colour?", "a": [{"t": "blue"}], "x y": 1}""");

        CtgaRow row = Assert.Single(folder.Build(
            "roles: {context: passage, question: \"q ~ ' (' ~ n ~ ')'\", answer: 'answers.text[0]'}\ntasks: [qa]\nparts: [{files: [a.jsonl], format: jsonl, columns: {passage: p, answers: \"{'text': a | map(attribute='t') | list}\", n: \"row['x y'] + 1\"}}]",
            "qa", Answer));

        Assert.Equal(("The sky is blue.", "{{context}} | Which colour? (2)", "blue"), (row.Context, row.TaskInput, row.TaskOutput));
    }

    [Fact]
    public void A_part_can_give_roles_otherwise()
    {
        folder.Write("a.jsonl", """{"p": "The sky is blue.", "t": "Sky"}""").Write("b.jsonl", """{"q": "The grass is green.", "t": "Grass"}""");

        List<CtgaRow> rows = folder.Build(
            "roles: {context: p, title: t}\ntasks: [text_gen]\nparts:\n  - {files: [a.jsonl], format: jsonl}\n  - {files: [b.jsonl], format: jsonl, roles: {context: q}}",
            "text_gen", "{{ title }}|||{{ context }}");

        Assert.Equal([("The grass is green.", "Grass"), ("The sky is blue.", "Sky")], rows.Select(r => (r.Context, r.TaskInput)).Order());
    }

    [Fact]
    public void The_published_form_is_read_in_place_of_what_stands_in_for_it()
    {
        folder.Write("mine/train.csv", "p,t\nA stand-in passage.,x\n");
        CtgaOptions options = folder.Options("roles: {context: p, title: t}\ntasks: [text_gen]\nparts: [{files: [mine/train.csv], format: csv}]");
        Assert.Equal("A stand-in passage.", SingleContext(options));

        var schema = Bonito.Parquet.ParquetSchema.Of(Bonito.Parquet.Column.Text("p"), Bonito.Parquet.Column.Text("t"));
        using (FileStream file = File.Create(Path.Combine(folder.Sources, "mine", "train-00000-of-00001.parquet")))
        using (var writer = new Bonito.Parquet.ParquetWriter(file, schema))
        {
            writer.Write(new Bonito.Rows.Row(["p", "t"], ["A published passage.", "y"]));
            writer.Finish();
        }
        Assert.Equal("A published passage.", SingleContext(options with { OutputDirectory = folder.Output + "-2" }));

        static string SingleContext(CtgaOptions options)
        {
            BuildFolder.Run(options);
            return Assert.Single(Bonito.Recipes.InspectCtga.Rows(options.OutputDirectory)).Context;
        }
    }

    [Fact]
    public void Roles_are_cleaned_of_white_space_and_keep_paragraphs_only_in_passages()
    {
        folder.Write("a.jsonl", """{"p": "One line.\r\n\r\n\r\nAnother  line.", "t": " A\ntitle ", "c": ["x\ny", "", null, 3]}""");

        CtgaRow row = Assert.Single(folder.Build(
            "roles: {context: p, title: t, choices: c}\ntasks: [text_gen]\nparts: [{files: [a.jsonl], format: jsonl}]",
            "text_gen", "{{ title }}: {{ choices | join('/') }}|||{{ context }}"));

        Assert.Equal(("One line.\n\nAnother line.", "A title: x y/3"), (row.Context, row.TaskInput));
    }

    [Fact]
    public void A_row_that_an_expression_cannot_do_is_counted_and_the_first_is_told()
    {
        folder.Write("a.jsonl", "{\"p\": \"A passage here.\", \"l\": \"good\"}\n{\"p\": \"Another passage.\", \"l\": \"odd\"}");

        CtgaSummary summary = BuildFolder.Run(folder.Options(
            "roles: {context: p, label: \"['bad', 'good'].index(l)\"}\ntasks: [sentiment]\nparts: [{files: [a.jsonl], format: jsonl}]"));

        Assert.Equal(1, summary.Sets[0].Dropped[DropReason.Unmapped]);
        Assert.Contains("a.jsonl:2", summary.Sets[0].FirstError, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jsonl", "{\"passage\":\"x\",\"id\":1}", "no column 'p'; columns there: passage, id")]
    [InlineData("jsonl", "{\"p\":\"A passage here.\"}\n{\"p\":", "a:2")]
    [InlineData("csv", "p,q\n\"A passage here.,b\n", "a:2: broken record")]
    public void Broken_files_are_reported_with_file_and_line(string format, string text, string expected)
    {
        folder.Write("a", text);

        var e = Assert.Throws<BonitoException>(() =>
            BuildFolder.Run(folder.Options($"roles: {{context: p, title: p}}\ntasks: [text_gen]\nparts: [{{files: [a], format: {format}}}]")));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.Output, "manifest.json")));
    }

    [Theory]
    [InlineData("wikiextractor", "<doc id=\"1\" url=\"u\" title=\"Bees &amp; ants\">\nBees & ants\n\n{0}\n</doc>\n<doc id=\"2\" url=\"u\" title=\"Empty\">\nEmpty\n\n</doc>\n", 2)]
    [InlineData("text", "{0}\n", 1)]
    public void Plain_text_goes_through_the_text_rules(string format, string layout, int documents)
    {
        folder.WriteTar("t.tar.gz", ("t/part_00", layout.Replace("{0}", TextRulesText.Gazetteer().Text, StringComparison.Ordinal)));

        CtgaSummary summary = BuildFolder.Run(folder.Options($"parts: [{{files: [t.tar.gz], format: {format}}}]"));

        Assert.Equal(documents, summary.Sets[0].RowsRead);
        Assert.NotEmpty(folder.Rows());
        Assert.All(folder.Rows(), r => Assert.DoesNotContain("<doc", r.Context, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("<doc id=\"1\" url=\"u\" title=\"Bees\">\nBees\n", "the article 'Bees' has no </doc>")]
    [InlineData("Bees\n", "text outside of a <doc ...> block")]
    public void A_broken_dump_is_reported(string text, string expected)
    {
        folder.Write("a.txt", text);

        var e = Assert.Throws<BonitoException>(() => BuildFolder.Run(folder.Options("parts: [{files: [a.txt], format: wikiextractor}]")));

        Assert.Contains($"a.txt:1: {expected}", e.Message, StringComparison.Ordinal);
    }
}

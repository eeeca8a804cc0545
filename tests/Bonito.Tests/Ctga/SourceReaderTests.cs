using System.Text;

namespace Bonito.Tests.Ctga;

/// <summary>Every format of source files, from bytes on disk to rows.</summary>
public sealed class SourceReaderTests
{
    const string Answer = "{{context}} | {{question}}";

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.jsonl.gz")]
    public void Json_lines(string file)
    {
        using var folder = new CtgaFolder();
        folder.Write(file, "{\"p\":\"The sky is blue.\",\"q\":\"Which colour?\",\"a\":[{\"t\":\"blue\"}]}\n\n{\"p\":\"Grass is green.\",\"q\":\"What is green?\",\"a\":[{\"t\":\"Grass\"}]}");

        List<Row> rows = folder.Build(
            "files: ['a.jsonl*']\nformat: jsonl\nroles: {context: p, question: q, answer: a.0.t}\ntasks: [qa]", "qa", Answer, "{{answer}}");

        Assert.Equal(
            [("Grass is green.", "{{context}} | What is green?", "Grass"), ("The sky is blue.", "{{context}} | Which colour?", "blue")],
            rows.Select(r => (r.Context, r.TaskInput, r.TaskOutput)).Order());
    }

    [Fact]
    public void Squad_takes_the_passage_from_around_the_question()
    {
        using var folder = new CtgaFolder();
        folder.Write("s.json", """
            {"data":[{"title":"T","paragraphs":[
              {"context":"Rain fell on Monday.","qas":[{"question":"When?","answers":[{"text":"Monday"}]},{"question":"What fell?","answers":[{"text":"Rain"}]}]},
              {"context":"Snow fell on Friday.","qas":[{"question":"When?","answers":[]}]}]}]}
            """);

        List<Row> rows = folder.Build(
            "files: [s.json]\nformat: squad\nroles: {context: context, question: question, answer: answers.0.text, title: title}\ntasks: [exqa]",
            "exqa", "{{title}} {{question}}", "{{answer}}");

        Assert.Equal(["T What fell?", "T When?"], rows.Select(r => r.TaskInput).Order());
        Assert.All(rows, r => Assert.Equal("Rain fell on Monday.", r.Context));
    }

    [Fact]
    public void Lists_beside_each_other_are_read_by_position_and_choices_by_letter()
    {
        using var folder = new CtgaFolder();
        folder.Write("r.json", """
            {"article":"Two cats slept.","questions":["How many?","What slept?"],"options":[["one","two"],["cats","dogs"]],"answers":["B","A"]}
            """);

        List<Row> rows = folder.Build(
            "files: [r.json]\nformat: json\nrows: questions.*\nroles: {context: article, question: ., choices: options.#, answer: {pick: answers.#}}\ntasks: [mcqa]",
            "mcqa", "{{question}} {{choices:comma}}", "{{answer}}");

        Assert.Equal([("How many? one, two", "two"), ("What slept? cats, dogs", "cats")], rows.Select(r => (r.TaskInput, r.TaskOutput)).Order());
    }

    [Fact]
    public void Arrays_without_names_are_read_by_position()
    {
        using var folder = new CtgaFolder();
        folder.Write("d.json", """[[["M: Hello.","W: Good morning."],[{"question":"Who greets first?","answer":"The man."}],"1-1"]]""");

        Row row = Assert.Single(folder.Build(
            "files: [d.json]\nformat: json\nrows: '*.1.*'\nroles: {context: '0', question: question, answer: answer}\ntasks: [qa]", "qa", Answer, "{{answer}}"));

        Assert.Equal("M: Hello.\nW: Good morning.", row.Context);
        Assert.Equal("The man.", row.TaskOutput);
    }

    [Fact]
    public void Csv_with_quotes_line_breaks_and_a_byte_order_mark()
    {
        using var folder = new CtgaFolder();
        folder.Write("a.csv", Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes("text,label\r\n\"He said \"\"yes\"\",\r\nthen left.\",1\r\nA second text.,0\r\n")).ToArray());

        List<Row> rows = folder.Build(
            "files: [a.csv]\nformat: csv\nroles: {context: text, label: {path: label, words: {'1': good, '0': bad}}}\ntasks: [sentiment]",
            "sentiment", "{{context}}", "{{label}}");

        Assert.Equal([("A second text.", "bad"), ("He said \"yes\",\nthen left.", "good")], rows.Select(r => (r.Context, r.TaskOutput)).Order());
    }

    [Fact]
    public void Csv_without_a_header_takes_the_names_of_the_catalogue()
    {
        using var folder = new CtgaFolder();
        folder.Write("a.csv", "\"3\",\"Title here\",\"The body of it.\"\n");

        Row row = Assert.Single(folder.Build(
            "files: [a.csv]\nformat: csv\ncolumns: [label, title, body]\nroles: {context: body, title: title}\ntasks: [text_gen]", "text_gen", "{{title}}", "{{context}}"));

        Assert.Equal(("The body of it.", "Title here", "{{context}}"), (row.Context, row.TaskInput, row.TaskOutput));
    }

    [Fact]
    public void Tsv_does_not_quote()
    {
        using var folder = new CtgaFolder();
        folder.Write("a.tsv", "one\ttwo\nA \"strange sentence.\tAnother sentence.\n");

        Row row = Assert.Single(folder.Build(
            "files: [a.tsv]\nformat: tsv\nroles: {context: one, sentence2: two}\ntasks: [paraphrase]", "paraphrase", "{{context}}", "{{sentence2}}"));

        Assert.Equal(("A \"strange sentence.", "Another sentence."), (row.Context, row.TaskOutput));
    }

    [Fact]
    public void Lines_with_a_fixed_label()
    {
        using var folder = new CtgaFolder();
        folder.Write("pos.gz", "what a film !\n\nit 's not bad at all .\n");

        List<Row> rows = folder.Build(
            "files: [pos.gz]\nformat: lines\nclean: [tokens]\nroles: {context: text, label: {value: positive}}\ntasks: [sentiment]",
            "sentiment", "{{context}}", "{{label}}");

        Assert.Equal(["it's not bad at all.", "what a film!"], rows.Select(r => r.Context).Order());
    }

    [Fact]
    public void Files_of_an_archive_with_the_label_in_the_path()
    {
        using var folder = new CtgaFolder();
        folder.WriteTar("r.tar.gz",
            ("r/train/pos/1.txt", "I liked it.<br /><br />Really."), ("r/train/neg/1.txt", "I hated all of it."), ("r/train/unsup/1.txt", "Who knows about it."), ("r/README", "no"));

        List<Row> rows = folder.Build(
            "files: [r.tar.gz]\nmembers: ['r/*/pos/*.txt', 'r/*/neg/*.txt']\nformat: files\nclean: [html]\nroles: {context: text, label: {path: member, match: '/(pos|neg)/', words: {pos: positive, neg: negative}}}\ntasks: [sentiment]",
            "sentiment", "{{context}}", "{{label}}");

        Assert.Equal([("I hated all of it.", "negative"), ("I liked it.\n\nReally.", "positive")], rows.Select(r => (r.Context, r.TaskOutput)).Order());
    }

    [Theory]
    [InlineData("wikiextractor", "<doc id=\"1\" url=\"u\" title=\"Bees &amp; ants\">\nBees & ants\n\n{0}\n</doc>\n<doc id=\"2\" url=\"u\" title=\"Empty\">\nEmpty\n\n</doc>\n", 2)]
    [InlineData("text", "{0}\n", 1)]
    public void Plain_text_goes_through_the_text_rules(string format, string layout, int documents)
    {
        using var folder = new CtgaFolder();
        folder.WriteTar("t.tar.gz", ("t/part_00", layout.Replace("{0}", TextRulesText.Gazetteer().Text, StringComparison.Ordinal)));

        var summary = CtgaFolder.Run(folder.Options($"files: [t.tar.gz]\nformat: {format}"));

        Assert.Equal(documents, summary.Sets[0].RowsRead);
        Assert.NotEmpty(folder.Rows());
        Assert.All(folder.Rows(), r => Assert.DoesNotContain("<doc", r.Context, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("jsonl", "{\"p\":\"A passage here.\"}\n{\"p\":", "a:2: not JSON")]
    [InlineData("json", "[{\"p\":\"A passage here.\"},\n]", "a:2: not JSON")]
    [InlineData("csv", "p,q\nA passage here.,b\nc\n", "a:3: ")]
    [InlineData("csv", "p,q\n\"A passage here.,b\n", "a:2: broken record")]
    [InlineData("jsonl", "", "a: set 'mine': the file has no rows")]
    [InlineData("jsonl", "{\"passage\":\"x\",\"id\":1}", "no column 'p'; columns there: passage, id")]
    [InlineData("jsonl", "{\"p\":\"x\"}\n\u00ff", "a:2: not UTF-8")]
    public void Broken_files_are_reported_with_file_and_line(string format, string text, string expected)
    {
        using var folder = new CtgaFolder();
        folder.Write("a", Encoding.Latin1.GetBytes(text));

        var e = Assert.Throws<BonitoException>(() =>
            CtgaFolder.Run(folder.Options($"files: [a]\nformat: {format}\nroles: {{context: p, title: {{value: t}}}}\ntasks: [text_gen]")));

        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(folder.Output, "manifest.json")));
        Assert.Empty(Directory.GetFileSystemEntries(folder.Output));
    }

    [Theory]
    [InlineData("a.jsonl.gz", "cannot be read")]
    [InlineData("a.tar.gz", "not a readable tar archive")]
    public void A_cut_off_or_false_archive_is_reported(string file, string expected)
    {
        using var folder = new CtgaFolder();
        folder.Write(file, "");
        File.WriteAllBytes(Path.Combine(folder.Sources, file), "this is no archive at all"u8.ToArray());

        var e = Assert.Throws<BonitoException>(() =>
            CtgaFolder.Run(folder.Options($"files: [{file}]\nformat: jsonl\nroles: {{context: p}}\ntasks: [text_gen]")));

        Assert.StartsWith(file, e.Message, StringComparison.Ordinal);
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tokens", "`` I do n't know , '' he said -lrb- softly -rrb- .", "\"I don't know,\" he said (softly).")]
    [InlineData("tokens", "She ca nt go ; the boys ' dog wo n't .", "She can't go; the boys ' dog won't.")]
    [InlineData("tokens", "a \"first\" word and a \" second \" one", "a \"first\" word and a \"second\" one")]
    [InlineData("tokens", "IT IS 5 . 3 , O 'Brien 's .", "IT IS 5. 3, O'Brien's.")]
    [InlineData("html", "Tom &amp; Ann #39;s  <b>day</b><br/>off", "Tom & Ann 's day\noff")]
    [InlineData("line_breaks", "one\\\\ntwo\\\\three", "one\ntwo three")]
    [InlineData("marks", "[step] Open it. #Person2#: Why?", "Open it. Person 2: Why?")]
    public void Artefacts_are_cleaned(string clean, string text, string expected)
    {
        using var folder = new CtgaFolder();
        folder.Write("a.jsonl", "{\"p\":\"A passage.\",\"q\":\"" + text.Replace("\"", "\\\"", StringComparison.Ordinal) + "\"}");

        Row row = Assert.Single(folder.Build(
            $"files: [a.jsonl]\nformat: jsonl\nclean: [{clean}]\nroles: {{context: q}}\ntasks: [text_gen]", "text_gen", "x", "{{context}}"));

        Assert.Equal(expected, row.Context);
    }
}

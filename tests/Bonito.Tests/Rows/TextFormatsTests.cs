using System.Text;
using Bonito.Rows;

namespace Bonito.Tests.Rows;

/// <summary>CSV, TSV, lines, files, and files beside each other.</summary>
public sealed class TextFormatsTests
{
    static RowSource Source(params string[] files) => new() { Files = files };

    [Fact]
    public void Csv_has_quotes_line_breaks_and_a_byte_order_mark()
    {
        using var folder = new RowFolder();
        folder.Write("a.csv", "\uFEFF,text,label\r\n1,\"He said \"\"yes\"\",\r\nthen left.\",\r\n2,A pipe,x\r\n");

        List<ReadRow> rows = folder.ReadAll(Source("a.csv"));

        Assert.Equal(["""{"": "1", "text": "He said \"yes\",\u000d\nthen left.", "label": ""}""", """{"": "2", "text": "A pipe", "label": "x"}"""], rows.Select(r => Shown.Of(r.Row)));
        Assert.Equal(["a.csv:2 (row 1)", "a.csv:4 (row 2)"], rows.Select(r => r.Origin.ToString()));
        Assert.Same(rows[0].Row.Keys, rows[1].Row.Keys);
    }

    [Fact]
    public void Csv_without_a_header_takes_the_names_given()
    {
        using var folder = new RowFolder();
        folder.Write("a.csv", "\"3\",\"Title\"\n4,Other\n");
        Assert.Equal(["""{"label": "3", "title": "Title"}""", """{"label": "4", "title": "Other"}"""], folder.Show(Source("a.csv") with { Columns = ["label", "title"] }));
    }

    [Fact]
    public void Tsv_does_not_quote()
    {
        using var folder = new RowFolder();
        folder.Write("a.tsv.gz", "one\ttwo\nA \"strange sentence.\tAnother.\n\"\t\"\n");
        Assert.Equal(["""{"one": "A \"strange sentence.", "two": "Another."}""", """{"one": "\"", "two": "\""}"""], folder.Show(Source("a.tsv.gz")));
    }

    [Theory]
    [InlineData("a,b\n1,2\n3\n", "a.csv:3")]
    [InlineData("a,b\n1,\"2\n3,4\n", "a.csv:2: broken record")]
    [InlineData("a,b\n1,a 12\" pipe\n", "a.csv:2: broken record")]
    [InlineData("a,a\n1,2\n", "the column 'a' stands 2 times in the header")]
    public void Broken_records_have_their_line(string text, string expected)
    {
        using var folder = new RowFolder();
        folder.Write("a.csv", text);
        Assert.Contains(expected, folder.Error(Source("a.csv")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_header_of_another_length_is_an_error()
    {
        using var folder = new RowFolder();
        folder.Write("a.csv", "1,2,3\n");
        Assert.Contains("3 fields in the first row, expected 2 (a, b)", folder.Error(Source("a.csv") with { Columns = ["a", "b"] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_that_are_blank_are_passed_over()
    {
        using var folder = new RowFolder();
        folder.Write("pos.txt", "\uFEFFfirst\r\n\n  \nsecond");
        List<ReadRow> rows = folder.ReadAll(Source("pos.txt"));
        Assert.Equal(["""{"text": "first", "path": "pos.txt"}""", """{"text": "second", "path": "pos.txt"}"""], rows.Select(r => Shown.Of(r.Row)));
        Assert.Equal(["pos.txt:1 (row 1)", "pos.txt:4 (row 2)"], rows.Select(r => r.Origin.ToString()));
    }

    [Fact]
    public void Latin1_is_read_when_said_and_refused_with_its_line_when_not()
    {
        using var folder = new RowFolder();
        folder.Write("a.txt", [.. "plain\ncaf"u8, 0xE9, .. " \n"u8]);
        Assert.Equal(["plain", "café "], folder.Rows(Source("a.txt") with { Latin1 = true }).Select(r => r["text"]));
        Assert.Contains("a.txt:2: not UTF-8", folder.Error(Source("a.txt")), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_are_rows_with_their_path()
    {
        using var folder = new RowFolder();
        folder.Write("r/pos/1.txt", "I liked it.\n");
        folder.Write("r/neg/1.txt", "");
        Assert.Equal(
            ["""{"text": "", "path": "r/neg/1.txt"}""", """{"text": "I liked it.\n", "path": "r/pos/1.txt"}"""],
            folder.Show(Source("r/**/*.txt") with { Format = RowFormat.Files }));
    }

    [Fact]
    public void Pairs_go_line_by_line_and_file_by_file()
    {
        using var folder = new RowFolder();
        folder.Write("train.article.txt", "a1\n\na3\n");
        folder.Write("train.title.txt", "t1\nt2\nt3");
        folder.Write("valid.article.txt.gz", "v1\n");
        folder.Write("valid.title.txt", "w1\n");
        RowSource source = Source("*.article.*", "*.title.*") with { Format = RowFormat.Pairs, Columns = ["document", "summary"] };

        List<ReadRow> rows = folder.ReadAll(source);

        Assert.Equal(
            ["""{"document": "a1", "summary": "t1"}""", """{"document": "", "summary": "t2"}""", """{"document": "a3", "summary": "t3"}""", """{"document": "v1", "summary": "w1"}"""],
            rows.Select(r => Shown.Of(r.Row)));
        Assert.Equal("train.article.txt:2 (row 2)", rows[1].Origin.ToString());
    }

    [Fact]
    public void Pairs_join_the_columns_of_rows_with_lines()
    {
        using var folder = new RowFolder();
        folder.Write("dev.jsonl", "{\"q\":1}\n{\"q\":2}\n");
        folder.Write("dev-labels.lst", "3\n1\n");
        Assert.Equal(["""{"q": 1, "label": "3"}""", """{"q": 2, "label": "1"}"""],
            folder.Show(Source("dev.jsonl", "dev-labels.lst") with { Format = RowFormat.Pairs, Columns = ["label"] }));
        Assert.Contains("the column 'q' stands in more than one", folder.Error(Source("dev.jsonl", "dev-labels.lst") with { Format = RowFormat.Pairs, Columns = ["q"] }), StringComparison.Ordinal);
        Assert.Contains("no name for its column", folder.Error(Source("dev.jsonl", "dev-labels.lst") with { Format = RowFormat.Pairs }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1\n2\n3\n", "1\n2\n", "a.txt: one row more")]
    [InlineData("1\n", "1\n2\n", "b.txt: one row more")]
    [InlineData("", "1\n", "b.txt: one row more")]
    public void Pairs_of_different_length_are_an_error(string one, string other, string expected)
    {
        using var folder = new RowFolder();
        folder.Write("a.txt", one);
        folder.Write("b.txt", other);
        Assert.Contains(expected, folder.Error(Source("a.txt", "b.txt") with { Format = RowFormat.Pairs, Columns = ["a", "b"] }), StringComparison.Ordinal);
    }

    [Fact]
    public void Pairs_need_two_sides_with_equally_many_files()
    {
        using var folder = new RowFolder();
        folder.Write("a1.txt", "1");
        folder.Write("a2.txt", "1");
        folder.Write("b1.txt", "1");
        Assert.Contains("two patterns", folder.Error(Source("a1.txt") with { Format = RowFormat.Pairs, Columns = ["a", "b"] }), StringComparison.Ordinal);
        Assert.Contains("a2.txt: one file more", folder.Error(Source("a*.txt", "b*.txt") with { Format = RowFormat.Pairs, Columns = ["a", "b"] }), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_does_not_tell_the_format_is_an_error()
    {
        using var folder = new RowFolder();
        folder.Write("a.bin", "x");
        Assert.Contains("a.bin: the name does not tell the format", folder.Error(Source("a.bin")), StringComparison.Ordinal);
    }

    public static TheoryData<RowSource, string> Vain() => new()
    {
        { Source("a.csv") with { RowsPath = "*" }, "a rows path" },
        { Source("a.jsonl") with { Columns = ["a"] }, "names of columns" },
        { Source("a.csv") with { Lists = ["a"] }, "names of lists" },
        { Source("a.xml") with { RowsPath = "d.r.*", Latin1 = true }, "Latin-1" },
    };

    [Theory]
    [MemberData(nameof(Vain), DisableDiscoveryEnumeration = true)]
    public void What_a_format_has_no_use_for_is_refused(RowSource source, string expected)
    {
        using var folder = new RowFolder();
        folder.Write(source.Files[0], "");
        Assert.Contains($"have no use for {expected}", folder.Error(source), StringComparison.Ordinal);
    }
}

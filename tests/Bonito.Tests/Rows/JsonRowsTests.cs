using System.Text;
using Bonito.Rows;

namespace Bonito.Tests.Rows;

public sealed class JsonRowsTests
{
    static RowSource Source(string file, string path = "", RowFormat format = RowFormat.Auto) => new() { Files = [file], RowsPath = path, Format = format };

    [Theory]
    [InlineData("a.jsonl")]
    [InlineData("a.ndjson.gz")]
    public void Lines_have_nested_values_of_every_kind(string file)
    {
        using var folder = new RowFolder();
        const string first = """{"s": "naïve 😀", "i": -3, "big": "123456789012345678901234567890", "d": 0.5, "t": true, "f": false, "n": null, "l": [1, [2, {"x": []}]], "o": {"a": {"b": 1}}}""";
        folder.Write(file, first.Replace("\"123456789012345678901234567890\"", "123456789012345678901234567890", StringComparison.Ordinal) + "\r\n\n  \n{\"other\": 1}");

        List<ReadRow> rows = folder.ReadAll(Source(file));

        Assert.Equal([first, """{"other": 1}"""], rows.Select(r => Shown.Of(r.Row)));
        Assert.Equal([$"{file}:1 (row 1)", $"{file}:4 (row 2)"], rows.Select(r => r.Origin.ToString()));
    }

    [Fact]
    public void Of_equal_names_the_last_counts_and_rows_of_equal_names_share_them()
    {
        using var folder = new RowFolder();
        folder.Write("a.jsonl", "{\"a\":1,\"b\":2}\n{\"a\":3,\"b\":4}\n{\"a\":5}\n{\"a\":6,\"b\":7,\"a\":8}\n{\"b\":9,\"\\u0061\":10}\n{\"b\":11,\"a\":12}");

        List<Row> rows = folder.Rows(Source("a.jsonl"));

        Assert.Equal(["{\"a\": 1, \"b\": 2}", "{\"a\": 3, \"b\": 4}", "{\"a\": 5}", "{\"a\": 8, \"b\": 7}", "{\"b\": 9, \"a\": 10}", "{\"b\": 11, \"a\": 12}"], rows.Select(Shown.Of));
        Assert.Same(rows[0].Keys, rows[1].Keys);
        Assert.Same(rows[4].Keys, rows[5].Keys);
    }

    [Fact]
    public void Squad_rows_see_the_columns_around_them_whatever_their_order()
    {
        using var folder = new RowFolder();
        folder.Write("s.json", """
            {"version": "1.1", "ignored": {"data": [1]}, "data": [
              {"title": "T", "paragraphs": [
                {"qas": [{"id": "1", "question": "A?"}, {"id": "2", "question": "B?"}], "context": "after", "id": "outer"},
                {"context": "before", "qas": []}]},
              {"paragraphs": [{"context": "second", "qas": [{"id": "3", "question": "C?"}]}], "title": "U"}], "more": [[{}]]}
            """);

        List<ReadRow> rows = folder.ReadAll(Source("s.json", "data.*.paragraphs.*.qas.*"));

        Assert.Equal(
            [
                """{"id": "1", "question": "A?", "context": "after", "title": "T", "#": 0}""",
                """{"id": "2", "question": "B?", "context": "after", "title": "T", "#": 1}""",
                """{"id": "3", "question": "C?", "context": "second", "title": "U", "#": 0}""",
            ],
            rows.Select(r => Shown.Of(r.Row)));
        Assert.Equal(["s.json:2 (row 1)", "s.json:2 (row 2)", "s.json:5 (row 3)"], rows.Select(r => r.Origin.ToString()));
        Assert.Same(rows[0].Row.Keys, rows[1].Row.Keys);
    }

    [Theory]
    [InlineData("[{\"a\":1},{\"a\":2}]")]
    [InlineData("{\"a\":1}\n{\"a\":2}\n")]
    [InlineData("\uFEFF[{\"a\":1}]\n[{\"a\":2}]")]
    public void Without_a_path_rows_are_the_items_of_arrays_or_the_values_themselves(string json)
    {
        using var folder = new RowFolder();
        folder.Write("a.json", json);
        Assert.Equal(["{\"a\": 1}", "{\"a\": 2}"], folder.Show(Source("a.json")));
    }

    [Theory]
    [InlineData("*", """{"x": {"v": 1}, "y": {"v": 2, "key": "own"}}""", """{"v": 1, "key": "x"}|{"v": 2, "key": "own"}""")]
    [InlineData("rows.*", """{"rows": {"x": 1}}""", """{"value": 1, "key": "x"}""")]
    [InlineData("*.1.*", """[[["M: Hello."], [{"q": "Who?"}], "1-1"]]""", """{"q": "Who?", "0": ["M: Hello."], "2": "1-1", "#": 0}""")]
    [InlineData("$.questions.*", """{"questions": ["Who?", "When?"], "answers": ["A", "B"]}""", """{"value": "Who?", "answers": ["A", "B"], "#": 0}|{"value": "When?", "answers": ["A", "B"], "#": 1}""")]
    [InlineData("*.*", """[[{"a": 1}, {"a": 2}], [{"a": 3}]]""", """{"a": 1, "#": 0}|{"a": 2, "#": 1}|{"a": 3, "#": 0}""")]
    [InlineData("a.1.*", """{"a": [[{"x": 1}], [{"x": 2}]]}""", """{"x": 2}""")]
    [InlineData("*.l.*", """[{"l": null}, {"l": []}, {"l": [{"x": 1}], "y": 2}]""", """{"x": 1, "y": 2, "#": 0}""")]
    [InlineData("*", "[[1, \"two\"], 3]", """{"0": 1, "1": "two"}|{"value": 3}""")]
    public void Paths(string path, string json, string expected)
    {
        using var folder = new RowFolder();
        folder.Write("a.json", json);
        Assert.Equal(expected.Split('|'), folder.Show(Source("a.json", path)));
    }

    [Fact]
    public void A_path_into_lines_sees_the_line()
    {
        using var folder = new RowFolder();
        folder.Write("a.jsonl", "{\"p\":\"one\",\"qas\":[{\"q\":1},{\"q\":2}]}\n{\"p\":\"two\",\"qas\":[{\"q\":3}]}");
        Assert.Equal(
            ["""{"q": 1, "p": "one", "#": 0}""", """{"q": 2, "p": "one", "#": 1}""", """{"q": 3, "p": "two", "#": 0}"""],
            folder.Show(Source("a.jsonl", "qas.*")));
    }

    [Fact]
    public void Columns_become_rows()
    {
        using var folder = new RowFolder();
        folder.Write("a.json", """{"text": ["x", "y"], "label": {"0": 1, "1": null}}""");
        Assert.Equal(["""{"text": "x", "label": 1}""", """{"text": "y", "label": null}"""], folder.Show(Source("a.json", format: RowFormat.JsonColumns)));
    }

    [Theory]
    [InlineData("a.jsonl", "{\"a\":1}\n{\"a\":}", "", "a.jsonl:2: broken JSON")]
    [InlineData("a.jsonl", "{\"a\":1} {\"a\":2}", "", "a.jsonl:1: broken JSON")]
    [InlineData("a.jsonl", "[\n{\"a\":1}\n]", "", "its format is json")]
    [InlineData("a.jsonl", "{\"a\":\"\\ud800\"}", "", "a.jsonl:1: broken JSON: a text is not Unicode")]
    [InlineData("a.json", "[{\"a\":1},\n{\"a\":1]", "", "a.json:2: broken JSON")]
    [InlineData("a.json", "[{\"a\":1}", "", "a.json:1: broken JSON")]
    [InlineData("a.json", "{\"x\":1}", "data.*", "a.json:1: no 'data' on the rows path 'data.*'; there are: x.")]
    [InlineData("a.json", "{\"data\":1}", "data.*", "leads to a single value")]
    [InlineData("a.json", "{\"data\":[],\"data\":[]}", "data.*", "'data' stands twice")]
    [InlineData("a.json", "{\"data\":[{\"x\":1}]}", "data.*.qas.*", "a.json:1 (row 1): no 'qas' on the rows path 'data.*.qas.*'; there are: x.")]
    [InlineData("a.json", "{\"data\":[{\"qas\":1}]}", "data.*.qas.*", "leads to a single value")]
    [InlineData("a.json", "[]", "data", "The rows path 'data' is not one")]
    [InlineData("a.json", "[]", "a..*", "The rows path 'a..*' is not one")]
    public void Errors_say_what_and_where(string file, string json, string path, string expected)
    {
        using var folder = new RowFolder();
        folder.Write(file, json);
        Assert.Contains(expected, folder.Error(Source(file, path)), StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_utf8_is_an_error_with_its_line()
    {
        using var folder = new RowFolder();
        folder.Write("a.jsonl", [.. "{\"a\":1}\n{\"a\":\""u8, 0xFF, .. "\"}"u8]);
        Assert.Contains("a.jsonl:2: broken JSON: a text is not Unicode", folder.Error(Source("a.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_document_larger_than_memory_allows_is_streamed()
    {
        using var folder = new RowFolder();
        using (Stream file = folder.Create("big.json.gz"))
        {
            // 240 MB of JSON, most of it in what is passed over.
            byte[] skipped = Encoding.UTF8.GetBytes($"[{string.Join(",", Enumerable.Repeat("{\"x\":\"" + new string('y', 1000) + "\"}", 1000))}]");
            file.Write("{\"other\":["u8);
            for (int i = 0; i < 200; i++)
            {
                if (i > 0) file.Write(","u8);
                file.Write(skipped);
            }
            file.Write("],\"data\":["u8);
            for (int i = 0; i < 40; i++)
            {
                if (i > 0) file.Write(","u8);
                file.Write(skipped.AsSpan(1, skipped.Length - 2));
            }
            file.Write("]}"u8);
        }
        RowSource source = Source("big.json.gz", "data.*");
        long before = GC.GetAllocatedBytesForCurrentThread();

        int rows = RowReader.Read(source, source.Find([folder.Path]).Files, TestContext.Current.CancellationToken).Count();

        Assert.Equal(40_000, rows);
        // Each row is a text of 1000 characters; nothing else is made of the file.
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 160_000_000, $"{GC.GetAllocatedBytesForCurrentThread() - before}");
    }

    [Fact]
    public void Buffers_grow_for_long_values_and_values_cut_by_buffers_are_whole()
    {
        using var folder = new RowFolder();
        string[] texts = [.. Enumerable.Range(0, 60).Select(i => new string((char)('a' + i % 26), i * i * 97))];
        string json = string.Join(",", texts.Select(t => $"{{\"t\":\"{t}\",\"n\":{t.Length}}}"));
        folder.Write("a.json", $"[{json}]");
        folder.Write("a.jsonl", string.Join("\n", texts.Select(t => $"{{\"t\":\"{t}\",\"n\":{t.Length}}}")));

        Assert.Equal(texts, folder.Rows(Source("a.json")).Select(r => r["t"]));
        Assert.Equal(texts, folder.Rows(Source("a.jsonl")).Select(r => r["t"]));
    }
}

using System.Text;
using Bonito.Documents;

namespace Bonito.Tests.Documents;

public sealed class DocumentReaderTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string[] Texts(string file, string? column = null) =>
        [.. _folder.Read(column, file).Documents.Select(d => $"{d.Name}={d.Text}")];

    [Fact]
    public void Text_files_are_one_document_each_line_ends_untouched()
    {
        _folder.Write("a.md", "# T\r\n\r\nBody");
        _folder.Write("b.txt.gz", TemporaryFolder.Gzip("zipped\n"));
        Assert.Equal([new Document("a.md", "# T\r\n\r\nBody"), new Document("b.txt.gz", "zipped\n")], _folder.Read(null, "").Documents);
    }

    [Fact]
    public void Json_lines_give_a_document_per_row()
    {
        _folder.Write("r.jsonl", "{\"id\":1,\"text\":\"One\"}\r\n\n{\"text\":\"Zwei \\u00fc\",\"id\":2}");
        Assert.Equal(["r.jsonl#1=One", "r.jsonl#2=Zwei ü"], Texts("r.jsonl"));
        _folder.Write("z.jsonl.gz", TemporaryFolder.Gzip("{\"body\":\"B\",\"text\":\"T\"}\n"));
        Assert.Equal(["z.jsonl.gz#1=B"], Texts("z.jsonl.gz", "body"));
    }

    [Theory]
    [InlineData("[{\"text\":\"One\"},\n {\"text\":\"Two\"}]")]
    [InlineData("{\"text\":\"One\"}\n{\"text\":\"Two\"}")]
    public void Json_is_an_array_of_rows_or_rows_one_after_another(string json)
    {
        _folder.Write("r.json", json);
        Assert.Equal(["r.json#1=One", "r.json#2=Two"], Texts("r.json"));
    }

    [Theory]
    [InlineData("id,text\n1,One\n2,\"Two, \"\"quoted\"\"\nand long\"\n")]
    [InlineData("id;text\r\n1;One\r\n2;\"Two, \"\"quoted\"\"\nand long\"")]
    [InlineData(" id\t text\n1\tOne\n\n2\t\"Two, \"\"quoted\"\"\nand long\"\n")]
    public void Csv_gives_a_document_per_row_whatever_the_separator(string csv)
    {
        _folder.Write("r.csv", csv);
        Assert.Equal(["r.csv#1=One", "r.csv#2=Two, \"quoted\"\nand long"], Texts("r.csv"));
    }

    [Fact]
    public void Csv_in_other_encodings_is_read()
    {
        _folder.Write("r.csv", [.. Encoding.Unicode.GetPreamble(), .. Encoding.Unicode.GetBytes("content\nGrüße\n")]);
        Assert.Equal(["r.csv#1=Grüße"], Texts("r.csv"));
        _folder.Write("l.csv", Encoding.Latin1.GetBytes("content\nGrüße\n"));
        Assert.Equal(["l.csv#1=Grüße"], Texts("l.csv"));
    }

    [Theory]
    [InlineData("r.jsonl", "{\"text\":\"One\"}\n{\"text\":\"Two\"}}\n", "r.jsonl:2:15: broken JSON: '}' is invalid after a single JSON value")]
    [InlineData("r.jsonl", "{\"text\":\"Grüße\" \"x\"}\n", "r.jsonl:1:17: broken JSON:")]
    [InlineData("r.jsonl", "[\n{\"text\":\"a\"}]\n", "its name should end in .json")]
    [InlineData("r.json", "[{\"text\":\"One\"},\r\n {\"text\": }]", "r.json:2:11: broken JSON: '}' is an invalid start of a value")]
    [InlineData("r.json", "[{\"text\":\"One\"}", "r.json:1:16: broken JSON:")]
    [InlineData("r.jsonl", "\"One\"\n", "r.jsonl:1: a row is a string; expected an object")]
    [InlineData("r.json", "[1]", "r.json:1: a row is a number; expected an object")]
    [InlineData("r.json", "[\n[]]", "r.json:2: a row is an array; expected an object")]
    [InlineData("r.jsonl", "{\"text\":\"a\"}\n{\"text\":7}\n", "r.jsonl:2: the column 'text' holds a number; expected a string")]
    [InlineData("r.jsonl", "{\"text\":\"a\"}\n{\"id\":7,\"body\":\"b\"}\n", "r.jsonl:2: the row has no column 'text'; it has: id, body")]
    [InlineData("r.jsonl", "{\"text\":\"a \\ud800 b\"}\n", "r.jsonl:1: the column 'text' holds half of a surrogate pair")]
    [InlineData("r.csv", "id,text\n1,a\n2,b,c\n", "r.csv:3: broken CSV:")]
    [InlineData("r.csv", "id,text\n1,a\n2,\"b\n3,c\n", "r.csv:3: broken CSV:")]
    public void Broken_rows_are_named_by_file_and_line(string name, string content, string expected)
    {
        _folder.Write(name, content);
        Assert.Contains(expected, _folder.Error(null, name), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("r.jsonl", "{\"id\":1,\"body\":\"b\"}")]
    [InlineData("r.csv", "id,body\n1,b\n")]
    public void A_missing_column_is_answered_with_those_there_are(string name, string content)
    {
        _folder.Write(name, content);
        Assert.Equal($"{name}:1: no column 'txt'; there are: id, body", _folder.Error("txt", name));
        Assert.Equal(
            $"{name}:1: no column is called text, context, document or content; there are: id, body. Name one with --context-col",
            _folder.Error(null, name));
    }

    [Fact]
    public void Several_columns_with_usual_names_need_a_choice()
    {
        _folder.Write("r.csv", "content,text\na,b\n");
        Assert.Equal(
            "r.csv:1: several columns could hold the documents: text, content. Name one with --context-col", _folder.Error(null, "r.csv"));
        Assert.Equal(["r.csv#1=a"], Texts("r.csv", "content"));
        _folder.Write("r.csv", "text,text\na,b\n");
        Assert.Equal("r.csv:1: the column 'text' occurs 2 times", _folder.Error("text", "r.csv"));
    }

    [Fact]
    public void A_column_for_files_without_columns_is_refused()
    {
        _folder.Write("a.txt", "a");
        Assert.Equal("the column 'text' is asked for, but none of the files has columns (.jsonl, .json, .csv)", _folder.Error("text", "a.txt"));
    }

    [Fact]
    public void Everything_without_text_is_told()
    {
        _folder.Write("a.txt", "");
        _folder.Write("b.md", " \r\n\u3000");
        _folder.Write("c.jsonl", "{\"text\":null}\n{\"text\":\" \"}\n{\"text\":\"kept\"}\n");
        _folder.Write("d.csv", "text\n");
        _folder.Write("e.json", "[]");
        _folder.Write("f.png", "x");
        (List<Document> documents, List<DocumentNotice> notices) = _folder.Read(null, "");

        Assert.Equal([new Document("c.jsonl#3", "kept")], documents);
        Assert.Equal(
            [
                (_folder.At(""), NoticeReason.UnsupportedFiles), ("a.txt", NoticeReason.EmptyFile), ("b.md", NoticeReason.BlankText),
                ("c.jsonl#1", NoticeReason.BlankText), ("c.jsonl#2", NoticeReason.BlankText), ("d.csv", NoticeReason.EmptyFile),
                ("e.json", NoticeReason.EmptyFile),
            ],
            notices.Select(n => (n.Subject, n.Reason)));
        Assert.Equal("no text in the inputs: 2 files read, all of them empty or blank", _folder.Error(null, "a.txt", "b.md"));
    }

    [Fact]
    public void Broken_and_cut_off_gzip_is_named()
    {
        byte[] whole = TemporaryFolder.Gzip(string.Concat(Enumerable.Range(0, 20_000)));
        _folder.Write("cut.txt.gz", whole[..(whole.Length / 2)]);
        Assert.StartsWith("cut.txt.gz: broken or incomplete gzip data", _folder.Error(null, "cut.txt.gz"), StringComparison.Ordinal);
        _folder.Write("no.txt.gz", "plain text");
        Assert.StartsWith("no.txt.gz: broken or incomplete gzip data", _folder.Error(null, "no.txt.gz"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_nowhere_is_named()
    {
        File.CreateSymbolicLink(_folder.At("link.txt"), _folder.At("nowhere.txt"));
        Assert.Equal("link.txt: the file is gone, or a link to nowhere", _folder.Error(null, ""));
    }

    [Fact]
    public void A_file_that_may_not_be_read_is_named()
    {
        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess)
        {
            Assert.Skip("permissions do not bind this user");
            return;
        }

        File.SetUnixFileMode(_folder.Write("a.txt", "a"), UnixFileMode.None);
        Assert.Equal("a.txt: no permission to read the file", _folder.Error(null, "a.txt"));
    }

    [Fact]
    public void Files_are_opened_only_when_their_turn_comes()
    {
        _folder.Write("a.txt", "a");
        _folder.Write("b.json", "broken");
        using IEnumerator<Document> documents = DocumentReader.Read([_folder.Path], null, _ => { }).GetEnumerator();
        Assert.True(documents.MoveNext());
        Assert.Equal("a.txt", documents.Current.Name);
        Assert.Throws<BonitoException>(() => documents.MoveNext());
    }
}

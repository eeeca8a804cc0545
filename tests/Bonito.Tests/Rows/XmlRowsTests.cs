using System.Text;
using Bonito.Rows;

namespace Bonito.Tests.Rows;

public sealed class XmlRowsTests
{
    const string Quiz = """
        <?xml version="1.0" encoding="utf-8"?>
        <data xmlns:x="urn:x">
          <!-- a comment -->
          <about><text>not a row</text></about>
          <text domain="fiction" id="f1">
            <questions>
              <q id="1"> Who &amp; what? <a id="1" correct="True">A <b>bold</b> cat</a><a id="2">  A dog  </a></q>
              <q id="2"><a id="1">Only one</a></q>
            </questions>
            <body><![CDATA[The <cat>]]> sat.</body>
          </text>
          <text id="f2"><questions><q id="1">Alone?</q></questions><body/></text>
        </data>
        """;

    static string[] Show(string xml, string path, params string[] lists)
    {
        using var folder = new RowFolder();
        folder.Write("q.xml", xml);
        return folder.Show(new RowSource { Files = ["q.xml"], RowsPath = path, Lists = lists });
    }

    [Fact]
    public void Elements_are_rows_with_attributes_and_elements_as_columns() => Assert.Equal(
        [
            """{"domain": "fiction", "id": "f1", "questions": {"q": [{"id": "1", "a": [{"id": "1", "correct": "True", "b": "bold", "value": "A  cat"}, {"id": "2", "value": "A dog"}], "value": "Who & what?"}, {"id": "2", "a": {"id": "1", "value": "Only one"}}]}, "body": "The <cat> sat."}""",
            """{"id": "f2", "questions": {"q": {"id": "1", "value": "Alone?"}}, "body": ""}""",
        ],
        Show(Quiz, "data.text.*"));

    [Fact]
    public void Inner_elements_see_what_is_around_them() => Assert.Equal(
        [
            """{"id": "1", "a": [{"id": "1", "correct": "True", "b": "bold", "value": "A  cat"}, {"id": "2", "value": "A dog"}], "value": "Who & what?", "domain": "fiction", "body": "The <cat> sat.", "#": 0}""",
            """{"id": "2", "a": [{"id": "1", "value": "Only one"}], "domain": "fiction", "body": "The <cat> sat.", "#": 1}""",
            """{"id": "1", "value": "Alone?", "body": "", "#": 0}""",
        ],
        Show(Quiz, "data.text.*.questions.q.*", "a"));

    [Theory]
    [InlineData("<!DOCTYPE d [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><d><r>&b;</r></d>", "d.r.*", "q.xml:1: broken XML")]
    [InlineData("<d>\n<r>x</r><r>", "d.r.*", "q.xml:2: broken XML")]
    [InlineData("<d><s/><t/></d>", "d.r.*", "no element on the rows path 'd.r.*'; passed over: s, t.")]
    [InlineData("<d/>", "", "rows of XML need a path")]
    [InlineData("<d/>", "*", "rows of XML need a path")]
    [InlineData("<d/>", "$.d.*", "rows of XML need a path")]
    public void Errors_say_what_and_where(string xml, string path, string expected) =>
        Assert.Contains(expected, Assert.Throws<BonitoException>(() => Show(xml, path)).Message, StringComparison.Ordinal);

    [Fact]
    public void Elements_of_any_depth_are_refused_not_a_crash()
    {
        string deep = string.Concat(Enumerable.Repeat("<a>", 100_000)) + string.Concat(Enumerable.Repeat("</a>", 100_000));
        Assert.Contains("more than 64 deep", Assert.Throws<BonitoException>(() => Show($"<d><r>{deep}</r></d>", "d.r.*")).Message, StringComparison.Ordinal);
        Assert.Contains("passed over: x", Assert.Throws<BonitoException>(() => Show($"<d><x>{deep}</x></d>", "d.r.*")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_attribute_made_to_exhaust_the_memory_is_refused()
    {
        using var folder = new RowFolder();
        using (Stream file = folder.Create("q.xml.gz"))
        {
            file.Write("<d><r a='"u8);
            byte[] blank = Encoding.ASCII.GetBytes(new string(' ', 1_000_000));
            for (int i = 0; i < 300; i++) file.Write(blank);
        }
        Assert.Contains("of more than 256 MiB", folder.Error(new RowSource { Files = ["q.xml.gz"], RowsPath = "d.r.*" }), StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_anywhere_it_gives_rows_or_an_error()
    {
        using var folder = new RowFolder();
        var random = new Random(2);
        byte[] whole = Encoding.UTF8.GetBytes(Quiz);
        int refused = 0;
        for (int round = 0; round < 500; round++)
        {
            byte[] bytes = (byte[])whole.Clone();
            bytes[random.Next(bytes.Length)] = round % 2 == 0 ? (byte)random.Next(256) : "<>&/\"' ="u8[random.Next(8)];
            folder.Write("q.xml", bytes);
            try
            {
                folder.ReadAll(new RowSource { Files = ["q.xml"], RowsPath = "data.text.*.questions.q.*" });
            }
            catch (BonitoException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 50, 499);
    }
}

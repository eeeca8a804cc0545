using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bonito.Rows;
using FsCheck;
using FsCheck.Fluent;

namespace Bonito.Tests.Rows;

/// <summary>Random rows, written by other means, are read back as they were.</summary>
public sealed class RoundTripTests
{
    static readonly string[] Pieces = ["a", "Ab ", "naïve", "😀", "שלום", "\"", "\\", ",", "\t", "\n", "\r\n", "\0", "\u2028", "'", "é", " ", "0", "null", "{", "]", "=", "|"];

    static readonly Gen<string> Texts = Gen.Elements(Pieces).ListOf().Select(pieces => string.Concat(pieces));

    static readonly Gen<object?> Leaves = Gen.OneOf(
        Gen.Constant((object?)null), Gen.Elements((object?)true, false), Texts.Select(t => (object?)t),
        Gen.Elements<object?>(0L, -1L, long.MaxValue, long.MinValue, 7L), Gen.Elements<object?>(0.5, -1e300, 1e-7, 123456.789));

    static Gen<object?> Value(int depth) => depth == 0 ? Leaves : Gen.OneOf(
        Leaves, Leaves, Value(depth - 1).ListOf().Select(items => (object?)items.ToArray()), RowOf(depth - 1).Select(row => (object?)row));

    static Gen<Row> RowOf(int depth) =>
        from names in Gen.Elements("a", "b", "text", "naïve name", "\"quoted\"", "").ListOf()
        let own = names.Distinct().ToArray()
        from values in Value(depth).ListOf(own.Length)
        select new Row(own, [.. values]);

    static void ForAll<T>(Gen<T> rows, Action<RowFolder, T> check)
    {
        using var folder = new RowFolder();
        Prop.ForAll(Arb.From(rows), own => check(folder, own)).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(12));
    }

    static JsonNode? Node(object? value) => value switch
    {
        Row row => new JsonObject(row.Select(c => KeyValuePair.Create(c.Key, Node(c.Value)))),
        object?[] list => new JsonArray([.. list.Select(Node)]),
        string text => text,
        long number => number,
        double number => number,
        bool flag => flag,
        _ => null,
    };

    static string[] Shows(IEnumerable<object?> rows) => [.. rows.Select(Shown.Of)];

    [Fact]
    public void Json_lines_and_json() => ForAll(RowOf(3).ListOf(), (folder, rows) =>
    {
        folder.Write("a.jsonl", string.Join('\n', rows.Select(r => Node(r)!.ToJsonString())));
        folder.Write("a.json", new JsonArray([.. rows.Select(Node)]).ToJsonString(new JsonSerializerOptions { WriteIndented = true }));
        folder.Write("b.json", new JsonObject { ["x"] = 1, ["data"] = new JsonObject { ["rows"] = new JsonArray([.. rows.Select(Node)]) } }.ToJsonString());

        Assert.Equal(Shows(rows), folder.Show(new RowSource { Files = ["a.jsonl"] }));
        Assert.Equal(Shows(rows), folder.Show(new RowSource { Files = ["a.json"] }));
        Assert.Equal(Shows(rows), folder.Show(new RowSource { Files = ["b.json"], RowsPath = "data.rows.*" }));
    });

    [Fact]
    public void Nested_rows_by_their_path() => ForAll(
        Gen.Choose(0, 3).ListOf(), (folder, counts) =>
        {
            folder.Write("a.json", new JsonObject
            {
                ["data"] = new JsonArray([.. counts.Select((count, i) => new JsonObject
                {
                    ["qas"] = new JsonArray([.. Enumerable.Range(0, count).Select(j => new JsonObject { ["q"] = j })]),
                    ["p"] = i,
                })]),
            }.ToJsonString());
            string[] expected = [.. counts.SelectMany((count, i) => Enumerable.Range(0, count).Select(j => $"{{\"q\": {j}, \"p\": {i}, \"#\": {j}}}"))];
            Assert.Equal(expected, folder.Show(new RowSource { Files = ["a.json"], RowsPath = "data.*.qas.*" }));
        });

    [Fact]
    public void Comma_separated_values() => ForAll(Texts.ListOf(3).ListOf(), (folder, rows) =>
    {
        var csv = new StringBuilder("a,b,c\r\n");
        foreach (var row in rows) csv.AppendJoin(',', row.Select(v => $"\"{v.Replace("\"", "\"\"", StringComparison.Ordinal)}\"")).Append("\r\n");
        folder.Write("a.csv", csv.ToString());
        Assert.Equal(
            Shows(rows.Select(r => (object?)new Row(["a", "b", "c"], [.. r]))),
            folder.Show(new RowSource { Files = ["a.csv"] }));
    });

    [Fact]
    public void Lines_and_pairs() => ForAll(Texts.Select(t => t.Replace("\n", "", StringComparison.Ordinal).Replace("\r", "", StringComparison.Ordinal)).ListOf(), (folder, lines) =>
    {
        folder.Write("a.txt", string.Concat(lines.Select(l => l + "\r\n")));
        folder.Write("b.txt", string.Concat(lines.Select((_, i) => i.ToString(CultureInfo.InvariantCulture) + "\n")));
        Assert.Equal(lines.Where(l => !string.IsNullOrWhiteSpace(l)), folder.Rows(new RowSource { Files = ["a.txt"] }).Select(r => r["text"]));
        Assert.Equal(
            Shows(lines.Select((l, i) => (object?)new Row(["x", "y"], [l, i.ToString(CultureInfo.InvariantCulture)]))),
            folder.Show(new RowSource { Files = ["a.txt", "b.txt"], Format = RowFormat.Pairs, Columns = ["x", "y"] }));
    });

    [Fact]
    public void Broken_comma_separated_values_give_rows_of_all_columns_or_an_error() => ForAll(Texts.ListOf(4).ListOf(), (folder, rows) =>
    {
        folder.Write("a.csv", "a,b,c,d\n" + string.Join("\n", rows.Select(row => string.Join(',', row))));
        try
        {
            Assert.All(folder.Rows(new RowSource { Files = ["a.csv"] }), row => Assert.Equal(4, row.Count));
        }
        catch (BonitoException e)
        {
            Assert.StartsWith("a.csv:", e.Message, StringComparison.Ordinal);
        }
    });

    [Fact]
    public void Broken_json_gives_rows_or_an_error() => ForAll(
        from rows in RowOf(2).ListOf()
        from place in Gen.Choose(0, 10_000)
        from wild in Gen.Elements("{", "}", "[", "]", "\"", ",", ":", "\\", "\n", "x", "\u0001", "\uFEFF")
        select (Rows: rows, Place: place, Wild: wild),
        (folder, broken) =>
        {
            string json = new JsonArray([.. broken.Rows.Select(Node)]).ToJsonString();
            folder.Write("a.json", json.Insert(broken.Place % (json.Length + 1), broken.Wild));
            folder.Write("a.jsonl", json.Insert(broken.Place % (json.Length + 1), broken.Wild));
            foreach (string file in (string[])["a.json", "a.jsonl"])
            {
                try
                {
                    folder.ReadAll(new RowSource { Files = [file] });
                }
                catch (BonitoException e)
                {
                    Assert.StartsWith(file, e.Message, StringComparison.Ordinal);
                }
            }
        });
}

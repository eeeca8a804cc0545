using System.Text.Json;
using Bonito.Parquet;
using Bonito.Parquet.Codecs;
using Bonito.Rows;

namespace Bonito.Tests.Parquet;

public class ParquetFileTests
{
    public static TheoryData<string> Files => [.. Goldens.Files];

    [Theory, MemberData(nameof(Files))]
    public void Files_of_other_writers_give_their_rows(string name)
    {
        using ParquetFile file = ParquetFile.Open(Goldens.PathOf(name));
        Assert.SkipWhen(UsesZstd(file) && !Zstd.IsAvailable, "libzstd is not on this machine");
        JsonElement[] expected = Goldens.RowsOf(name);
        Assert.Equal(expected.Length, file.RowCount);
        int number = 0;
        foreach (Row row in file.ReadRows()) Same(expected[number], row, $"row {number++}");
        Assert.Equal(expected.Length, number);
    }

    [Theory, MemberData(nameof(Files))]
    public void Any_row_can_be_the_first_and_any_column_the_only_one(string name)
    {
        using ParquetFile file = ParquetFile.Open(Goldens.PathOf(name));
        Assert.SkipWhen(UsesZstd(file) && !Zstd.IsAvailable, "libzstd is not on this machine");
        string[] rows = RowText.Of(file.ReadRows());
        for (int start = 1; start <= rows.Length; start += 1 + rows.Length / 20)
            Assert.Equal(rows[start..], RowText.Of(file.ReadRows(startRow: start)));
        foreach (Column column in file.Schema.Columns)
        {
            IEnumerable<Row> expected = file.ReadRows().Select(row => new Row([column.Name], [row[column.Name]]));
            Assert.Equal(RowText.Of(expected), RowText.Of(file.ReadRows([column.Name])));
        }
    }

    [Fact]
    public void The_schema_says_what_columns_hold()
    {
        using ParquetFile file = ParquetFile.Open(Goldens.PathOf("nesting-v1.parquet"));
        Column turns = file.Schema.Columns.Single(column => column.Name == "turns");
        var turn = Assert.IsType<StructType>(Assert.IsType<ListType>(turns.Type).Element.Type);
        Assert.Equal(["speaker", "words", "tags"], turn.Fields.Select(field => field.Name));
        Assert.Equal([true, false, true], turn.Fields.Select(field => field.Optional));
        Assert.Equal(LogicalKind.Text, Assert.IsType<LeafType>(turn.Fields[0].Type).Logical!.Kind);
        var places = Assert.IsType<MapType>(file.Schema.Columns.Single(column => column.Name == "places").Type);
        Assert.Equal(PhysicalType.Int32, Assert.IsType<LeafType>(places.Key.Type).Physical);
        Assert.Equal((2, 12L), (file.RowGroups.Count, file.RowCount));
    }

    [Fact]
    public void Key_value_metadata_is_given()
    {
        using ParquetFile file = ParquetFile.Open(Goldens.PathOf("codecs-gzip-v1.parquet"));
        Assert.Equal("make.py", file.KeyValueMetadata["made by"]);
        Assert.Equal("layout.py", file.CreatedBy);
        Assert.All(file.RowGroups[0].Columns, chunk => Assert.Equal(Compression.Gzip, chunk.Compression));
    }

    [Fact]
    public void A_column_that_is_not_there_is_named_with_those_that_are()
    {
        using ParquetFile file = ParquetFile.Open(Goldens.PathOf("codecs-none-v1.parquet"));
        string message = Assert.Throws<BonitoException>(() => file.ReadRows(["txt"])).Message;
        Assert.Contains("there is no column 'txt'; columns there: text, label, n.", message);
        Assert.Contains("at least one", Assert.Throws<BonitoException>(() => file.ReadRows([])).Message);
    }

    [Fact]
    public void A_file_that_is_not_there_or_not_Parquet_is_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        string path = folder.Write("rows.parquet", "not what the name says");
        Assert.Contains("rows.parquet: this is no Parquet file", Assert.Throws<BonitoException>(() => ParquetFile.Open(path)).Message);
        Assert.Contains("cannot be opened", Assert.Throws<BonitoException>(() => ParquetFile.Open(folder.File("none.parquet"))).Message);
    }

    [Fact]
    public void Rows_can_be_read_by_several_at_once()
    {
        using ParquetFile file = ParquetFile.Open(Goldens.PathOf("others-duckdb-v1.parquet"));
        string[] expected = RowText.Of(file.ReadRows());
        using IEnumerator<Row> early = file.ReadRows().GetEnumerator();
        Assert.True(early.MoveNext());
        Parallel.For(0, 8, _ => Assert.Equal(expected, RowText.Of(file.ReadRows())));
        Assert.True(early.MoveNext());
        Assert.Equal(expected[1], RowText.Of(early.Current));
    }

    [Fact]
    public void Only_pages_at_hand_are_in_memory()
    {
        // 64 MB of texts in one row group of pages of 64 KiB; what was read before is given back.
        var schema = ParquetSchema.Of(Column.Text("text"));
        IEnumerable<Row> rows = Enumerable.Range(0, 16_000).Select(i => new Row(["text"], [i + new string('x', 4000)]));
        byte[] bytes = ParquetWriterTests.Write(schema, rows, new() { PageBytes = 1 << 16, RowGroupBytes = 1 << 28 });
        using ParquetFile file = ParquetWriterTests.Read(bytes);
        Assert.Single(file.RowGroups);
        // Other tests use the heap meanwhile, so not its size is looked at, but which of the rows are still held.
        List<WeakReference> read = [];
        foreach (Row row in file.ReadRows())
        {
            read.Add(new WeakReference(row["text"]));
            if (read.Count % 4000 != 0) continue;
            GC.Collect();
            // A batch of rows beside what a page holds.
            Assert.InRange(read.Count(text => text.IsAlive), 0, (4 << 20) / 8000);
        }
        Assert.Equal(16_000, read.Count);
    }

    static bool UsesZstd(ParquetFile file) => file.RowGroups.Any(group => group.Columns.Any(chunk => chunk.Compression == Compression.Zstd));

    static void Same(JsonElement expected, Row row, string where)
    {
        using var read = JsonDocument.Parse(RowText.Of(row));
        Assert.Equal(expected.EnumerateObject().Select(column => column.Name), row.Keys);
        foreach (JsonProperty column in expected.EnumerateObject())
        {
            JsonElement found = read.RootElement.GetProperty(column.Name);
            Assert.True(JsonElement.DeepEquals(column.Value, found), $"{where}, {column.Name}: {column.Value.GetRawText()} expected, {found.GetRawText()} read");
        }
    }
}

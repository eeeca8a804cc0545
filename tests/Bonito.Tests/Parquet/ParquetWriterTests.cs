using System.Text;
using Bonito.Parquet;
using Bonito.Rows;
using FsCheck;
using FsCheck.Fluent;

namespace Bonito.Tests.Parquet;

public class ParquetWriterTests
{
    // Small pages and groups, so that a few rows have many of them.
    static readonly ParquetWriterOptions Small = new() { PageBytes = 200, RowGroupBytes = 1500 };

    [Fact]
    public void Any_rows_come_back_as_they_were()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var table = new RandomTable(seed);
            string[] expected = RowText.Of(table.Rows);
            foreach (ParquetWriterOptions options in new[] { new(), Small, Small with { Compression = Compression.None } })
            {
                using ParquetFile file = Read(Write(table.Schema, table.Rows, options));
                Assert.Equal(expected, RowText.Of(file.ReadRows()));
                Assert.Equal(table.Rows.Count, file.RowCount);
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Reading_can_begin_at_any_row_and_take_any_columns()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            var table = new RandomTable(seed);
            using ParquetFile file = Read(Write(table.Schema, table.Rows, Small));
            for (int start = 0; start <= table.Rows.Count; start += 7)
                Assert.Equal(RowText.Of(table.Rows.Skip(start)), RowText.Of(file.ReadRows(startRow: start)));
            string[] names = [.. table.Schema.Columns.Select(column => column.Name).Reverse().Take(2)];
            IEnumerable<Row> chosen = table.Rows.Select(row => new Row(names, [.. names.Select(name => row[name])]));
            Assert.Equal(RowText.Of(chosen), RowText.Of(file.ReadRows(names)));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_same_rows_give_the_same_bytes()
    {
        var table = new RandomTable(5);
        Assert.Equal(Write(table.Schema, table.Rows, Small), Write(table.Schema, table.Rows, Small));
    }

    [Fact]
    public void Zstandard_makes_files_that_come_back()
    {
        Assert.SkipUnless(Bonito.Parquet.Codecs.Zstd.IsAvailable, "libzstd is not on this machine");
        var table = new RandomTable(7);
        using ParquetFile file = Read(Write(table.Schema, table.Rows, new() { Compression = Compression.Zstd }));
        Assert.Equal(RowText.Of(table.Rows), RowText.Of(file.ReadRows()));
        Assert.Equal(Compression.Zstd, file.RowGroups[0].Columns[0].Compression);
    }

    [Fact]
    public void A_dictionary_is_used_where_it_pays()
    {
        var schema = ParquetSchema.Of(Column.Text("label"), Column.Text("text"), Column.Integer("few"), Column.Integer("many"));
        Row[] rows = [.. Enumerable.Range(0, 5000).Select(i => Row(schema, i % 2 == 0 ? "entailment" : "contradiction", $"text {i}", i % 3L, (long)i))];
        using ParquetFile file = Read(Write(schema, rows, new() { Compression = Compression.None }));
        long[] bytes = [.. file.RowGroups[0].Columns.Select(chunk => chunk.CompressedBytes)];
        Assert.InRange(bytes[0], 1, 1000);
        Assert.InRange(bytes[2], 1, 2000);
        Assert.Null(file.RowGroups[0].Columns[1].DictionaryPageOffset);
        Assert.Null(file.RowGroups[0].Columns[3].DictionaryPageOffset);
        Assert.Equal(RowText.Of(rows), RowText.Of(file.ReadRows()));
    }

    [Fact]
    public void A_dictionary_that_grows_too_large_is_left_for_plain_values()
    {
        // The first pages repeat themselves; later ones never do.
        var schema = ParquetSchema.Of(Column.Text("text"));
        string tail = new('x', 400);
        Row[] rows = [.. Enumerable.Range(0, 9000).Select(i => Row(schema, (i < 3000 ? i % 10 : i) + tail))];
        using ParquetFile file = Read(Write(schema, rows, new() { PageBytes = 1 << 16 }));
        Assert.NotNull(file.RowGroups[0].Columns[0].DictionaryPageOffset);
        Assert.Equal(RowText.Of(rows), RowText.Of(file.ReadRows()));
    }

    [Fact]
    public void Equal_texts_of_a_dictionary_are_one_object()
    {
        var schema = ParquetSchema.Of(Column.Text("label"));
        using ParquetFile file = Read(Write(schema, [.. Enumerable.Range(0, 100).Select(_ => Row(schema, "the same label"))], new()));
        Assert.Single(file.ReadRows().Select(row => row["label"]).Distinct(ReferenceEqualityComparer.Instance));
    }

    [Fact]
    public void Row_groups_end_where_they_are_full()
    {
        var schema = ParquetSchema.Of(Column.Text("text"));
        Row[] rows = [.. Enumerable.Range(0, 1000).Select(i => Row(schema, $"{i:0000}"))];
        using ParquetFile file = Read(Write(schema, rows, new() { RowGroupBytes = 2000 }));
        // Eight bytes each, and a quarter of one for levels.
        Assert.All(file.RowGroups.SkipLast(1), group => Assert.InRange(group.RowCount, 230, 260));
        Assert.Equal(1000, file.RowGroups.Sum(group => group.RowCount));
    }

    [Fact]
    public void Bounds_hold_every_value_and_long_texts_are_cut_in_them()
    {
        string low = new('b', 100), high = new string('y', 63) + "\u007F" + new string('z', 50);
        var schema = ParquetSchema.Of(Column.Text("t"), Column.Integer("i"), Column.Number("d"), Column.Boolean("b"));
        using ParquetFile file = Read(Write(schema,
            [Row(schema, low, 5L, double.NaN, true), Row(schema, high, -7L, 0.0, true), Row(schema, null, null, 2.5, null)], new()));
        ColumnStatistics[] statistics = [.. file.RowGroups[0].Columns.Select(chunk => chunk.Statistics!)];
        Assert.Equal([1, 1, 0, 1], statistics.Select(s => s.NullCount));
        Assert.Equal(low[..64], Text(statistics[0].Minimum));
        // The last character kept, U+007F, is raised to the next, which takes two bytes.
        Assert.Equal(new string('y', 63) + "\u0080", Text(statistics[0].Maximum));
        Assert.Equal((-7L, 5L), (BitConverter.ToInt64(statistics[1].Minimum!.Value.Span), BitConverter.ToInt64(statistics[1].Maximum!.Value.Span)));
        Assert.True(double.IsNegative(BitConverter.ToDouble(statistics[2].Minimum!.Value.Span)));
        Assert.Equal(2.5, BitConverter.ToDouble(statistics[2].Maximum!.Value.Span));
        Assert.Equal((1, 1), (statistics[3].Minimum!.Value.Span[0], statistics[3].Maximum!.Value.Span[0]));
    }

    [Fact]
    public void A_bound_of_the_highest_characters_is_left_out()
    {
        string highest = string.Concat(Enumerable.Repeat("\U0010FFFF", 20));
        var schema = ParquetSchema.Of(Column.Text("t"));
        using ParquetFile file = Read(Write(schema, [Row(schema, highest)], new()));
        Assert.Null(file.RowGroups[0].Columns[0].Statistics!.Maximum);
        Assert.Equal(64, file.RowGroups[0].Columns[0].Statistics!.Minimum!.Value.Length);
    }

    [Fact]
    public void Metadata_comes_back()
    {
        var schema = ParquetSchema.Of(Column.Text("text"), Column.List("choices", Column.Text("choice")));
        var metadata = new Dictionary<string, string> { ["b"] = "2", [HuggingFaceFeatures.Key] = HuggingFaceFeatures.Of(schema) };
        using ParquetFile file = Read(Write(schema, [], new() { KeyValueMetadata = metadata }));
        Assert.Equal(metadata, file.KeyValueMetadata);
        Assert.Equal(
            """{"info":{"features":{"text":{"dtype":"string","_type":"Value"},"choices":[{"dtype":"string","_type":"Value"}]}}}""",
            file.KeyValueMetadata["huggingface"]);
        Assert.StartsWith("Bonito.Parquet version ", file.CreatedBy);
        Assert.Empty(file.ReadRows());
    }

    [Theory]
    [InlineData(3L, "row 1, column 'text': the integer 3 where the schema has text")]
    [InlineData(null, "row 1, column 'text': null in a column that may not be null")]
    public void A_value_that_does_not_fit_is_refused_with_row_and_column(object? value, string expected)
    {
        var schema = ParquetSchema.Of(Column.Text("text", optional: false));
        using var writer = new ParquetWriter(new MemoryStream(), schema);
        writer.Write(Row(schema, "fits"));
        var refused = Assert.Throws<BonitoException>(() => writer.Write(Row(schema, value)));
        Assert.Contains(expected, refused.Message);
        Assert.Throws<InvalidOperationException>(writer.Finish);
    }

    [Fact]
    public void A_column_that_is_not_in_the_schema_is_refused()
    {
        using var writer = new ParquetWriter(new MemoryStream(), ParquetSchema.Of(Column.Text("text")));
        var refused = Assert.Throws<BonitoException>(() => writer.Write(new Row(["text", "label"], ["a", "b"])));
        Assert.Contains("column 'label': there is no such column in the schema; it has text", refused.Message);
    }

    [Fact]
    public void Schemas_that_cannot_be_written_are_refused()
    {
        Assert.Contains("two columns named 'a'", Refused(() => ParquetSchema.Of(Column.Text("a"), Column.Integer("a"))));
        Assert.Contains("at least one column", Refused(() => ParquetSchema.Of()));
        Assert.Contains("the struct 's' needs at least one field", Refused(() => ParquetSchema.Of(Column.Struct("s", []))));
        Assert.Contains("column 'd' has a type that is read but not written",
            Refused(() => ParquetSchema.Of(new Column("d", new LeafType(PhysicalType.Int96, null), true))));
        Assert.Contains("not with Gzip",
            Refused(() => Write(ParquetSchema.Of(Column.Text("a")), [], new() { Compression = Compression.Gzip })));
    }

    [Fact]
    public void A_file_that_was_not_finished_is_no_Parquet_file()
    {
        var stream = new MemoryStream();
        var schema = ParquetSchema.Of(Column.Text("a"));
        using (var writer = new ParquetWriter(stream, schema)) writer.Write(Row(schema, "b"));
        Assert.Throws<BonitoException>(() => Read(stream.ToArray()));
    }

    static string Refused(Action action) => Assert.Throws<BonitoException>(action).Message;

    static string Text(ReadOnlyMemory<byte>? bytes) => Encoding.UTF8.GetString(bytes!.Value.Span);

    static Row Row(ParquetSchema schema, params object?[] values) => new([.. schema.Columns.Select(column => column.Name)], values);

    internal static byte[] Write(ParquetSchema schema, IEnumerable<Row> rows, ParquetWriterOptions options)
    {
        var stream = new MemoryStream();
        using var writer = new ParquetWriter(stream, schema, options);
        foreach (Row row in rows) writer.Write(row);
        writer.Finish();
        return stream.ToArray();
    }

    internal static ParquetFile Read(byte[] bytes) => ParquetFile.Open(new MemoryStream(bytes));
}

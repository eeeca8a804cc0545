using System.Buffers.Binary;
using Bonito.Rows;
using Bonito.Rows.Arrow;

namespace Bonito.Tests.Rows;

/// <summary>Arrow files that tests/goldens/arrow/make.py laid out byte by byte, whole, cut and broken.</summary>
public sealed class ArrowTests
{
    static readonly string[] Files = ["everything.stream.arrow", "everything.file.arrow", "everything.lz4.arrow", "everything.zstd.arrow"];

    internal static string Goldens { get; } = FindGoldens();

    static string FindGoldens()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            string goldens = Path.Combine(folder.FullName, "tests", "goldens", "arrow");
            if (Directory.Exists(goldens)) return goldens;
        }
        throw new DirectoryNotFoundException($"tests/goldens/arrow is in no folder above {AppContext.BaseDirectory}");
    }

    static RowSource Source(string file) => new() { Files = [file] };

    static List<Row> Read(RowSource source) => [.. RowReader.Read(source, source.Find([Goldens]).Files).Select(r => r.Row)];

    static List<ReadRow> Read(byte[] bytes) => [.. ArrowRows.Read(new SourceStream("a.arrow", "a.arrow", new MemoryStream(bytes)), [])];

    public static TheoryData<string> Names() => [.. Files];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_type_is_read_through_batches_dictionaries_and_compression(string file)
    {
        string[] expected = [.. Read(Source("everything.jsonl")).Select(Shown.Of)];
        List<Row> rows = Read(Source(file));
        Assert.Equal(expected, rows.Select(Shown.Of));
        Assert.Same(rows[0].Keys, rows[5].Keys);
    }

    [Theory]
    [InlineData("javascript.stream.arrow")]
    [InlineData("javascript.file.arrow")]
    public void What_another_library_wrote_is_read(string file) =>
        Assert.Equal(Read(Source("javascript.jsonl")).Select(Shown.Of), Read(Source(file)).Select(Shown.Of));

    [Fact]
    public void A_compressed_file_is_read_from_its_beginning_when_its_schema_is_there()
    {
        using var folder = new RowFolder();
        folder.Write("a.arrow.gz", File.ReadAllBytes(Path.Combine(Goldens, "everything.file.arrow")));
        Assert.Equal(Read(Source("everything.jsonl")).Select(Shown.Of), folder.Show(Source("a.arrow.gz")));
        folder.Write("b.arrow.gz", File.ReadAllBytes(Path.Combine(Goldens, "javascript.file.arrow")));
        Assert.Contains("its schema stands at its end only", folder.Error(Source("b.arrow.gz")), StringComparison.Ordinal);
    }

    [Fact]
    public void Columns_are_chosen_by_name_and_a_wrong_name_lists_those_there()
    {
        RowSource source = Source(Files[0]);
        Assert.Equal("""{"colour": "green", "int8": 127}""", Shown.Of(Read(source with { Columns = ["colour", "int8"] })[1]));
        Assert.Contains("no column 'color'; columns there: nothing, flag,", Assert.Throws<BonitoException>(() => Read(source with { Columns = ["color"] })).Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Cut_anywhere_it_gives_rows_then_an_error(string file)
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(Goldens, file));
        for (int length = 0; length < whole.Length; length += 7)
        {
            var rows = new List<ReadRow>();
            try
            {
                foreach (ReadRow row in ArrowRows.Read(new SourceStream("a", "a", new MemoryStream(whole, 0, length)), [])) rows.Add(row);
                // A stream, not a file, may end between two messages.
                Assert.NotEqual("everything.file.arrow", file);
            }
            catch (BonitoException e)
            {
                Assert.Contains("not readable as Arrow", e.Message, StringComparison.Ordinal);
            }
            Assert.True(rows.Count is 0 or 3 or 6);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Broken_anywhere_it_gives_rows_or_an_error(string file)
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(Goldens, file));
        var random = new Random(11);
        byte[] wild = [0, 1, 0x7F, 0x80, 0xFF];
        int refused = 0;
        for (int round = 0; round < 1500; round++)
        {
            byte[] bytes = (byte[])whole.Clone();
            for (int i = 0; i <= round % 3; i++)
            {
                int at = random.Next(bytes.Length - 8);
                if (round % 5 == 0) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(at), random.Next(int.MinValue, int.MaxValue));
                else bytes[at] = round % 2 == 0 ? wild[random.Next(wild.Length)] : (byte)random.Next(256);
            }
            try
            {
                foreach (ReadRow row in Read(bytes)) Shown.Of(row.Row);
            }
            catch (BonitoException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 100, 1499);
    }

    [Fact]
    public void What_is_no_arrow_file_is_refused()
    {
        Assert.Contains("it is empty", Assert.Throws<BonitoException>(() => Read([])).Message, StringComparison.Ordinal);
        Assert.Contains("not readable as Arrow", Assert.Throws<BonitoException>(() => Read("{\"a\": 1}\n{\"a\": 2}\n"u8.ToArray())).Message, StringComparison.Ordinal);
        Assert.Contains("begins as no Arrow file", Assert.Throws<BonitoException>(() => Read("ARROW2\0\0\0\0\0\0"u8.ToArray())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_length_that_lies_costs_no_memory()
    {
        byte[] bytes = [0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 0xF0, 0];
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("cut off", Assert.Throws<BonitoException>(() => Read(bytes)).Message, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1 << 20);
    }

    /// <summary>A schema whose one field is named many times over, by hand: each offset of the vector points at it.</summary>
    [Fact]
    public void A_schema_that_says_one_field_a_million_times_is_refused()
    {
        byte[] whole = File.ReadAllBytes(Path.Combine(Goldens, "saved", "train", "data-00000-of-00002.arrow"));
        const int many = 1_000_000;
        // Root, message (header at field 2), schema (fields at field 1), all tables with the vtable of six bytes a field before them.
        var metadata = new List<byte>();
        void Int(int value) => metadata.AddRange(BitConverter.GetBytes(value));
        void Short(int value) => metadata.AddRange(BitConverter.GetBytes((short)value));
        Int(16);                                                       // 0: root -> 16
        Short(10); Short(12); Short(0); Short(8); Short(4); Short(0);  // 4: vtable of the message
        Int(12); Int(20);                                              // 16: message; 20: header -> 40
        Int(1);                                                        // 24: kind of the header, schema
        Int(0);                                                        // 28
        Short(8); Short(8); Short(0); Short(4);                        // 32: vtable of the schema
        Int(8); Int(12);                                               // 40: schema; 44: fields -> 56
        Int(0); Int(0);                                                // 48
        Int(many);                                                     // 56: vector
        int field = 60 + 4 * many + 16;
        for (int i = 0; i < many; i++) Int(field - (60 + 4 * i));
        Short(12); Short(12); Short(0); Short(0); Short(4); Short(8); Int(0);  // vtable of the field: type kind and type
        Assert.Equal(field, metadata.Count);
        Int(16); Int(1); Int(4);                                       // field: null type -> the table behind
        Int(-4); Short(4); Short(4); Int(0);
        while (metadata.Count % 8 != 0) metadata.Add(0);
        byte[] bytes = [0xFF, 0xFF, 0xFF, 0xFF, .. BitConverter.GetBytes(metadata.Count), .. metadata];

        string error = Assert.Throws<BonitoException>(() => Read(bytes)).Message;

        Assert.Contains("a schema of too many fields", error, StringComparison.Ordinal);
        Assert.Equal(2, Read(whole).Count);
    }
}

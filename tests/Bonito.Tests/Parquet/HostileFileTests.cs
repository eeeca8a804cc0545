using System.Diagnostics;
using Bonito.Parquet;
using Bonito.Parquet.Codecs;

namespace Bonito.Tests.Parquet;

/// <summary>Whatever bytes a file has, there are rows or a <see cref="BonitoException"/>: within time and memory.</summary>
public class HostileFileTests
{
    const int MostRows = 20_000;
    const long MostBytes = 256 << 20;

    [Fact]
    public void Broken_files_give_rows_or_an_error()
    {
        (string Name, byte[] Bytes)[] files =
        [
            .. Goldens.Files.Where(name => Zstd.IsAvailable || !name.Contains("zstd") && !name.Contains("duckdb-v2"))
                .Select(name => (name, File.ReadAllBytes(Goldens.PathOf(name)))),
            .. Enumerable.Range(1, 4).Select(seed => ($"ours-{seed}", Ours(seed))),
        ];
        int rows = 0, errors = 0;
        Parallel.ForEach(files, file =>
        {
            var random = new Random(file.Name.Length * 7919 + file.Bytes.Length);
            for (int i = 0; i < 150; i++)
            {
                byte[] broken = Break(file.Bytes, random);
                if (IsRead(broken, $"{file.Name}, change {i}")) Interlocked.Increment(ref rows);
                else Interlocked.Increment(ref errors);
            }
        });
        // Some changes do not matter and many do: a test that saw only one kind would be broken itself.
        Assert.InRange(rows, 50, int.MaxValue);
        Assert.InRange(errors, 50, int.MaxValue);
    }

    [Fact]
    public void A_file_cut_anywhere_is_refused()
    {
        byte[] whole = Ours(2);
        for (int length = 0; length < whole.Length; length += 1 + whole.Length / 300)
            Assert.False(IsRead(whole[..length], $"the first {length} bytes"));
    }

    [Fact]
    public void A_changed_value_is_found_by_its_checksum_and_located()
    {
        var schema = ParquetSchema.Of(Column.Text("text", optional: false));
        var rows = Enumerable.Range(0, 400).Select(i => new Bonito.Rows.Row(["text"], [$"text {i}"]));
        byte[] bytes = ParquetWriterTests.Write(schema, rows, new() { Compression = Compression.None, PageBytes = 1000 });
        int at = bytes.AsSpan().IndexOf("text 300"u8);
        bytes[at] ^= 1;
        using ParquetFile file = ParquetFile.Open(new MemoryStream(bytes), "some.parquet");
        string message = Assert.Throws<BonitoException>(() => file.ReadRows().Count()).Message;
        Assert.Matches(@"^some\.parquet: row group 0, column 'text', page at \d+: the page's checksum is [0-9a-f]{8} where [0-9a-f]{8} is stored", message);
    }

    [Theory]
    [InlineData("PARE", "PARE")]
    [InlineData("PAR1", "PARE")]
    public void An_encrypted_file_is_refused_as_such(string head, string tail)
    {
        byte[] bytes = [.. System.Text.Encoding.ASCII.GetBytes(head), .. new byte[20], .. System.Text.Encoding.ASCII.GetBytes(tail)];
        Assert.Contains("is encrypted", Refused(bytes));
    }

    [Fact]
    public void A_schema_that_is_too_deep_is_refused() =>
        Assert.Contains("more than 64 groups deep", Refused(new CraftedFile().Groups(80).Bytes()));

    [Fact]
    public void A_group_that_holds_itself_or_nothing_is_refused()
    {
        Assert.Contains("is a group of 1000000 children", Refused(new CraftedFile().Group("g", 1_000_000).Bytes()));
        Assert.Contains("is a group of 0 children", Refused(new CraftedFile().Group("g", 0).Bytes()));
    }

    [Fact]
    public void A_page_that_promises_more_than_it_can_hold_is_refused_before_memory_is_taken()
    {
        foreach (Compression compression in new[] { Compression.Snappy, Compression.Gzip, Compression.Brotli, Compression.Lz4Raw, Compression.Zstd })
        {
            if (compression == Compression.Zstd && !Zstd.IsAvailable) continue;
            byte[] bytes = new CraftedFile().Leaf("n", PhysicalType.Int64).Page(1 << 27, [1, 2, 3, 4], values: 10).Bytes(10, compression);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Contains("page at 4", Refused(bytes));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
        }
    }

    [Fact]
    public void A_run_that_makes_one_row_endless_is_refused()
    {
        // Of a list: one entry that begins a row, then 2^30 that go on in it, all null.
        byte[] repetitions = [2, 0, 0x80, 0x80, 0x80, 0x80, 8, 1];
        byte[] definitions = [0x82, 0x80, 0x80, 0x80, 8, 2];
        byte[] page = [(byte)repetitions.Length, 0, 0, 0, .. repetitions, (byte)definitions.Length, 0, 0, 0, .. definitions];
        byte[] bytes = new CraftedFile().List("l", PhysicalType.Int64).Page(page.Length, page, values: (1 << 30) + 1).Bytes(1, Compression.None);
        Assert.Contains("more list entries than", Refused(bytes));
    }

    [Fact]
    public void A_schema_of_more_columns_than_any_table_has_is_refused()
    {
        var file = new CraftedFile();
        for (int i = 0; i < 70_000; i++) file.Leaf($"c{i}", PhysicalType.Int64);
        Assert.Contains("the schema has 70001 elements; at most 65536 are read", Refused(file.Bytes()));
    }

    [Fact]
    public void A_codec_that_is_not_read_is_named()
    {
        byte[] bytes = new CraftedFile().Leaf("n", PhysicalType.Int64).Page(80, new byte[80], values: 10).Bytes(10, Compression.Lzo);
        Assert.Contains("column 'n', page at 4: the codec Lzo is not read", Refused(bytes));
    }

    static byte[] Ours(int seed)
    {
        var table = new RandomTable(seed);
        return ParquetWriterTests.Write(table.Schema, table.Rows, new() { PageBytes = 200, RowGroupBytes = 2000, Compression = Compression.None });
    }

    static byte[] Break(byte[] bytes, Random random)
    {
        byte[] broken = [.. bytes];
        // Half of the changes go to the footer, which the rest depends on.
        int footer = bytes.Length - 8 - BitConverter.ToInt32(bytes, bytes.Length - 8);
        for (int changes = 1 + random.Next(4); changes > 0; changes--)
        {
            int at = random.Next(2) == 0 ? random.Next(footer, broken.Length) : random.Next(broken.Length);
            switch (random.Next(5))
            {
                case 0: broken[at] = (byte)random.Next(256); break;
                case 1: broken[at] ^= (byte)(1 << random.Next(8)); break;
                case 2: broken[at] = 255; break;
                case 3: broken.AsSpan(random.Next(broken.Length - 8), 8).CopyTo(broken.AsSpan(Math.Min(at, broken.Length - 8))); break;
                default: broken = [.. broken[..at], .. broken[Math.Min(broken.Length, at + random.Next(5))..]]; break;
            }
            if (broken.Length < 16) break;
            footer = Math.Min(footer, broken.Length - 1);
        }
        return broken;
    }

    static bool IsRead(byte[] bytes, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        long start = Stopwatch.GetTimestamp();
        try
        {
            using ParquetFile file = ParquetWriterTests.Read(bytes);
            foreach (Bonito.Rows.Row _ in file.ReadRows().Take(MostRows)) { }
            return true;
        }
        catch (BonitoException refused)
        {
            Assert.False(string.IsNullOrWhiteSpace(refused.Message));
            return false;
        }
        catch (Exception other)
        {
            throw new InvalidOperationException($"{what}: {other.GetType().Name}", other);
        }
        finally
        {
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            Assert.True(allocated < MostBytes, $"{what}: {allocated} bytes were allocated for a file of {bytes.Length}");
            Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(20), $"{what}: took too long");
        }
    }

    static string Refused(byte[] bytes) => Assert.Throws<BonitoException>(() =>
    {
        using ParquetFile file = ParquetWriterTests.Read(bytes);
        return file.ReadRows().Count();
    }).Message;
}

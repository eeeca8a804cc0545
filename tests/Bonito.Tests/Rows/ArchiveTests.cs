using System.Diagnostics;
using System.Formats.Tar;
using System.IO.Compression;
using System.Text;
using Bonito.Rows;

namespace Bonito.Tests.Rows;

/// <summary>Files inside files: gzip, tar and zip, whole, broken, and made to exhaust the reader.</summary>
public sealed class ArchiveTests
{
    static RowSource Source(string file, params string[] members) => new() { Files = [file], Members = members };

    [Theory]
    [InlineData("a.tar")]
    [InlineData("a.tar.gz")]
    [InlineData("a.tgz")]
    [InlineData("a.zip")]
    public void Members_are_read_by_their_names(string archive)
    {
        using var folder = new RowFolder();
        (string, string)[] members = [("./d/b.jsonl", "{\"x\":1}\n{\"x\":2}"), ("d/notes.txt", "no"), ("e/c.csv", "x\n3\n")];
        if (archive == "a.zip") folder.WriteZip(archive, members);
        else folder.WriteTar(archive, members);

        List<ReadRow> rows = folder.ReadAll(Source(archive, "**/*.jsonl", "e/*"));

        Assert.Equal(["{\"x\": 1}", "{\"x\": 2}", "{\"x\": \"3\"}"], rows.Select(r => Shown.Of(r.Row)));
        Assert.Equal([$"{archive}:d/b.jsonl:1 (row 1)", $"{archive}:d/b.jsonl:2 (row 2)", $"{archive}:e/c.csv:2 (row 1)"], rows.Select(r => r.Origin.ToString()));
    }

    [Theory]
    [InlineData("a.tar.gz")]
    [InlineData("a.zip")]
    public void Members_go_in_pairs(string archive)
    {
        using var folder = new RowFolder();
        (string, string)[] members = [("t/article.txt", "a1\na2"), ("t/title.txt", "t1\nt2")];
        if (archive == "a.zip") folder.WriteZip(archive, members);
        else folder.WriteTar(archive, members);
        Assert.Equal(
            ["""{"document": "a1", "summary": "t1"}""", """{"document": "a2", "summary": "t2"}"""],
            folder.Show(Source(archive, "t/article*", "t/title*") with { Format = RowFormat.Pairs, Columns = ["document", "summary"] }));
    }

    [Fact]
    public void A_compressed_member_is_read_through()
    {
        using var folder = new RowFolder();
        using (Stream file = folder.Create("a.zip"))
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create))
        using (var content = new GZipStream(zip.CreateEntry("in/a.jsonl.gz").Open(), CompressionLevel.Fastest))
            content.Write("{\"x\":1}"u8);
        Assert.Equal(["{\"x\": 1}"], folder.Show(Source("a.zip")));
    }

    [Theory]
    [InlineData("a.jsonl.gz", 0.5)]
    [InlineData("a.tar.gz", 0.5)]
    [InlineData("a.zip", 0.5)]
    public void A_file_that_is_cut_off_is_an_error_with_its_name(string file, double part)
    {
        using var folder = new RowFolder();
        var random = new Random(3);
        string lines = string.Join('\n', Enumerable.Range(0, 2000).Select(_ => $"{{\"x\":{random.Next()}}}"));
        if (file == "a.zip") folder.WriteZip(file, ("a.jsonl", lines));
        else if (file == "a.tar.gz") folder.WriteTar(file, ("a.jsonl", lines));
        else folder.Write(file, lines);
        string path = Path.Combine(folder.Path, file);
        byte[] whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..(int)(whole.Length * part)]);

        Assert.StartsWith(file, folder.Error(Source(file)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.jsonl.gz")]
    [InlineData("a.tar.gz")]
    [InlineData("a.zip")]
    public void What_is_no_archive_is_an_error_with_its_name(string file)
    {
        using var folder = new RowFolder();
        File.WriteAllText(Path.Combine(folder.Path, file), "{\"x\": 1}\n plain text, whatever its name says");
        Assert.StartsWith(file, folder.Error(Source(file)), StringComparison.Ordinal);
    }

    [Fact]
    public void Compression_that_is_not_read_is_named()
    {
        using var folder = new RowFolder();
        folder.Write("a.jsonl.zst", "x");
        Assert.Contains("a.jsonl.zst: .zst is not read; unpack the file", folder.Error(Source("a.jsonl.zst") with { Format = RowFormat.JsonLines }), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.tar.gz")]
    [InlineData("a.zip")]
    [InlineData("a.jsonl.gz")]
    public void Broken_anywhere_an_archive_gives_rows_or_an_error(string file)
    {
        using var folder = new RowFolder();
        (string, string)[] members = [.. Enumerable.Range(0, 3).Select(i => ($"m{i}.jsonl", $"{{\"x\":{i}}}\n"))];
        if (file == "a.zip") folder.WriteZip(file, members);
        else if (file == "a.tar.gz") folder.WriteTar("b.tar", members);
        else folder.Write(file, "{\"x\":1}\n");
        // Behind gzip's checksum a broken tar would never be seen.
        string name = file == "a.tar.gz" ? "b.tar" : file;
        string path = Path.Combine(folder.Path, name);
        byte[] whole = File.ReadAllBytes(path);
        var random = new Random(5);
        int refused = 0;
        for (int round = 0; round < 400; round++)
        {
            byte[] bytes = (byte[])whole.Clone();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            if (round % 4 == 0) bytes[random.Next(Math.Min(600, bytes.Length))] = (byte)"0 7x\0"[random.Next(5)];
            File.WriteAllBytes(path, bytes);
            try
            {
                folder.ReadAll(Source(name));
            }
            catch (BonitoException)
            {
                refused++;
            }
        }
        Assert.InRange(refused, 20, 399);
    }

    [Fact]
    public void A_small_file_that_unpacks_to_a_huge_line_is_refused_within_bounds()
    {
        using var folder = new RowFolder();
        Bomb(folder, "a.jsonl.gz");
        var clock = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();

        string error = folder.Error(Source("a.jsonl.gz"));

        Assert.Contains("a.jsonl.gz:1: the line is longer than 256 MiB", error, StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 1_000_000_000);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(30));
    }

    /// <summary>300 MB of blanks in less than half a megabyte.</summary>
    static void Bomb(RowFolder folder, string name)
    {
        using Stream file = folder.Create(name);
        byte[] blank = Encoding.ASCII.GetBytes(new string(' ', 1_000_000));
        for (int i = 0; i < 300; i++) file.Write(blank);
    }

    [Fact]
    public void A_tar_whose_description_of_a_member_is_huge_is_refused_within_bounds()
    {
        using var folder = new RowFolder();
        using (Stream file = folder.Create("a.tar.gz"))
        {
            // A header of extended attributes that promises 600 MB of them.
            byte[] header = new byte[512];
            Encoding.ASCII.GetBytes("./PaxHeaders/x").CopyTo(header, 0);
            Encoding.ASCII.GetBytes("0000644\0" + "0000000\0" + "0000000\0" + Convert.ToString(600_000_000, 8).PadLeft(11, '0') + "\0" + "00000000000\0").CopyTo(header, 100);
            header[156] = (byte)'x';
            Encoding.ASCII.GetBytes("ustar\0" + "00").CopyTo(header, 257);
            header.AsSpan(148, 8).Fill((byte)' ');
            Encoding.ASCII.GetBytes(Convert.ToString(header.Sum(b => b), 8).PadLeft(6, '0') + "\0 ").CopyTo(header, 148);
            file.Write(header);
            byte[] blank = new byte[1_000_000];
            for (int i = 0; i < 600; i++) file.Write(blank);
        }
        long before = GC.GetAllocatedBytesForCurrentThread();

        Assert.StartsWith("a.tar.gz", folder.Error(Source("a.tar.gz")), StringComparison.Ordinal);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000_000, $"{GC.GetAllocatedBytesForCurrentThread() - before}");
    }

    [Fact]
    public void Leaving_early_closes_the_file_and_cancelling_stops()
    {
        using var folder = new RowFolder();
        folder.Write("a.jsonl", string.Concat(Enumerable.Repeat("{\"x\":1}\n", 100_000)));
        RowSource source = Source("a.jsonl");
        IReadOnlyList<SourceFile> files = source.Find([folder.Path]).Files;
        Assert.Equal(3, RowReader.Read(source, files, TestContext.Current.CancellationToken).Take(3).Count());
        using (File.Open(files[0].Path, FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { }

        using var cancellation = new CancellationTokenSource();
        int rows = 0;
        Assert.Throws<OperationCanceledException>(() =>
        {
            foreach (ReadRow _ in RowReader.Read(source, files, cancellation.Token))
            {
                if (++rows == 10) cancellation.Cancel();
            }
        });
        Assert.InRange(rows, 10, 99_999);
    }

    [Fact]
    public void Patterns_are_looked_up_in_the_folders_in_turn_and_missing_ones_are_told()
    {
        using var one = new RowFolder();
        using var two = new RowFolder();
        one.Write("a/1.txt", "x");
        two.Write("a/1.txt", "x");
        two.Write("a/2.txt", "x");
        two.Write("b/3.txt", "x");
        FoundFiles found = new RowSource { Files = ["b/*.txt", "a/*.txt", "a/1.txt", "c.txt"] }.Find([one.Path, Path.Combine(one.Path, "none"), two.Path]);
        Assert.Equal([("b/3.txt", 0), ("a/1.txt", 1)], found.Files.Select(f => (f.Name, f.Pattern)));
        Assert.Equal(["c.txt"], found.Missing);
    }
}

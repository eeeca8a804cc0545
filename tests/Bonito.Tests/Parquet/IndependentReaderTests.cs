using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using Bonito.Parquet;

namespace Bonito.Tests.Parquet;

/// <summary>
/// Files of our writer, read by a reader that knows the published layout and nothing of ours (tests/goldens/parquet/read.py):
/// it compares rows, and in passing sizes, checksums, offsets, counts and bounds.
/// </summary>
public class IndependentReaderTests
{
    [Fact]
    public void Random_rows_are_read_as_they_were_written()
    {
        using var folder = new TemporaryFolder();
        for (int seed = 0; seed < 12; seed++)
        {
            var table = new RandomTable(seed);
            Check(folder.File($"{seed}.parquet"), ParquetWriterTests.Write(table.Schema, table.Rows,
                new() { PageBytes = 300, RowGroupBytes = 3000, Compression = seed % 2 == 0 ? Compression.Snappy : Compression.None }));
        }
    }

    [Fact]
    public void Texts_that_compress_are_read_as_they_were_written()
    {
        using var folder = new TemporaryFolder();
        var schema = ParquetSchema.Of(Column.Text("text"), Column.Text("label"), Column.List("choices", Column.Text("choice")));
        var random = new Random(3);
        var rows = Enumerable.Range(0, 3000).Select(i => new Bonito.Rows.Row(["text", "label", "choices"],
        [
            string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => random.Next(3) == 0 ? "bonito and tuna " : $"{(char)random.Next(97, 123)} ")),
            random.Next(2) == 0 ? "yes" : "no",
            new object?[] { "first", $"choice {i}" },
        ]));
        Check(folder.File("texts.parquet"), ParquetWriterTests.Write(schema, rows, new()));
    }

    static void Check(string path, byte[] bytes)
    {
        File.WriteAllBytes(path, bytes);
        string[] lines = Run(path);
        using ParquetFile file = ParquetFile.Open(path);
        string[] expected = RowText.Of(file.ReadRows());
        Assert.Equal(expected.Length, lines.Length);
        for (int i = 0; i < lines.Length; i++)
        {
            using JsonDocument ours = JsonDocument.Parse(expected[i]), theirs = JsonDocument.Parse(lines[i]);
            Assert.True(JsonElement.DeepEquals(ours.RootElement, theirs.RootElement), $"row {i}: {expected[i]} written, {lines[i]} read");
        }
    }

    static string[] Run(string path)
    {
        var start = new ProcessStartInfo("python3", [Goldens.PathOf("read.py"), path]) { RedirectStandardOutput = true, RedirectStandardError = true };
        Process? process = null;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception)
        {
            Assert.Skip("python3 is not on this machine");
        }
        using (process)
        {
            Task<string> errors = process!.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            Assert.True(process.ExitCode == 0, errors.Result);
            return output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
    }
}

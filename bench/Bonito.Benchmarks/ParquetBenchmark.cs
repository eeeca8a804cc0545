using System.Diagnostics;
using System.Globalization;
using Bonito.Parquet;
using Bonito.Rows;

namespace Bonito.Benchmarks;

/// <summary>
/// Reading and writing Parquet files of texts: megabytes of uncompressed values for each second of processor time (all threads,
/// so that collecting garbage counts).
/// </summary>
internal static class ParquetBenchmark
{
    private const int Rounds = 5;
    private const int RowCount = 100_000;

    private static readonly string[] Names = ["text", "label", "id", "choices"];

    /// <summary>Reads a file of the user's, or writes and reads one of our own in each codec that is written.</summary>
    /// <param name="args">The path of a file, or nothing.</param>
    public static void Run(string[] args)
    {
        if (args.Length == 1)
        {
            using ParquetFile file = ParquetFile.Open(args[0]);
            Print("read", file, MedianSeconds(() => Read(file)));
            return;
        }
        Row[] rows = [.. MakeRows()];
        var schema = ParquetSchema.Of(
            Column.Text(Names[0]), Column.Text(Names[1]), Column.Integer(Names[2]), Column.List(Names[3], Column.Text("choice")));
        foreach (Compression compression in new[] { Compression.None, Compression.Snappy, Compression.Zstd })
        {
            using var stream = new MemoryStream();
            double seconds = MedianSeconds(() => Write(stream, schema, rows, compression));
            using ParquetFile file = ParquetFile.Open(stream);
            Print($"write, {compression}", file, seconds);
            Print($"read, {compression}", file, MedianSeconds(() => Read(file)));
        }
    }

    /// <summary>Sentences of made-up words, 500 bytes a row: they compress about as prose does.</summary>
    private static IEnumerable<Row> MakeRows()
    {
        var random = new Random(1);
        string[] words = [.. Enumerable.Range(0, 4000).Select(_ => new string([.. Enumerable.Range(0, random.Next(2, 9)).Select(_ => (char)random.Next('a', 'z' + 1))]))];
        for (int i = 0; i < RowCount; i++)
        {
            string text = string.Join(' ', Enumerable.Range(0, 80).Select(_ => words[(int)(words.Length * Math.Pow(random.NextDouble(), 3))]));
            yield return new Row(Names, [text, i % 3 == 0 ? "yes" : "no", (long)i, new object?[] { words[i % 50], words[i % 70] }]);
        }
    }

    private static void Write(MemoryStream stream, ParquetSchema schema, Row[] rows, Compression compression)
    {
        stream.SetLength(0);
        using var writer = new ParquetWriter(stream, schema, new() { Compression = compression });
        foreach (Row row in rows) writer.Write(row);
        writer.Finish();
    }

    private static void Read(ParquetFile file)
    {
        long count = file.ReadRows().LongCount();
        if (count != file.RowCount) throw new InvalidOperationException($"{count} rows were read of {file.RowCount}.");
    }

    private static double MedianSeconds(Action action)
    {
        var seconds = new double[Rounds];
        for (int i = 0; i < Rounds; i++)
        {
            GC.Collect();
            using var process = Process.GetCurrentProcess();
            TimeSpan before = process.TotalProcessorTime;
            action();
            process.Refresh();
            seconds[i] = (process.TotalProcessorTime - before).TotalSeconds;
        }
        Array.Sort(seconds);
        return seconds[Rounds / 2];
    }

    private static void Print(string what, ParquetFile file, double seconds)
    {
        double megabytes = file.RowGroups.Sum(group => group.Columns.Sum(chunk => chunk.UncompressedBytes)) / 1e6;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{what}: {megabytes / seconds:F0} MB/s, {file.RowCount / seconds:F0} rows/s ({megabytes:F0} MB, {file.RowCount} rows)"));
    }
}

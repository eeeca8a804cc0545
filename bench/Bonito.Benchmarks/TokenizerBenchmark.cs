using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Text;
using Bonito.Engine.Tokenizers;

namespace Bonito.Benchmarks;

/// <summary>Training time and encoding speed of the tokenizer on a text of the user's.</summary>
internal static class TokenizerBenchmark
{
    private const int VocabularySize = 8192;
    private const int Rounds = 5;

    /// <summary>
    /// Prints the figures for one text file, plain or <c>.gz</c>; each of its lines is a text. With a second path, a tokenizer or
    /// the model that has one, encoding and decoding with that instead of one trained on the text.
    /// </summary>
    /// <param name="args">The path of the file, and of the tokenizer.</param>
    public static int Run(string[] args)
    {
        if (args.Length is not (1 or 2))
        {
            Console.Error.WriteLine("usage: tokenizer TEXT-FILE[.gz] [TOKENIZER]");
            return 2;
        }

        string[] lines = [.. ReadLines(args[0]).Select(line => line + "\n")];
        double megabytes = lines.Sum(line => (long)Encoding.UTF8.GetByteCount(line)) / 1e6;
        Print("text", megabytes, "MB");

        Tokenizer tokenizer = args.Length == 2 ? Tokenizer.Load(args[1]) : Train(lines);
        var ids = new List<int>();
        Print("encode, empty word cache, 1 thread", megabytes / Seconds(() => Encode(tokenizer, lines, ids)), "MB/s");
        Print("encode, 1 thread", megabytes / MedianSeconds(() => Encode(tokenizer, lines, ids)), "MB/s");
        Print($"encode, {Environment.ProcessorCount} threads",
            megabytes / MedianSeconds(() => Parallel.ForEach(lines, line => tokenizer.Encode(line))), "MB/s");

        Encode(tokenizer, lines, ids);
        int[] all = [.. ids];
        Print("decode, 1 thread", megabytes / MedianSeconds(() => tokenizer.Decode(all)), "MB/s");
        string whole = string.Concat(lines);
        Print("encode as one text, 1 thread", megabytes / MedianSeconds(() => tokenizer.Encode(whole)), "MB/s");
        Print("bytes per token", megabytes * 1e6 / all.Length, "");
        return 0;
    }

    private static Tokenizer Train(string[] lines)
    {
        foreach (int threads in (int[])[1, Environment.ProcessorCount])
        {
            double seconds = Seconds(() => BpeTrainer.Train(lines, VocabularySize, ["<s>", "</s>"], threads: threads));
            Print($"train, vocabulary {VocabularySize}, {threads} threads", seconds, "s");
        }

        return BpeTrainer.Train(lines, VocabularySize, ["<s>", "</s>"]);
    }

    private static void Encode(Tokenizer tokenizer, string[] lines, List<int> ids)
    {
        ids.Clear();
        foreach (string line in lines)
            tokenizer.Encode(line, ids);
    }

    private static IEnumerable<string> ReadLines(string path)
    {
        using FileStream file = File.OpenRead(path);
        using Stream content = path.EndsWith(".gz", StringComparison.Ordinal) ? new GZipStream(file, CompressionMode.Decompress) : file;
        using var reader = new StreamReader(content);
        while (reader.ReadLine() is { } line)
            yield return line;
    }

    private static double MedianSeconds(Action action) => Enumerable.Range(0, Rounds).Select(_ => Seconds(action)).Order().ElementAt(Rounds / 2);

    private static double Seconds(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static void Print(string name, double value, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-40} {value,10:F2} {unit}"));
}

using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Bonito.Rows;
using Bonito.Templates;
using Bonito.Templates.Jinja;

namespace Bonito.Benchmarks;

/// <summary>
/// Rows a second through prompt templates: Bonito's own, over made-up rows with passages of about a hundred words; then the same
/// templates and rows with Jinja2 itself (<c>bench/ctga_jinja.py</c>), whose texts must be equal.
/// </summary>
internal static class CtgaBenchmark
{
    const int Rows = 40_000;
    const int Rounds = 5;

    static readonly string[] Words = "river stone harbour letter winter garden engine market teacher window paper bridge salt morning ship field".Split(' ');
    static readonly string[] Labels = ["entailment", "neutral", "contradiction", "not_entailment", "yes", "no", "positive", "negative"];

    public static int Run(string[] args)
    {
        if (args.Length != 1)
        {
            Console.Error.WriteLine("usage: ctga bench/ctga_jinja.py");
            return 2;
        }
        PromptTemplateFile file = TemplateLibrary.Load().Files[0];
        MetaTemplate[] templates = [.. file.Templates.Select(t => MetaTemplate.Remix(file, t, t.TaskType, "{{ context }}", out string refusal) ?? throw new InvalidOperationException(refusal))];
        Row[] rows = [.. Enumerable.Range(0, Rows).Select(Make)];

        string[] whole = [.. templates.Select((t, i) => file.Macros + t.Template.Jinja)];
        Print("rows", Rows, "");
        Print("templates", templates.Length, "");
        Print("characters of a passage", rows.Average(r => ((string)r[Roles.Context]!).Length), "");
        Print("Bonito, tasks and passages, 1 thread", Rows / Seconds(() => RenderAll(templates, rows, 1)), "rows/s");
        Print($"Bonito, tasks and passages, {Environment.ProcessorCount} threads", Rows / Seconds(() => RenderAll(templates, rows, Environment.ProcessorCount)), "rows/s");

        string folder = Directory.CreateTempSubdirectory("bonito-ctga-").FullName;
        try
        {
            return Compare(args[0], folder, whole, rows);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Both render templates with their macros, once a row; Jinja2 writes its texts down for comparison.</summary>
    static int Compare(string script, string folder, string[] templates, Row[] rows)
    {
        JinjaTemplate[] parsed = [.. templates.Select((t, i) => JinjaTemplate.Parse($"template {i}", t))];
        string[] texts = new string[rows.Length];
        Print("Bonito, templates as they are, 1 thread", rows.Length / Seconds(() =>
        {
            for (int i = 0; i < rows.Length; i++) texts[i] = parsed[i % parsed.Length].Render(rows[i]);
        }), "rows/s");

        File.WriteAllText(Path.Combine(folder, "templates.json"), JsonSerializer.Serialize(templates));
        File.WriteAllLines(Path.Combine(folder, "rows.jsonl"), rows.Select(r => JsonSerializer.Serialize(r.ToDictionary())));
        using Process python = Process.Start(new ProcessStartInfo("python3", [script, folder]))!;
        python.WaitForExit();
        if (python.ExitCode != 0) return python.ExitCode;
        int differences = File.ReadLines(Path.Combine(folder, "texts.jsonl")).Zip(texts, (line, text) => JsonSerializer.Deserialize<string>(line) != text).Count(different => different);
        Print("texts that differ", differences, "");
        return differences == 0 ? 0 : 1;
    }

    static void RenderAll(MetaTemplate[] templates, Row[] rows, int threads) =>
        Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
        {
            for (int i = thread; i < rows.Length; i += threads) templates[i % templates.Length].Render(rows[i], (ulong)i);
        });

    static Row Make(int number)
    {
        var random = new Random(number);
        string label = Labels[number % Labels.Length];
        object?[] choices = [label, .. Enumerable.Range(0, 3).Select(i => $"{Sentence(random, 3)} {i}")];
        return new Row(
            [.. Roles.All],
            [.. Roles.All.Select(role => role switch
            {
                Roles.Context => string.Join(' ', Enumerable.Range(0, 8).Select(_ => Sentence(random, 12))),
                Roles.Choices => choices,
                Roles.Answer => choices[number % 4],
                Roles.Label => label,
                _ => Sentence(random, 8),
            })]);
    }

    static string Sentence(Random random, int words) =>
        string.Join(' ', Enumerable.Range(0, words).Select(_ => Words[random.Next(Words.Length)])) + ".";

    /// <summary>The median of some rounds after one to warm up.</summary>
    static double Seconds(Action action)
    {
        action();
        double[] seconds = new double[Rounds];
        for (int i = 0; i < Rounds; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            seconds[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
        Array.Sort(seconds);
        return seconds[Rounds / 2];
    }

    static void Print(string what, double value, string unit) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-50} {value,12:N0} {unit}"));
}

using System.Security.Cryptography;
using System.Text.Json;
using Bonito.Ctga;
using Bonito.Recipes;
using Bonito.Tasks;

namespace Bonito.Tests.Ctga;

public sealed class BuildCtgaTests
{
    const string Part =
        "files: [rows.jsonl]\nformat: jsonl\nroles: {context: p, question: q, choices: c, answer: {pick: a}}\ntasks: {mcqa: , exqa: , qa: {unless: {answer: [none]}}, qg: }";

    /// <summary>Rows over a fifth as many passages; every tenth has a flaw.</summary>
    static CtgaFolder WithRows(int count)
    {
        var folder = new CtgaFolder();
        folder.Write("rows.jsonl", string.Join('\n', Enumerable.Range(0, count).Select(i => JsonSerializer.Serialize(new
        {
            p = (i % 50) switch
            {
                10 => "short",
                20 => $"Passage {i} holds a <|pipe|> marker inside.",
                30 => new string('x', 7_000),
                _ => $"Passage number {i / 5} says that the box holds {i / 5 * 3} coins.",
            },
            q = i % 50 == 40 ? null : $"How many coins does box {i} hold?",
            c = (string[])["none", $"{i / 5 * 3}", "a few"],
            a = i % 7 == 0 ? 0 : 1,
        }))));
        return folder;
    }

    static Dictionary<string, byte[]> Output(CtgaFolder folder) =>
        Directory.GetFiles(folder.Output).ToDictionary(f => Path.GetFileName(f), File.ReadAllBytes);

    [Fact]
    public void Candidates_are_rows_written_plus_drops_by_reason()
    {
        using CtgaFolder folder = WithRows(1_000);

        CtgaSummary summary = CtgaFolder.Run(folder.Options(Part));

        CtgaSetSummary set = Assert.Single(summary.Sets);
        Assert.Equal(1_000, set.RowsRead);
        Assert.Equal(4_000, set.Candidates);
        Assert.Equal(set.Candidates, set.Written.Values.Sum() + set.Dropped.Values.Sum());
        Assert.Equal(summary.Training + summary.Validation, set.Written.Values.Sum());
        Assert.Equal(folder.Rows("train.jsonl").Count, summary.Training);
        Assert.Equal(folder.Rows("validation.jsonl").Count, summary.Validation);
        Assert.Equal(folder.Rows().GroupBy(r => r.TaskType).ToDictionary(g => g.Key, g => (long)g.Count()), set.Written);
        Assert.Equal(143, set.Dropped[DropReason.Filtered]);
        // 20 rows of four task types have each of these flaws; the qa rows among them that ask for "none" are filtered first.
        Assert.Equal(77, set.Dropped[DropReason.MissingRole]);
        Assert.Equal(77, set.Dropped[DropReason.ContextTooShort]);
        Assert.Equal(77, set.Dropped[DropReason.MarkerInText]);
        Assert.Equal(77, set.Dropped[DropReason.ContextTooLong]);
        Assert.Equal(143 - 12, set.Dropped[DropReason.AnswerNotInContext]);
    }

    [Fact]
    public void Rows_are_prompts_and_completions_that_the_parser_reads_back()
    {
        using CtgaFolder folder = WithRows(300);
        CtgaFolder.Run(folder.Options(Part));

        Assert.All(folder.Rows(), row =>
        {
            Assert.True(TaskType.TryParse(row.TaskType, out TaskType? type));
            Assert.Equal($"<|tasktype|>\n{type.FullName}\n<|context|>\n{row.Context}\n<|task|>\n", row.Input);
            Assert.Equal($"{row.TaskInput}\n<|pipe|>\n{row.TaskOutput}", row.Output);
            Assert.Equal("mine", row.Dataset);
            Assert.True(TaskParser.TryParse(row.Output, row.Context, false, out ParsedTask? task, out _));
            Assert.Equal(row.TaskInput.Replace("{{context}}", row.Context, StringComparison.Ordinal), task.Input);
            Assert.Equal(row.TaskOutput, task.Output);
        });
    }

    [Fact]
    public void The_same_bytes_come_out_whatever_the_number_of_threads_and_again()
    {
        using CtgaFolder folder = WithRows(1_500);
        CtgaOptions options = folder.Options(Part) with { MaxExamplesPerSet = 1_200, TemplatesPerRow = 2 };

        CtgaFolder.Run(options with { Threads = 1 });
        Dictionary<string, byte[]> one = Output(folder);
        CtgaFolder.Run(options with { Threads = 7 });
        Dictionary<string, byte[]> seven = Output(folder);

        Assert.Equal(["README.md", "manifest.json", "train.jsonl", "validation.jsonl"], one.Keys.Order(StringComparer.Ordinal));
        Assert.All(one, file => Assert.Equal(file.Value, seven[file.Key]));
    }

    [Fact]
    public void Another_seed_draws_other_templates_and_another_order()
    {
        using CtgaFolder folder = WithRows(300);
        CtgaFolder.Run(folder.Options(Part));
        List<Row> first = folder.Rows();
        CtgaFolder.Run(folder.Options(Part) with { Seed = 7 });
        List<Row> second = folder.Rows();

        Assert.Equal(first.Select(r => r.Context).Distinct().Order(), second.Select(r => r.Context).Distinct().Order());
        Assert.NotEqual(first.Select(r => r.TaskInput).Order(), second.Select(r => r.TaskInput).Order());
    }

    [Fact]
    public void A_context_is_never_both_in_training_and_in_validation()
    {
        using CtgaFolder folder = WithRows(3_000);
        CtgaFolder.Run(folder.Options(Part));

        HashSet<string> training = [.. folder.Rows("train.jsonl").Select(r => r.Context)];
        HashSet<string> validation = [.. folder.Rows("validation.jsonl").Select(r => r.Context)];
        Assert.NotEmpty(validation);
        Assert.Empty(training.Intersect(validation));
        Assert.InRange(validation.Count / (double)(training.Count + validation.Count), 0.002, 0.05);
    }

    [Fact]
    public void Rows_of_all_sets_and_task_types_are_mixed()
    {
        using CtgaFolder folder = WithRows(1_000);
        CtgaFolder.Run(folder.Options(Part));

        string[] order = [.. folder.Rows("train.jsonl").Select(r => r.TaskType)];
        int changes = order.Zip(order.Skip(1)).Count(pair => pair.First != pair.Second);
        Assert.True(changes > order.Length / 2, $"{changes} changes of the task type in {order.Length} rows.");
    }

    [Fact]
    public void The_limit_per_set_takes_a_sample_over_the_whole_set_and_counts_the_rest()
    {
        using CtgaFolder folder = WithRows(2_000);
        CtgaSummary all = CtgaFolder.Run(folder.Options(Part));
        HashSet<string> everything = [.. folder.Rows().Select(r => r.Input + r.Output)];
        CtgaSummary some = CtgaFolder.Run(folder.Options(Part) with { MaxExamplesPerSet = 500 });
        List<Row> sample = folder.Rows();

        Assert.Equal(500, sample.Count);
        Assert.All(sample, r => Assert.Contains(r.Input + r.Output, everything));
        CtgaSetSummary set = some.Sets[0];
        Assert.Equal(set.Candidates, set.Written.Values.Sum() + set.Dropped.Values.Sum());
        Assert.Equal(all.Sets[0].Candidates, set.Candidates);
        int[] passages = [.. sample.Where(r => r.Context.StartsWith("Passage number", StringComparison.Ordinal)).Select(r => int.Parse(r.Context.Split(' ')[2], null))];
        Assert.InRange(passages.Average(), 170, 230);
    }

    [Fact]
    public void A_single_set_can_have_a_lower_limit()
    {
        using CtgaFolder folder = WithRows(200);
        CtgaOptions options = folder.Options(Part);

        Assert.Equal(50, Written(options with { SetLimits = new Dictionary<string, int> { ["mine"] = 50 } }));
        Assert.Equal(40, Written(options with { MaxExamplesPerSet = 40, SetLimits = new Dictionary<string, int> { ["mine"] = 50 } }));
        Assert.Contains("Unknown source set 'min'", Error(options with { SetLimits = new Dictionary<string, int> { ["min"] = 50 } }), StringComparison.Ordinal);
        Assert.Contains("at least 1, got 0", Error(options with { SetLimits = new Dictionary<string, int> { ["mine"] = 0 } }), StringComparison.Ordinal);

        static long Written(CtgaOptions o) => CtgaFolder.Run(o).Sets[0].Written.Values.Sum();
    }

    [Fact]
    public void More_templates_per_row_give_different_phrasings_of_it()
    {
        using CtgaFolder folder = WithRows(20);
        CtgaSummary one = CtgaFolder.Run(folder.Options(Part));
        CtgaSummary three = CtgaFolder.Run(folder.Options(Part) with { TemplatesPerRow = 3 });

        Assert.Equal((one.Training + one.Validation) * 3, three.Training + three.Validation);
        Assert.Equal(folder.Rows().Count, folder.Rows().Select(r => r.Input + r.Output).Distinct().Count());
    }

    [Fact]
    public void Equal_rows_in_a_set_or_in_two_are_written_once_for_the_first()
    {
        using var folder = new CtgaFolder();
        folder.Write("rows.jsonl", "{\"p\":\"A passage of text.\",\"t\":\"A title\"}\n{\"p\":\"A passage of text.\",\"t\":\"A title\"}");
        const string Set = "licence: x, commercial: true, parts: [{files: [rows.jsonl], format: jsonl, roles: {context: p, title: t}, tasks: [text_gen]}]";

        CtgaSummary summary = CtgaFolder.Run(folder.Catalogue($"sets:\n  - {{name: first, {Set}}}\n  - {{name: second, {Set}}}\n"));

        Assert.Equal("first", Assert.Single(folder.Rows()).Dataset);
        Assert.Equal([1, 2], summary.Sets.Select(s => s.Dropped[DropReason.Duplicate]));
    }

    [Fact]
    public void Sets_are_chosen_by_name_and_by_licence()
    {
        using var folder = new CtgaFolder();
        folder.Write("rows.jsonl", "{\"p\":\"A passage of text.\",\"t\":\"A title\"}");
        const string Parts = "parts: [{files: [rows.jsonl], format: jsonl, roles: {context: p, title: t}, tasks: [text_gen]}]";
        CtgaOptions options = folder.Catalogue($"sets:\n  - {{name: free, licence: CC0, commercial: true, {Parts}}}\n  - {{name: closed, licence: research, commercial: false, {Parts}}}\n");

        Assert.Equal(["free"], CtgaFolder.Run(options with { CommercialOnly = true }).Sets.Select(s => s.Name));
        Assert.Equal(["closed"], CtgaFolder.Run(options with { Sets = ["closed"] }).Sets.Select(s => s.Name));
        Assert.Contains("has: free, closed", Error(options with { Sets = ["fre"] }), StringComparison.Ordinal);
        Assert.Contains("No source set is left", Error(options with { Sets = ["closed"], CommercialOnly = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_are_listed_and_only_their_total_absence_is_an_error()
    {
        using CtgaFolder folder = WithRows(10);
        CtgaOptions options = folder.Options(Part.Replace("[rows.jsonl]", "[rows.jsonl, more-*.jsonl]", StringComparison.Ordinal));

        Assert.Equal(["more-*.jsonl"], CtgaFolder.Run(options).Sets[0].Missing);
        File.Delete(Path.Combine(folder.Sources, "rows.jsonl"));
        Assert.Contains("expected, for example, 'rows.jsonl'", Error(options), StringComparison.Ordinal);
        Assert.Contains("does not exist", Error(options with { SourcesDirectory = "nowhere" }), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_may_stand_in_the_text_folder()
    {
        using CtgaFolder folder = WithRows(10);
        string text = Path.Combine(folder.Root, "text");
        Directory.Move(folder.Sources, text);
        Directory.CreateDirectory(folder.Sources);

        Assert.Equal(10, CtgaFolder.Run(folder.Options(Part) with { TextDirectory = text }).Sets[0].RowsRead);
    }

    [Fact]
    public void A_failed_or_cancelled_build_leaves_an_earlier_one_as_it_was()
    {
        using CtgaFolder folder = WithRows(100);
        CtgaOptions options = folder.Options(Part);
        CtgaFolder.Run(options);
        Dictionary<string, byte[]> before = Output(folder);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => BuildCtga.Run(options with { Seed = 9 }, null, cancelled.Token));
        folder.Write("rows.jsonl", "{\"p\":\"x\",\"q\":\"y\",\"c\":[],\"a\":0}\n{");
        Error(options);

        Assert.Equal(before.Keys, Output(folder).Keys);
        Assert.All(before, file => Assert.Equal(file.Value, Output(folder)[file.Key]));
        Assert.Empty(Directory.GetDirectories(folder.Output));
    }

    [Fact]
    public void An_output_that_cannot_be_written_is_one_clear_sentence()
    {
        using CtgaFolder folder = WithRows(10);
        string file = Path.Combine(folder.Root, "a-file");
        File.WriteAllText(file, "");

        Assert.Contains($"could not be written to '{file}'", Error(folder.Options(Part) with { OutputDirectory = file }), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        using CtgaFolder folder = WithRows(10);
        CtgaOptions options = folder.Options(Part);

        Assert.Contains("at least 1, got 0", Error(options with { MaxExamplesPerSet = 0 }), StringComparison.Ordinal);
        Assert.Contains("at least 1, got -1", Error(options with { TemplatesPerRow = -1 }), StringComparison.Ordinal);
        Assert.Contains("at least 1, got 0", Error(options with { Threads = 0 }), StringComparison.Ordinal);
    }

    [Fact]
    public void The_manifest_and_the_card_say_what_is_there()
    {
        using CtgaFolder folder = WithRows(200);
        CtgaSummary summary = CtgaFolder.Run(folder.Options(Part) with { MaxExamplesPerSet = 100 });

        using JsonDocument manifest = JsonDocument.Parse(folder.Bytes("manifest.json"));
        JsonElement root = manifest.RootElement, set = root.GetProperty("sets")[0];
        Assert.Equal(summary.Training, root.GetProperty("training").GetInt64());
        Assert.Equal(42, root.GetProperty("options").GetProperty("seed").GetInt32());
        Assert.Equal("CC0", set.GetProperty("licence").GetString());
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder.Sources, "rows.jsonl")))),
            set.GetProperty("files")[0].GetProperty("sha256").GetString());
        Assert.Equal(summary.Sets[0].Dropped[DropReason.OverLimit], set.GetProperty("dropped").GetProperty("over_limit").GetInt64());
        Assert.Equal(summary.Sets[0].Written["qg"], set.GetProperty("written").GetProperty("qg").GetInt64());

        string card = File.ReadAllText(Path.Combine(folder.Output, "README.md"));
        Assert.StartsWith("---\nlanguage:\n- en\n", card, StringComparison.Ordinal);
        Assert.Contains("| mine | CC0 | yes | 100 |", card, StringComparison.Ordinal);
        Assert.Contains("path: validation.jsonl", card, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_counts_rows_and_ends_with_all_sets()
    {
        using CtgaFolder folder = WithRows(1_100);
        var seen = new List<CtgaProgress>();
        BuildCtga.Run(folder.Options(Part), new Recorder(seen), TestContext.Current.CancellationToken);

        Assert.Equal([512, 1_024, 1_100], seen.Where(p => p.Set == "mine").Select(p => p.RowsRead));
    }

    static string Error(CtgaOptions options) => Assert.Throws<BonitoException>(() => CtgaFolder.Run(options)).Message;

    sealed class Recorder(List<CtgaProgress> seen) : IProgress<CtgaProgress>
    {
        public void Report(CtgaProgress value) => seen.Add(value);
    }
}

using System.Security.Cryptography;
using System.Text.Json;
using Bonito.Ctga;
using Bonito.Recipes;
using Bonito.Tasks;

namespace Bonito.Tests.Ctga;

public sealed class BuildCtgaTests
{
    const string Set = "roles: {context: p, question: q, choices: c, answer: 'c[a]'}\ntasks: {mcqa: , exqa: , qa: \"answer != 'none'\", qg: }\nparts: [{files: [rows.jsonl], format: jsonl}]";

    const string TitleSet = "roles: {context: p, title: t}\ntasks: [text_gen]\nparts: [{files: [rows.jsonl], format: jsonl}]";

    /// <summary>Rows over a fifth as many passages; every tenth has a flaw.</summary>
    static BuildFolder WithRows(int count)
    {
        var folder = new BuildFolder();
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

    static Dictionary<string, byte[]> Output(BuildFolder folder) =>
        Directory.GetFiles(folder.Output).ToDictionary(f => Path.GetFileName(f), File.ReadAllBytes);

    [Fact]
    public void One_template_is_drawn_for_a_row_and_every_fate_is_counted()
    {
        using BuildFolder folder = WithRows(1_000);

        CtgaSummary summary = BuildFolder.Run(folder.Options(Set));

        CtgaSetSummary set = Assert.Single(summary.Sets);
        Assert.Equal((1_000, 1_000), (set.RowsRead, set.Candidates));
        Reconciles(set);
        Assert.Equal(summary.Training + summary.Validation, set.Written.Values.Sum());
        Assert.Equal(folder.Rows("train.jsonl").Count, summary.Training);
        Assert.Equal(folder.Rows("validation.jsonl").Count, summary.Validation);
        Assert.Equal(folder.Rows().GroupBy(r => r.TaskType).ToDictionary(g => g.Key, g => (long)g.Count()), set.Written);
        Assert.Equal(folder.Rows().GroupBy(r => r.Template).ToDictionary(g => g.Key, g => (long)g.Count()), set.Templates.Where(t => t.Written > 0).ToDictionary(t => t.Name, t => t.Written));
        Assert.Equal((20, 20, 20, 20), (set.Dropped[DropReason.NoFittingTemplate], set.Dropped[DropReason.ContextTooShort], set.Dropped[DropReason.MarkerInText], set.Dropped[DropReason.ContextTooLong]));
        // A seventh of the rows answers "none"; where extractive question answering was drawn, that is not in the passage.
        Assert.InRange(set.Dropped[DropReason.AnswerNotInContext], 20, 80);
        Assert.Equal(["exqa", "mcqa", "qa", "qg"], set.Written.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Templates_can_be_drawn_for_each_task_type_that_a_row_serves()
    {
        using BuildFolder folder = WithRows(1_000);

        CtgaSetSummary set = Assert.Single(BuildFolder.Run(folder.Options(Set) with { PerTaskType = true }).Sets);

        // Rows with a marker and rows without a question count once; of the others, qa passes over those that answer "none".
        int whole = Enumerable.Range(0, 1_000).Count(i => i % 50 is not (20 or 40));
        int none = Enumerable.Range(0, 1_000).Count(i => i % 50 is not (20 or 40) && i % 7 == 0);
        Assert.Equal(40 + 4 * whole - none, set.Candidates);
        Reconciles(set);
        Assert.Equal(Enumerable.Range(0, 1_000).Count(i => i % 50 is not (10 or 20 or 30 or 40) && i % 7 == 0), set.Dropped[DropReason.AnswerNotInContext]);
    }

    [Fact]
    public void Rows_are_prompts_and_completions_that_the_parser_reads_back()
    {
        using BuildFolder folder = WithRows(300);
        BuildFolder.Run(folder.Options(Set));

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
    public void The_same_bytes_come_out_whatever_the_number_of_threads()
    {
        using BuildFolder folder = WithRows(1_500);
        CtgaOptions options = folder.Options(Set) with { MaxExamplesPerSet = 1_200, TemplatesPerRow = 2 };

        BuildFolder.Run(options with { Threads = 1 });
        Dictionary<string, byte[]> one = Output(folder);
        Directory.Delete(folder.Output, recursive: true);
        BuildFolder.Run(options with { Threads = 7 });
        Dictionary<string, byte[]> seven = Output(folder);

        Assert.Equal(["README.md", "config.json", "manifest.json", "train.jsonl", "validation.jsonl"], one.Keys.Order(StringComparer.Ordinal));
        Assert.All(one, file => Assert.Equal(file.Value, seven[file.Key]));
    }

    [Fact]
    public void Another_seed_draws_other_templates()
    {
        using BuildFolder first = WithRows(300), second = WithRows(300);
        BuildFolder.Run(first.Options(TitleLess));
        BuildFolder.Run(second.Options(TitleLess) with { Seed = 7 });

        Assert.Equal(first.Rows().Select(r => r.Context).Distinct().Order(), second.Rows().Select(r => r.Context).Distinct().Order());
        Assert.NotEqual(first.Rows().Select(r => r.TaskInput).Order(), second.Rows().Select(r => r.TaskInput).Order());
    }

    const string TitleLess = "roles: {context: p, question: q}\ntasks: [qg]\nparts: [{files: [rows.jsonl], format: jsonl}]";

    [Fact]
    public void A_context_is_never_both_in_training_and_in_validation()
    {
        using BuildFolder folder = WithRows(3_000);
        BuildFolder.Run(folder.Options(Set) with { PerTaskType = true });

        HashSet<string> training = [.. folder.Rows("train.jsonl").Select(r => r.Context)];
        HashSet<string> validation = [.. folder.Rows("validation.jsonl").Select(r => r.Context)];
        Assert.NotEmpty(validation);
        Assert.Empty(training.Intersect(validation));
        Assert.InRange(validation.Count / (double)(training.Count + validation.Count), 0.002, 0.05);
    }

    [Fact]
    public void Rows_of_all_task_types_are_mixed()
    {
        using BuildFolder folder = WithRows(1_000);
        BuildFolder.Run(folder.Options(Set) with { PerTaskType = true });

        string[] order = [.. folder.Rows("train.jsonl").Select(r => r.TaskType)];
        int changes = order.Zip(order.Skip(1)).Count(pair => pair.First != pair.Second);
        Assert.True(changes > order.Length / 2, $"{changes} changes of the task type in {order.Length} rows.");
    }

    [Fact]
    public void The_limit_per_set_takes_a_sample_over_the_whole_set_and_counts_the_rest()
    {
        using BuildFolder whole = WithRows(2_000), sampled = WithRows(2_000);
        CtgaSummary all = BuildFolder.Run(whole.Options(Set));
        HashSet<string> everything = [.. whole.Rows().Select(r => r.Input + r.Output)];
        CtgaSetSummary set = BuildFolder.Run(sampled.Options(Set) with { MaxExamplesPerSet = 500 }).Sets[0];
        List<CtgaRow> sample = sampled.Rows();

        Assert.Equal(500, sample.Count);
        Assert.All(sample, r => Assert.Contains(r.Input + r.Output, everything));
        Reconciles(set);
        Assert.Equal(all.Sets[0].Candidates, set.Candidates);
        int[] passages = [.. sample.Where(r => r.Context.StartsWith("Passage number", StringComparison.Ordinal)).Select(r => int.Parse(r.Context.Split(' ')[2], null))];
        Assert.InRange(passages.Average(), 170, 230);
    }

    [Fact]
    public void A_single_set_can_have_a_lower_limit()
    {
        using BuildFolder folder = WithRows(200), other = WithRows(200);

        Assert.Equal(50, Written(folder.Options(Set) with { SetLimits = new Dictionary<string, int> { ["mine"] = 50 } }));
        Assert.Equal(40, Written(other.Options(Set) with { MaxExamplesPerSet = 40, SetLimits = new Dictionary<string, int> { ["mine"] = 50 } }));
        Assert.Contains("Unknown source set 'min'", Error(other.Options(Set) with { SetLimits = new Dictionary<string, int> { ["min"] = 50 } }), StringComparison.Ordinal);
        Assert.Contains("at least 1, got 0", Error(other.Options(Set) with { SetLimits = new Dictionary<string, int> { ["mine"] = 0 } }), StringComparison.Ordinal);

        static long Written(CtgaOptions o) => BuildFolder.Run(o).Sets[0].Written.Values.Sum();
    }

    [Fact]
    public void More_templates_per_row_give_different_phrasings_of_it()
    {
        using BuildFolder one = WithRows(20), three = WithRows(20);
        CtgaSummary first = BuildFolder.Run(one.Options(TitleLess));
        CtgaSummary second = BuildFolder.Run(three.Options(TitleLess) with { TemplatesPerRow = 3 });

        Assert.Equal((first.Training + first.Validation) * 3, second.Training + second.Validation);
        Assert.Equal(three.Rows().Count, three.Rows().Select(r => r.Input + r.Output).Distinct().Count());
    }

    [Fact]
    public void Equal_rows_in_a_set_or_in_two_are_written_once_for_the_first()
    {
        using var folder = new BuildFolder();
        folder.Write("rows.jsonl", "{\"p\":\"A passage of text.\",\"t\":\"A title\"}\n{\"p\":\"A passage of text.\",\"t\":\"A title\"}");
        const string Fields = "licence: x, commercial: true, roles: {context: p, title: t}, tasks: [text_gen], parts: [{files: [rows.jsonl], format: jsonl}]";

        CtgaSummary summary = BuildFolder.Run(folder.Catalogue($"sets:\n  - {{name: first, {Fields}}}\n  - {{name: second, {Fields}}}\n"));

        Assert.Equal("first", Assert.Single(folder.Rows()).Dataset);
        Assert.Equal([1, 2], summary.Sets.Select(s => s.Dropped[DropReason.Duplicate]));
        Assert.All(summary.Sets, Reconciles);
    }

    [Fact]
    public void Sets_are_chosen_by_name_and_by_licence()
    {
        using var folder = new BuildFolder();
        folder.Write("rows.jsonl", "{\"p\":\"A passage of text.\",\"t\":\"A title\"}");
        const string Fields = "roles: {context: p, title: t}, tasks: [text_gen], parts: [{files: [rows.jsonl], format: jsonl}]";
        CtgaOptions options = folder.Catalogue($"sets:\n  - {{name: free, licence: CC0, commercial: true, {Fields}}}\n  - {{name: closed, licence: research, commercial: false, {Fields}}}\n");

        Assert.Equal(["free"], BuildFolder.Run(options with { CommercialOnly = true }).Sets.Select(s => s.Name));
        Assert.Equal(["closed"], BuildFolder.Run(options with { Sets = ["closed"], OutputDirectory = folder.Output + "2" }).Sets.Select(s => s.Name));
        Assert.Contains("has: free, closed", Error(options with { Sets = ["fre"] }), StringComparison.Ordinal);
        Assert.Contains("No source set is named", Error(options with { Sets = [] }), StringComparison.Ordinal);
        Assert.Contains("No source set is left", Error(options with { Sets = ["closed"], CommercialOnly = true }), StringComparison.Ordinal);
    }

    [Fact]
    public void Missing_files_are_listed_and_only_their_total_absence_is_an_error()
    {
        using BuildFolder folder = WithRows(10);
        CtgaOptions options = folder.Options(Set.Replace("[rows.jsonl]", "[rows.jsonl, more-*.jsonl]", StringComparison.Ordinal));

        Assert.Equal(["more-*.jsonl"], BuildFolder.Run(options).Sets[0].Missing);
        File.Delete(Path.Combine(folder.Sources, "rows.jsonl"));
        Assert.Contains("expected, for example, 'rows.jsonl'", Error(options), StringComparison.Ordinal);
        Assert.Contains("does not exist", Error(options with { SourcesDirectory = "nowhere" }), StringComparison.Ordinal);
    }

    [Fact]
    public void Files_may_stand_in_the_text_folder()
    {
        using BuildFolder folder = WithRows(10);
        string text = Path.Combine(folder.Root, "text");
        Directory.Move(folder.Sources, text);
        Directory.CreateDirectory(folder.Sources);

        Assert.Equal(10, BuildFolder.Run(folder.Options(Set) with { TextDirectory = text }).Sets[0].RowsRead);
    }

    [Fact]
    public void Parquet_holds_the_same_rows()
    {
        using BuildFolder lines = WithRows(500), parquet = WithRows(500);
        BuildFolder.Run(lines.Options(Set));
        CtgaSummary summary = BuildFolder.Run(parquet.Options(Set) with { Format = CtgaFormat.Parquet });

        Assert.Equal(InspectCtga.Rows(lines.Output), InspectCtga.Rows(parquet.Output));
        Assert.Equal(summary.Training + summary.Validation, InspectCtga.Rows(parquet.Output).Count());
        Assert.Equal(["train-00000.parquet", "validation-00000.parquet"], Directory.GetFiles(Path.Combine(parquet.Output, "data")).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Contains("path: data/train-*.parquet", File.ReadAllText(Path.Combine(parquet.Output, "README.md")), StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_that_cannot_be_written_is_one_clear_sentence()
    {
        using BuildFolder folder = WithRows(10);
        string file = Path.Combine(folder.Root, "a-file");
        File.WriteAllText(file, "");

        Assert.Contains($"{file}: this is a file", Error(folder.Options(Set) with { OutputDirectory = file }), StringComparison.Ordinal);
    }

    [Fact]
    public void Options_out_of_range_are_refused()
    {
        using BuildFolder folder = WithRows(10);
        CtgaOptions options = folder.Options(Set);

        Assert.Contains("at least 1, got 0", Error(options with { MaxExamplesPerSet = 0 }), StringComparison.Ordinal);
        Assert.Contains("at least 1, got -1", Error(options with { TemplatesPerRow = -1 }), StringComparison.Ordinal);
        Assert.Contains("at least 1, got 0", Error(options with { Threads = 0 }), StringComparison.Ordinal);
        Assert.Contains("The length of the longest context must be at least 1, got 0", Error(options with { MaxContextLength = 0 }), StringComparison.Ordinal);
        Assert.Contains("the folder to write is empty", Error(options with { OutputDirectory = "" }), StringComparison.Ordinal);
    }

    [Fact]
    public void The_manifest_and_the_card_say_what_is_there()
    {
        using BuildFolder folder = WithRows(200);
        CtgaSummary summary = BuildFolder.Run(folder.Options(Set) with { MaxExamplesPerSet = 100 });

        using JsonDocument manifest = JsonDocument.Parse(folder.Bytes("manifest.json"));
        JsonElement root = manifest.RootElement, set = root.GetProperty("sets")[0];
        Assert.Equal(summary.Training, root.GetProperty("training").GetInt64());
        Assert.Equal(summary.Training, root.GetProperty("files").GetProperty("train.jsonl").GetInt64());
        Assert.Equal(42, root.GetProperty("configuration").GetProperty("seed").GetInt32());
        Assert.Equal("CC0", set.GetProperty("licence").GetString());
        Assert.Equal(
            Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder.Sources, "rows.jsonl")))),
            set.GetProperty("files")[0].GetProperty("sha256").GetString());
        Assert.Equal(summary.Sets[0].Dropped[DropReason.OverLimit], set.GetProperty("dropped").GetProperty("over_limit").GetInt64());
        Assert.Equal(summary.Sets[0].Written["qg"], set.GetProperty("written").GetProperty("qg").GetInt64());
        Assert.Equal(summary.Sets[0].Templates.Count, set.GetProperty("templates").GetArrayLength());

        string card = File.ReadAllText(Path.Combine(folder.Output, "README.md"));
        Assert.StartsWith("---\nlicense: other\n", card, StringComparison.Ordinal);
        Assert.Contains("| mine | CC0 | yes | 100 |", card, StringComparison.Ordinal);
        Assert.Contains("path: validation.jsonl", card, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_counts_rows()
    {
        using BuildFolder folder = WithRows(600);
        var seen = new List<CtgaProgress>();
        BuildCtga.Run(folder.Options(Set), new Recorder(seen), TestContext.Current.CancellationToken);

        Assert.Equal([256, 512, 600], seen.Where(p => p.Set == "mine").Select(p => p.RowsRead));
    }

    [Fact]
    public void A_set_without_templates_is_not_read_and_says_so()
    {
        using BuildFolder folder = WithRows(10);
        string templates = folder.Templates("dataset: other\ntemplates: [{name: t, task_type: qg, jinja: '{{ p }}|||{{ q }}'}]");
        const string Fields = "licence: CC0, commercial: true, context: '{{p}}', parts: [{files: [rows.jsonl], format: jsonl}]";
        CtgaOptions options = folder.Catalogue($"sets:\n  - {{name: mine, {Fields}}}\n  - {{name: other, {Fields}}}\n") with { Templates = [templates] };

        IReadOnlyList<CtgaSetSummary> sets = BuildFolder.Run(options).Sets;

        Assert.Equal((0, 0, 0), (sets[0].Templates.Count, sets[0].RowsRead, sets[0].Candidates));
        Assert.Equal(10, sets[1].RowsRead);
    }

    [Fact]
    public void Templates_that_fit_no_set_are_an_error_and_nothing_is_begun()
    {
        using BuildFolder folder = WithRows(10);
        string templates = folder.Templates("dataset: other\ntemplates: [{name: t, task_type: qa, jinja: x}]");

        Assert.Contains($"No template of {templates} fits a set whose files are there (mine).", Error(folder.Options(TitleSet) with { Templates = [templates] }), StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder.Output));
    }

    static void Reconciles(CtgaSetSummary set)
    {
        Assert.Equal(set.Candidates, set.Written.Values.Sum() + set.Dropped.Values.Sum());
        Assert.Equal(set.Written.Values.Sum(), set.Templates.Sum(t => t.Written));
        Assert.All(set.Templates, t => Assert.Equal(t.Drawn, t.Written + t.Dropped.Values.Sum()));
    }

    static string Error(CtgaOptions options) => Assert.Throws<BonitoException>(() => BuildFolder.Run(options)).Message;

    sealed class Recorder(List<CtgaProgress> seen) : IProgress<CtgaProgress>
    {
        public void Report(CtgaProgress value) => seen.Add(value);
    }
}

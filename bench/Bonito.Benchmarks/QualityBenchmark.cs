using System.Globalization;
using System.IO.Compression;
using System.Text.Json;
using Bonito.Documents;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Generation;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;
using Bonito.Tasks;

namespace Bonito.Benchmarks;

/// <summary>
/// What a generator writes about passages that it never saw: 200 contexts each of PubMedQA abstracts, ContractNLI documents and
/// SQuADShifts Amazon reviews, one task of each type, default sampling. Prints a table for docs/experiments.md and writes the
/// first rows of each set, unselected, for reading.
/// </summary>
static class QualityBenchmark
{
    const int ContextsPerSet = 200;

    static readonly string[] YesNo = ["yes", "no", "true", "false"];
    static readonly string[] NliLabels = ["entailment", "neutral", "contradiction", "yes", "no", "maybe", "true", "false", "neither", "unknown", "supported", "contradicted", "refuted", "not enough information", "not mentioned", "it confirms it", "it leaves it open", "it denies it", "always", "sometimes", "never"];

    /// <param name="args">Model folder, folder of the target datasets, file for the sample rows, task types (short names, separated by commas).</param>
    public static void Run(string[] args)
    {
        (Llama model, Tokenizer tokenizer) = ModelFolder.Load(args[0]);
        using Llama loaded = model;
        using WorkerPool pool = new();
        using Generator generator = new(model, tokenizer, pool, 16);
        TaskType[] taskTypes = [.. args[3].Split(',').Select(n => TaskType.TryParse(n, out TaskType? t) ? t : throw new ArgumentException($"unknown task type '{n}'"))];
        using StreamWriter samples = new(args[2]);
        Console.WriteLine("| set | task type | contexts | parsed | verbatim answers | label answers | distinct inputs |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        foreach ((string name, IEnumerable<Document> documents) in Targets(args[1]))
        {
            Chunker chunker = new(new ChunkOptions(), text => tokenizer.Encode(text.ToString()).Length);
            Context[] contexts = [.. documents.SelectMany(d => chunker.Chunk(d)).Where(c => c.Text.Length >= 200).Take(ContextsPerSet)];
            int allParsed = 0, allAsked = 0;
            foreach (TaskType taskType in taskTypes)
            {
                List<ParsedTask?> tasks = Ask(generator, model, tokenizer, contexts, taskType);
                List<ParsedTask> parsed = [.. tasks.OfType<ParsedTask>()];
                allParsed += parsed.Count;
                allAsked += tasks.Count;
                for (int i = 0, shown = 0; i < tasks.Count && shown < 7; i++)
                    if (tasks[i] is { } task)
                    {
                        samples.WriteLine($"## {name} {taskType.ShortName} context {i}\nINPUT: {task.Input.Replace(contexts[i].Text, "{passage}", StringComparison.Ordinal)}\nOUTPUT: {task.Output}\n");
                        shown++;
                    }
                string verbatim = taskType == TaskType.ExtractiveQuestionAnswering
                    ? Share(tasks.Zip(contexts).Count(p => p.First is { } t && p.Second.Text.Contains(t.Output, StringComparison.Ordinal)), parsed.Count) : "";
                string labels = taskType == TaskType.YesNoQuestionAnswering ? Share(parsed.Count(t => IsLabel(t, YesNo)), parsed.Count)
                    : taskType == TaskType.NaturalLanguageInference ? Share(parsed.Count(t => IsLabel(t, NliLabels)), parsed.Count) : "";
                int distinct = tasks.Zip(contexts).Where(p => p.First is not null).Select(p => p.First!.Input.Replace(p.Second.Text, "", StringComparison.Ordinal)).Distinct().Count();
                Console.WriteLine($"| {name} | {taskType.ShortName} | {tasks.Count} | {Share(parsed.Count, tasks.Count)} | {verbatim} | {labels} | {Share(distinct, parsed.Count)} |");
            }
            Console.WriteLine($"| {name} | all | {allAsked} | {Share(allParsed, allAsked)} | | | |");
        }
        GenerationStatistics done = generator.Statistics;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\n{done.GeneratedTokens} tokens generated, {done.GenerationRate:F0} tokens/s; {done.PromptTokens} prompt tokens, {done.PromptRate:F0} tokens/s"));
    }

    static List<ParsedTask?> Ask(Generator generator, Llama model, Tokenizer tokenizer, Context[] contexts, TaskType taskType)
    {
        ParsedTask?[] tasks = new ParsedTask?[contexts.Length];
        Dictionary<string, int> places = [];
        List<GenerationRequest> requests = [];
        for (int i = 0; i < contexts.Length; i++)
        {
            string key = $"{contexts[i].Id} {taskType.ShortName}";
            places[key] = i;
            requests.Add(new GenerationRequest(key, [.. tokenizer.Beginning, .. tokenizer.Encode(BonitoPrompt.Format(taskType, contexts[i].Text))]));
        }
        foreach (Completion completion in generator.Generate(requests, new SamplingOptions()))
        {
            int place = places[completion.Request.Key];
            if (TaskParser.TryParse(completion.Text, contexts[place].Text, completion.Finish == FinishReason.Length, out ParsedTask? task, out _)) tasks[place] = task;
        }
        return [.. tasks];
    }

    static bool IsLabel(ParsedTask task, string[] labels) =>
        labels.Contains(task.Output.Trim().TrimEnd('.').ToLowerInvariant());

    static string Share(int part, int whole) => whole == 0 ? "-" : ((double)part / whole).ToString("P1", CultureInfo.InvariantCulture);

    static IEnumerable<(string Name, IEnumerable<Document> Documents)> Targets(string folder)
    {
        yield return ("PubMedQA", Json(folder, "pubmedqa/ori_pqal.json.gz").EnumerateObject()
            .Select(p => new Document(p.Name, string.Join(' ', p.Value.GetProperty("CONTEXTS").EnumerateArray().Select(c => c.GetString())))));
        yield return ("ContractNLI", Json(folder, "contract_nli/dev.json.gz").GetProperty("documents").EnumerateArray()
            .Select(d => new Document(d.GetProperty("file_name").GetString()!, d.GetProperty("text").GetString()!)));
        yield return ("SQuADShifts Amazon", Json(folder, "squadshifts/amazon_reviews_v1.0.json.gz").GetProperty("data").EnumerateArray()
            .SelectMany(a => a.GetProperty("paragraphs").EnumerateArray())
            .Select((p, i) => new Document($"review {i}", p.GetProperty("context").GetString()!)));
    }

    static JsonElement Json(string folder, string file)
    {
        using GZipStream stream = new(File.OpenRead(Path.Combine(folder, file)), CompressionMode.Decompress);
        using JsonDocument document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }
}

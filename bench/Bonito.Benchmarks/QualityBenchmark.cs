using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Bonito.Engine;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Generation;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;
using Bonito.Tasks;

namespace Bonito.Benchmarks;

/// <summary>
/// What a generator writes about passages that it never saw: PubMedQA abstracts, ContractNLI documents and SQuADShifts Amazon reviews, one
/// task of each type about each passage; whether it answers its own questions the same way again; and how well it
/// foretells held-out rows. Several models' reports are printed beside each other. The measures are described in docs/experiments.md.
/// </summary>
static class QualityBenchmark
{
    const int BatchSize = 16;

    // Those whose rows are written out for reading.
    static readonly TaskType[] Read = [TaskType.ExtractiveQuestionAnswering, TaskType.YesNoQuestionAnswering, TaskType.NaturalLanguageInference];

    public static int Run(string[] args)
    {
        Argument<string> model = new("model") { Description = "model folder or GGUF file" };
        Argument<string> data = new("data") { Description = "folder of the evaluation sets" };
        Argument<string> output = new("output") { Description = "folder for quality.json, tables.md and rows.md" };
        Argument<string> taskTypes = new("task-types") { Description = "short names, separated by commas" };
        Option<bool> constraints = new("--constraints") { Description = "keep the model to what can become a task" };
        Option<float> penalty = new("--frequency-penalty") { Description = "as in bonito generate" };
        Option<int> contexts = new("--contexts") { Description = "passages of each set", DefaultValueFactory = _ => 200 };
        Option<int?> threads = new("--threads") { Description = "by default all processors" };
        Option<string?> ctga = new("--ctga") { Description = "folder whose validation.jsonl the held-out perplexity is measured on" };
        Option<int> rows = new("--rows") { Description = "rows of validation.jsonl, from the first", DefaultValueFactory = _ => 1000 };
        Command command = new("quality", "measures what a generator writes") { model, data, output, taskTypes, constraints, penalty, contexts, threads, ctga, rows };
        command.SetAction(parsed => Print(() => Measure(
            parsed.GetRequiredValue(model), parsed.GetRequiredValue(data), parsed.GetRequiredValue(output), [.. parsed.GetRequiredValue(taskTypes).Split(',').Select(TaskType.Parse)],
            parsed.GetValue(constraints), parsed.GetValue(penalty), parsed.GetValue(contexts), parsed.GetValue(threads), parsed.GetValue(ctga), parsed.GetValue(rows))));

        Argument<string[]> reports = new("reports") { Description = "quality.json of each model, the one before first", Arity = ArgumentArity.OneOrMore };
        Command compare = new("compare", "prints the figures of several models beside each other") { reports };
        compare.SetAction(parsed => Print(() => QualityTables.Write([.. parsed.GetRequiredValue(reports).Select(QualityReport.Load)])));
        command.Add(compare);
        return new RootCommand { command }.Parse(["quality", .. args]).Invoke();
    }

    /// <summary>Prints the tables, or what is wrong.</summary>
    static int Print(Func<string> tables)
    {
        try
        {
            Console.Write(tables());
            return 0;
        }
        catch (Exception e) when (e is BonitoException or EngineException)
        {
            Console.Error.WriteLine(e.Message);
            return 1;
        }
    }

    static string Measure(string path, string data, string output, TaskType[] taskTypes, bool constrained, float penalty, int contexts, int? threads, string? ctga, int rows)
    {
        IReadOnlyList<QualitySet> sets = QualityContexts.Load(data, contexts);
        (Llama model, Tokenizer tokenizer) = ModelFolder.Load(path);
        using Llama loaded = model;
        using WorkerPool pool = new(threads);
        HeldOut? heldOut = ctga is null ? null : QualityHeldOut.Measure(model, tokenizer, pool, ctga, rows);
        using Generator generator = new(model, tokenizer, pool, BatchSize);
        QualityAsker asker = new(generator, tokenizer, constrained ? new TaskConstraints() : null, new SamplingOptions { FrequencyPenalty = penalty });
        List<TaskMeasures> measures = [];
        StringBuilder shown = new();
        foreach (TaskType taskType in taskTypes)
        {
            List<QualityTask> all = [], allAgain = [];
            foreach (QualitySet set in sets)
            {
                IReadOnlyList<QualityTask> tasks = asker.Ask(set, taskType);
                IReadOnlyList<QualityTask> again = taskType == TaskType.ExtractiveQuestionAnswering ? asker.AskAgain(tasks) : [];
                measures.Add(TaskMeasures.Of(set.Name, tasks, again));
                all.AddRange(tasks);
                allAgain.AddRange(again);
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{taskType} {set.Name}: {tasks.Count} asked for, {tasks.Count(t => t.Task is not null)} parsed"));
            }
            measures.Add(TaskMeasures.Of(TaskMeasures.AllSets, all, allAgain));
            if (Read.Contains(taskType)) shown.AppendLine($"### {taskType}").AppendLine().AppendLine(QualityRows.Write(all));
        }
        GenerationStatistics done = generator.Statistics;
        string identity = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(sets.SelectMany(set => set.Contexts).Select(context => context.Id)))));
        QualityReport report = new(
            path, model.ParameterCount, tokenizer.VocabularySize, identity, constrained, penalty, measures, heldOut,
            done.PromptTokens, done.PromptRate, done.GeneratedTokens, done.GenerationRate);
        string tables = QualityTables.Write([report]);
        Directory.CreateDirectory(output);
        report.Save(Path.Combine(output, "quality.json"));
        File.WriteAllText(Path.Combine(output, "tables.md"), tables);
        File.WriteAllText(Path.Combine(output, "rows.md"), shown.ToString());
        return string.Create(CultureInfo.InvariantCulture, $"{tables}\n{done.GeneratedTokens:N0} tokens written at {done.GenerationRate:N0} tokens/s; {done.PromptTokens:N0} prompt tokens at {done.PromptRate:N0} tokens/s\n");
    }
}

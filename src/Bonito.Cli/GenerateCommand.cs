using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.Json;
using Bonito.Datasets;
using Bonito.Documents;
using Bonito.Engine;
using Bonito.Engine.Generation;
using Bonito.Recipes;
using Bonito.Tasks;

namespace Bonito.Cli;

/// <summary><c>bonito generate</c>.</summary>
static class GenerateCommand
{
    const string IfPossible = "if-possible", Always = "always", Never = "never";

    /// <summary>Of each kind.</summary>
    const int NoticesShown = 5;

    public static Command Create()
    {
        SamplingOptions sampling = new();
        ChunkOptions chunks = new();
        Argument<string[]> inputs = new("input") { Description = "Documents: files, folders and globs of .txt, .md, .jsonl, .json and .csv, plain or .gz.", Arity = ArgumentArity.OneOrMore };
        Option<string?> model = new("--model", "-m") { Description = $"The generator: {ModelChoice.Values}. Default: bonito-mini, which comes with Bonito." };
        Option<string?> adapter = new("--adapter") { Description = "An adapter in PEFT's format to use with the model, or the run folder that trained it." };
        Option<string> output = new("--output", "-o") { Description = "Run folder: the dataset and what it was made from. An unfinished run in it is continued.", DefaultValueFactory = _ => "bonito-out" };
        Option<string[]> taskTypes = new("--task-type", "-t") { Description = "Task types, short or full names, separated by commas or given again; see 'bonito tasks'. Default: all that the model was trained on." };
        Option<int> samples = new("--samples", "-n") { Description = "Tasks for each context and task type.", DefaultValueFactory = _ => 1 };
        Option<string?> contextColumn = new("--context-col") { Description = "Column with the text, for .jsonl, .json and .csv." };
        Option<int> maxContext = new("--max-context-tokens") { Description = "Longest context, in tokens of the model.", DefaultValueFactory = _ => chunks.MaxTokens };
        Option<int?> minContext = new("--min-context-tokens") { Description = $"Shorter contexts join a neighbour. Default: {chunks.MinTokens}, or a quarter of the longest if that is less." };
        Option<int> overlap = new("--overlap-tokens") { Description = "How much of the context before it a context repeats at most, in whole sentences.", DefaultValueFactory = _ => chunks.OverlapTokens };
        Option<int?> maxContexts = new("--max-contexts") { Description = "Use only the first contexts." };
        Option<int> maxTokens = new("--max-tokens") { Description = "Longest completion, in tokens.", DefaultValueFactory = _ => sampling.MaxTokens };
        Option<float> temperature = new("--temperature") { Description = "How freely the model chooses; 0 takes the likeliest token always.", DefaultValueFactory = _ => sampling.Temperature };
        Option<float> topP = new("--top-p") { Description = "Choose among the likeliest tokens that together reach this probability; 1 turns it off.", DefaultValueFactory = _ => sampling.TopP };
        Option<int> topK = new("--top-k") { Description = "Choose among so many of the likeliest tokens; 0 turns it off.", DefaultValueFactory = _ => sampling.TopK };
        Option<float?> frequencyPenalty = new("--frequency-penalty") { Description = "Make a token less likely each time that it was written, -2 to 2; 0 turns it off. A small one (0.2) ends repetitions. Default: what the model's bonito.json says, or else 0." };
        Option<int> seed = new("--seed") { Description = "Decides all random choices.", DefaultValueFactory = _ => sampling.Seed };
        Option<bool> constrain = new("--constrain") { Description = "Let the model write only what can be a task: one <|pipe|>, yes or no for ynqa, a quotation for exqa.", DefaultValueFactory = _ => true };
        Option<bool> noConstrain = new("--no-constrain") { Description = "Let the model write what it likes." };
        Option<int> batchSize = new("--batch-size", "-b") { Description = "Tasks generated together. Does not change results.", DefaultValueFactory = _ => 8 };
        Option<int?> threads = new("--threads") { Description = "Worker threads; default all processors. Does not change results." };
        Option<string> resume = new("--resume") { Description = "Whether to continue a run in the output folder.", DefaultValueFactory = _ => IfPossible };
        Option<bool> offline = ModelChoice.OfflineOption();
        Option<bool> json = new("--json") { Description = "Print the summary as JSON and nothing else." };
        resume.AcceptOnlyFromAmong(IfPossible, Always, Never);
        noConstrain.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<bool>() && result.GetResult(constrain) is { Implicit: false }) result.AddError("--constrain and --no-constrain exclude each other: give one");
        });
        Refusals.NotEmpty(inputs, model, adapter, output);
        inputs.Validators.Add(RefuseOptions);
        taskTypes.Validators.Add(RequireTaskTypes);
        taskTypes.CompletionSources.Add(_ => TaskType.All.Select(t => new System.CommandLine.Completions.CompletionItem(t.ShortName, detail: t.FullName)));
        Command command = new("generate", "Turn documents into an instruction tuning dataset.")
        {
            inputs, model, adapter, output, taskTypes, samples, contextColumn, maxContext, minContext, overlap, maxContexts, maxTokens, temperature, topP, topK, frequencyPenalty, seed, constrain, noConstrain,
            batchSize, threads, resume, offline, json,
        };
        command.AddExamples(
            "bonito generate samples/",
            "bonito generate report.md 'notes/**/*.txt' --task-type exqa,ynqa,nli --samples 2 --output dataset",
            "bonito generate abstracts.jsonl --context-col abstract --model BatsResearch/bonito-v1 --max-contexts 100");
        command.SetAction(parsed =>
        {
            int longest = parsed.GetValue(maxContext);
            return Run(
                new GenerateOptions
                {
                    Inputs = parsed.GetValue(inputs)!,
                    ModelFolder = parsed.GetValue(model) ?? Path.Combine(AppContext.BaseDirectory, "models", "bonito-mini"),
                    AdapterFolder = parsed.GetValue(adapter),
                    OutputFolder = parsed.GetValue(output)!,
                    ContextColumn = parsed.GetValue(contextColumn),
                    Contexts = new ChunkOptions(longest, parsed.GetValue(minContext) ?? Math.Min(chunks.MinTokens, longest / 4), parsed.GetValue(overlap)),
                    MaxContexts = parsed.GetValue(maxContexts),
                    TaskTypes = parsed.GetValue(taskTypes) is { Length: > 0 } names ? [.. names.SelectMany(Names).Select(TaskType.Parse)] : null,
                    Samples = parsed.GetValue(samples),
                    Sampling = new SamplingOptions
                    {
                        MaxTokens = parsed.GetValue(maxTokens),
                        Temperature = parsed.GetValue(temperature),
                        TopP = parsed.GetValue(topP),
                        TopK = parsed.GetValue(topK),
                        FrequencyPenalty = parsed.GetValue(frequencyPenalty),
                        Seed = parsed.GetValue(seed),
                    },
                    Constrain = parsed.GetValue(constrain) && !parsed.GetValue(noConstrain),
                    BatchSize = parsed.GetValue(batchSize),
                    Threads = parsed.GetValue(threads),
                    Resume = parsed.GetValue(resume) switch { Always => ResumeMode.Always, Never => ResumeMode.Never, _ => ResumeMode.IfPossible },
                },
                parsed.GetValue(offline), parsed.GetValue(json));
        });
        return command;
    }

    static int Run(GenerateOptions options, bool offline, bool json)
    {
        try
        {
            options.Validate();
        }
        catch (Exception e) when (e is BonitoException or EngineException)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return ExitCode.Usage;
        }
        using Interrupt interrupt = new();
        using ProgressLine line = new(enabled: !json);
        if (ModelChoice.Find(options.ModelFolder, offline, line, interrupt.Token) is not { } model) return ExitCode.Interrupted;
        GenerateSummary summary = Generate.Run(options with { ModelFolder = model }, plan => Describe(plan, json), progress => line.Show(Describe(progress)), interrupt.Token);
        line.Clear();
        if (json) Console.WriteLine(JsonSerializer.Serialize(new { summary.Finished, summary.Folder, summary.DatasetPath, summary.Total, summary.Done, summary.Manifest }, JsonOutput.Options));
        else if (summary.Manifest is { } manifest) Report.Show(summary, manifest);
        if (summary.Finished) return ExitCode.Success;
        Console.Error.WriteLine($"Stopped. {Figures.Number(summary.Done)} of {Figures.Count(summary.Total, "task")} are finished and safe in {summary.Folder}. Run the same command to go on.");
        return ExitCode.Interrupted;
    }

    static void Describe(GeneratePlan plan, bool json)
    {
        foreach (IGrouping<NoticeReason, DocumentNotice> alike in plan.Notices.GroupBy(notice => notice.Reason))
        {
            foreach (DocumentNotice notice in alike.Take(NoticesShown)) Console.Error.WriteLine($"note: {notice.Message}");
            if (alike.Count() > NoticesShown) Console.Error.WriteLine($"note: and {Figures.Number(alike.Count() - NoticesShown)} more like this");
        }
        if (plan.UntrainedTaskTypes.Count > 0) Console.Error.WriteLine($"note: the model was not trained on {string.Join(", ", plan.UntrainedTaskTypes)}; expect little of these tasks");
        if (json) return;
        string before = plan.Done > 0 ? $" ({Figures.Number(plan.Done)} of them finished before)" : "";
        Console.WriteLine(
            $"{Figures.Count(plan.Documents, "document")}, {Figures.Count(plan.Contexts, "context")} x {Figures.Count(plan.TaskTypes.Count, "task type")}"
            + $" x {Figures.Count(plan.Samples, "sample")} = {Figures.Count(plan.Total, "task")}{before}");
    }

    static string Describe(GenerateProgress p)
    {
        double seconds = p.Elapsed.TotalSeconds, left = seconds / p.DoneNow * (p.Total - p.Done), rate = seconds > 0 ? p.GeneratedTokens / seconds : 0;
        return $"{Figures.Number(p.Done)}/{Figures.Number(p.Total)} tasks  {Figures.Number(100.0 * p.Kept / p.Done)}% kept  {Figures.Number(rate)} tokens/s  left {Figures.Duration(left)}";
    }

    /// <summary>A mistyped option would otherwise be taken for a file.</summary>
    static void RefuseOptions(ArgumentResult result)
    {
        foreach (Token token in result.Tokens)
            if (token.Value.StartsWith('-')) result.AddError($"unknown option '{token.Value}'; a file of that name is given as './{token.Value}'");
    }

    static void RequireTaskTypes(OptionResult result)
    {
        foreach (string name in result.Tokens.SelectMany(token => Names(token.Value)))
        {
            try
            {
                TaskType.Parse(name);
            }
            catch (BonitoException e)
            {
                result.AddError(e.Message);
            }
        }
    }

    static string[] Names(string list) => list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

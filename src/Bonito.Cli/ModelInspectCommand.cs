using System.CommandLine;
using System.Text.Json;
using Bonito.Engine;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Tokenizers;
using Spectre.Console;

namespace Bonito.Cli;

/// <summary><c>bonito model inspect</c>.</summary>
static class ModelInspectCommand
{
    public static Command Create()
    {
        Argument<string> model = new("model") { Description = $"The model: {ModelChoice.Values}." };
        Option<int> batchSize = new("--batch-size", "-b") { Description = "Sequences at a time, for the memory needed.", DefaultValueFactory = _ => 8 };
        Option<int?> context = new("--context") { Description = "Tokens of a sequence, for the memory needed. Default: the model's window." };
        Refusals.NotEmpty(model);
        Refusals.AtLeast(1, batchSize, context);
        Option<bool> offline = ModelChoice.OfflineOption();
        Option<bool> json = new("--json") { Description = "Print JSON and nothing else." };
        Command command = new("inspect", "Say what a model is, how it is stored and what running it takes; fails with the reason where it cannot run here.") { model, batchSize, context, offline, json };
        command.AddExamples("bonito model inspect models/bonito-mini", "bonito model inspect mistral-7b-q4_k_m.gguf --batch-size 16 --context 512 --json");
        command.SetAction(parsed => Run(parsed.GetValue(model)!, parsed.GetValue(batchSize), parsed.GetValue(context), parsed.GetValue(offline), parsed.GetValue(json)));
        return command;
    }

    static int Run(string model, int batchSize, int? context, bool offline, bool json)
    {
        using Interrupt interrupt = new();
        using ProgressLine line = new(enabled: !json);
        if (ModelChoice.Find(model, offline, line, interrupt.Token) is not { } path) return ExitCode.Interrupted;
        using ModelSource source = ModelSource.Open(path);
        if (context > source.Config.MaxPositionEmbeddings)
            throw new EngineException($"The model's window has {source.Config.MaxPositionEmbeddings} tokens; --context {context} is beyond it.");
        ModelSummary summary = ModelSummary.Of(source, DescribeTokenizer(source), batchSize, context);
        if (json) Console.WriteLine(JsonSerializer.Serialize(summary, JsonOutput.Options));
        else Show(summary);
        if (summary.Memory.Fits) return ExitCode.Success;
        Console.Error.WriteLine($"error: the model needs {Figures.Bytes(summary.Memory.TotalBytes)}, this machine has {Figures.Bytes(summary.Memory.AvailableBytes)}. Use a smaller --batch-size or --context, a smaller format (bonito model quantize) or a larger machine.");
        return ExitCode.Failure;
    }

    static string DescribeTokenizer(ModelSource source)
    {
        if (source.Metadata is { } metadata)
            return $"{metadata.String("tokenizer.ggml.model")} ({metadata.FindString("tokenizer.ggml.pre") ?? "default"}), {Figures.Number(metadata.FindStrings("tokenizer.ggml.tokens")?.Count ?? 0)} tokens";
        return $"{Figures.Number(Tokenizer.Load(Path.Combine(source.Path, "tokenizer.json")).VocabularySize)} tokens";
    }

    static void Show(ModelSummary s)
    {
        string sliding = s.SlidingWindow is int window ? $", {Figures.Number(window)} of them attended to" : "";
        string scaled = s.RopeScaling is string kind ? $", rotary positions scaled ({kind})" : "";
        (string Name, string Value)[] rows =
        [
            ("model", s.Path),
            ("container", s.Container),
            ("architecture", s.Architecture),
            ("parameters", $"{Figures.Number(s.Parameters)}{(s.TiedEmbeddings ? ", the output layer is the embedding" : "")}"),
            ("layers", $"{Figures.Number(s.Layers)}, width {Figures.Number(s.Width)}, feed-forward width {Figures.Number(s.FeedForwardWidth)}"),
            ("heads", $"{Figures.Number(s.Heads)} of width {Figures.Number(s.HeadWidth)}, {Figures.Number(s.KeyValueHeads)} for keys and values"),
            ("vocabulary", Figures.Number(s.Vocabulary)),
            ("window", $"{Figures.Number(s.Window)} tokens{sliding}{scaled}"),
            ("tokenizer", s.Tokenizer),
        ];
        int width = rows.Max(row => row.Name.Length);
        // Not through Spectre.Console, which would break a long path.
        foreach ((string name, string value) in rows) Console.WriteLine($"{name.PadRight(width)}  {value}");

        Table formats = new Table().Border(TableBorder.Simple).AddColumn("format");
        foreach (string column in (string[])["tensors", "parameters", "bytes"]) formats.AddColumn(new TableColumn(column).RightAligned().NoWrap());
        foreach (FormatShare f in s.Formats) formats.AddRow(Markup.Escape(f.Format), Figures.Number(f.Tensors), Figures.Number(f.Parameters), Figures.Bytes(f.Bytes));
        AnsiConsole.Write(formats);

        MemoryNeed m = s.Memory;
        Console.WriteLine($"memory to run {Figures.Count(m.BatchSize, "sequence")} of {Figures.Count(m.Context, "token")}: {Figures.Bytes(m.TotalBytes)} "
            + $"(weights {Figures.Bytes(m.WeightBytes)}, keys and values {Figures.Bytes(m.CacheBytes)}, other {Figures.Bytes(m.OtherBytes)}) of {Figures.Bytes(m.AvailableBytes)}");
    }
}

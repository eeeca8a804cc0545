using System.CommandLine;
using System.Diagnostics;
using System.Text.Json;
using Bonito.Engine.Checkpoints;

namespace Bonito.Cli;

/// <summary><c>bonito model convert</c> and <c>bonito model quantize</c>: the one for another container, the other for fewer bits.</summary>
static class ModelConvertCommand
{
    public static Command CreateConvert()
    {
        (Argument<string> input, Argument<string> output, Option<bool> offline, Option<bool> json) = Common("The new model: a GGUF file if the name ends in .gguf, else a Hugging Face folder. Must not exist.");
        Option<string?> type = new("--type", "-t") { Description = $"How weights are stored: {Names(_ => true)}. Default: as most of them are; F16 for a folder from quantised weights." };
        type.Validators.Add(result => Check(result.GetValueOrDefault<string?>(), _ => true, result.AddError));
        Command command = new("convert", "Convert a model between Hugging Face folders and GGUF files.") { input, output, type, offline, json };
        command.AddExamples("bonito model convert models/bonito-mini bonito-mini.gguf", "bonito model convert mistral-7b.gguf mistral-7b --type BF16");
        command.SetAction(parsed => Run(parsed.GetValue(input)!, parsed.GetValue(output)!, parsed.GetValue(type), parsed.GetValue(offline), parsed.GetValue(json)));
        return command;
    }

    public static Command CreateQuantize()
    {
        (Argument<string> input, Argument<string> output, Option<bool> offline, Option<bool> json) = Common("The new GGUF file. Must not exist.");
        Option<string> type = new("--type", "-t") { Description = $"How weights are stored: {Names(IsQuantized)}.", DefaultValueFactory = _ => "Q4_K_M" };
        type.Validators.Add(result => Check(result.GetValueOrDefault<string?>(), IsQuantized, result.AddError));
        output.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>()?.EndsWith(ModelSource.GgufExtension, StringComparison.OrdinalIgnoreCase) != true) result.AddError("The new file's name must end in .gguf: Hugging Face folders hold no quantised weights.");
        });
        Command command = new("quantize", "Store a model's weights in fewer bits, as a GGUF file.") { input, output, type, offline, json };
        command.AddExamples("bonito model quantize models/bonito-mini bonito-mini-q8_0.gguf --type Q8_0", "bonito model quantize BatsResearch/bonito-v1 bonito-v1-q4_k_m.gguf");
        command.SetAction(parsed => Run(parsed.GetValue(input)!, parsed.GetValue(output)!, parsed.GetValue(type), parsed.GetValue(offline), parsed.GetValue(json)));
        return command;
    }

    static (Argument<string> Input, Argument<string> Output, Option<bool> Offline, Option<bool> Json) Common(string description)
    {
        Argument<string> input = new("input") { Description = $"The model: {ModelChoice.Values}." }, output = new("output") { Description = description };
        Refusals.NotEmpty(input, output);
        return (input, output, ModelChoice.OfflineOption(), new Option<bool>("--json") { Description = "Print what was written as JSON and nothing else." });
    }

    static bool IsQuantized(WeightMix mix) => mix.Name.StartsWith('Q');

    static string Names(Func<WeightMix, bool> allowed) => string.Join(", ", WeightMix.All.Where(allowed));

    static void Check(string? type, Func<WeightMix, bool> allowed, Action<string> addError)
    {
        if (type != null && (WeightMix.Find(type) is not { } mix || !allowed(mix))) addError($"--type {type}: expected one of {Names(allowed)}.");
    }

    static int Run(string model, string output, string? type, bool offline, bool json)
    {
        using Interrupt interrupt = new();
        using ProgressLine line = new(enabled: !json);
        if (ModelChoice.Find(model, offline, line, interrupt.Token) is not { } path) return ExitCode.Interrupted;
        Stopwatch clock = Stopwatch.StartNew();
        long written = 0;
        using ModelSource source = ModelSource.Open(path);
        WeightMix mix = type is null ? ModelConversion.DefaultMix(source, output) : WeightMix.Find(type)!;
        try
        {
            ModelConversion.Run(source, output, mix, Note, Progress, interrupt.Token);
        }
        catch (OperationCanceledException)
        {
            line.Clear();
            Console.Error.WriteLine("Stopped. Nothing was written.");
            return ExitCode.Interrupted;
        }
        line.Clear();
        Console.WriteLine(json
            ? JsonSerializer.Serialize(new { output, type = mix.Name, bytes = written }, JsonOutput.Options)
            : $"{mix}, {Figures.Bytes(written)}, {Figures.Duration(clock.Elapsed.TotalSeconds)}: {output}");
        return ExitCode.Success;

        void Progress(long done, long all)
        {
            written = done;
            line.Show($"{Figures.Bytes(done)}/{Figures.Bytes(all)}  left {Figures.Duration(clock.Elapsed.TotalSeconds * (all - done) / done)}");
        }

        void Note(string text)
        {
            line.Clear();
            Console.Error.WriteLine($"note: {text}");
        }
    }
}

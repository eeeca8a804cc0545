using System.CommandLine;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Bonito.Adaptation;
using Bonito.Engine;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Generation;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tokenizers;
using Bonito.Hub;
using Spectre.Console;

namespace Bonito.Cli;

/// <summary><c>bonito model score</c>.</summary>
static class ModelScoreCommand
{
    static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create()
    {
        Option<string> model = new("--model", "-m") { Description = $"The model: {ModelChoice.Values}.", Required = true };
        Option<string?> adapter = new("--adapter") { Description = "An adapter in PEFT's format to use with the model, or the run folder that trained it." };
        Option<string> prompt = new("--prompt", "-p") { Description = "What comes before. White space at its end counts to the continuation.", Required = true };
        Option<string[]> continuations = new("--continuation", "-c") { Description = "What may follow, as it is: one for words needs the space before them. May be given again; what continuations share is computed once.", Required = true };
        Option<bool> eos = new("--eos") { Description = "The text is to end after the continuation: score the end-of-text token too." };
        Option<bool> noBos = new("--no-bos") { Description = "Do not begin with the token that the tokenizer puts before a text (BOS), if it has one." };
        Option<int> batchSize = new("--batch-size", "-b") { Description = "Continuations computed together. Does not change results.", DefaultValueFactory = _ => 8 };
        Option<int?> threads = new("--threads") { Description = "Worker threads; default all processors. Does not change results." };
        Option<bool> offline = ModelChoice.OfflineOption();
        Option<bool> json = new("--json") { Description = "Print the scores as JSON and nothing else." };
        Refusals.NotEmpty(model, adapter);
        Refusals.AtLeast(1, batchSize, threads);
        Command command = new(
            "score",
            "Print how likely a model finds continuations of a prompt: natural logarithms, each token after all before it. Prompt and continuation are encoded "
            + "as one text, as evaluation harnesses do; a token that spans the border counts to the continuation. Special tokens in them are plain text.")
        {
            model, adapter, prompt, continuations, eos, noBos, batchSize, threads, offline, json,
        };
        command.AddExamples(
            "bonito model score --model models/bonito-mini --prompt \"The sun rises in the\" --continuation \" east.\" --continuation \" west.\"",
            "bonito model score --model BatsResearch/bonito-v1 --prompt \"Is water wet?\" -c \" Yes\" -c \" No\" --eos --json");
        command.SetAction(parsed => Run(
            parsed.GetValue(model)!, parsed.GetValue(adapter), parsed.GetValue(prompt)!, parsed.GetValue(continuations)!, parsed.GetValue(eos), !parsed.GetValue(noBos), parsed.GetValue(batchSize),
            parsed.GetValue(threads), parsed.GetValue(offline), parsed.GetValue(json)));
        return command;
    }

    static int Run(string value, string? adapter, string prompt, string[] texts, bool eos, bool bos, int batchSize, int? threads, bool offline, bool json)
    {
        using Interrupt interrupt = new();
        using ProgressLine line = new(enabled: !json);
        if (ModelChoice.Find(value, offline, line, interrupt.Token) is not { } path) return ExitCode.Interrupted;
        (Llama loaded, Tokenizer tokenizer) = ModelFolder.Load(path);
        using Llama model = loaded;
        if (adapter is not null) PeftAdapter.Load(AdapterLocation.Find(adapter), model);
        if (eos && model.Config.EosTokenId is null) throw new BonitoException($"The model {path} names no end-of-text token (eos_token_id); score without --eos.");
        Continuation[] continuations = [.. texts.Select(text => Continuation.Encode(tokenizer, prompt, text, bos, eos ? model.Config.EosTokenId : null))];
        using WorkerPool pool = new(threads);
        using Scorer scorer = new(model, pool, batchSize);
        IReadOnlyList<ContinuationScore> scores;
        try
        {
            scores = scorer.Score([continuations], interrupt.Token).Single();
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped.");
            return ExitCode.Interrupted;
        }
        if (json) Console.WriteLine(JsonSerializer.Serialize(new { model = ModelLocation.NameOf(path), prompt, continuations = scores.Select((score, i) => Describe(score, texts[i], tokenizer)) }, JsonOutput.Options));
        else Show(scores, texts, tokenizer);
        return ExitCode.Success;
    }

    static object Describe(ContinuationScore score, string text, Tokenizer tokenizer) => new
    {
        continuation = text,
        prompt_ids = score.Continuation.Ids[..score.Continuation.Start],
        ids = Ids(score),
        tokens = Ids(score).Select(id => Text(tokenizer, id)),
        log_probabilities = score.LogProbabilities,
        sum = score.Sum,
    };

    static void Show(IReadOnlyList<ContinuationScore> scores, string[] texts, Tokenizer tokenizer)
    {
        Table sums = new Table().Border(TableBorder.Simple).AddColumn("continuation").AddColumn(Right("tokens")).AddColumn(Right("log-probability")).AddColumn(Right("per token"));
        Table tokens = new Table().Border(TableBorder.Simple).AddColumn("continuation").AddColumn("token").AddColumn(Right("id")).AddColumn(Right("log-probability"));
        for (int i = 0; i < texts.Length; i++)
        {
            ContinuationScore score = scores[i];
            sums.AddRow(Quoted(texts[i]), Figures.Number(score.LogProbabilities.Length), Number(score.Sum), Number(score.Sum / score.LogProbabilities.Length));
            for (int j = 0; j < score.LogProbabilities.Length; j++)
                tokens.AddRow(j == 0 ? Quoted(texts[i]) : "", Quoted(Text(tokenizer, Ids(score)[j])), Ids(score)[j].ToString(CultureInfo.InvariantCulture), Number(score.LogProbabilities[j]));
        }
        AnsiConsole.Write(tokens);
        AnsiConsole.Write(sums);

        static TableColumn Right(string name) => new TableColumn(name).RightAligned().NoWrap();
        static string Number(double value) => value.ToString("F4", CultureInfo.InvariantCulture);
        // As JSON writes it, so that white space shows and control characters cannot steer the terminal.
        static string Quoted(string text) => Markup.Escape(JsonSerializer.Serialize(text, Readable));
    }

    static int[] Ids(ContinuationScore score) => score.Continuation.Ids[score.Continuation.Start..];

    static string Text(Tokenizer tokenizer, int id) => tokenizer.Decode([id], skipSpecial: false);
}

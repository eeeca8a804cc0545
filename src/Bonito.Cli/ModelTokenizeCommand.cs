using System.CommandLine;
using System.Globalization;
using Bonito.Engine.Tokenizers;

namespace Bonito.Cli;

/// <summary><c>bonito model tokenize</c>.</summary>
static class ModelTokenizeCommand
{
    public static Command Create()
    {
        Option<string> model = new("--model", "-m") { Description = $"A tokenizer.json, a tokenizer.model, {ModelChoice.Values}.", Required = true };
        Option<string?> text = new("--text") { Description = "The text to encode." };
        Option<string?> cases = new("--cases") { Description = "A UTF-8 file of texts, with a separator line after each; prints a line of ids for each, with a space before every id." };
        Option<string> separator = new("--separator") { Description = "The line that ends a text in the file of --cases.", DefaultValueFactory = _ => "__ggml_vocab_test__" };
        Option<bool> sequence = new("--sequence") { Description = "Add the tokens that begin and end a sequence (BOS, EOS), as the model has them." };
        Option<bool> special = new("--special") { Description = "Read special tokens that a text spells, such as </s>, as those tokens rather than as text." };
        Option<bool> offline = ModelChoice.OfflineOption();
        Refusals.NotEmpty(model, cases);
        Command command = new("tokenize", "Print the token ids of texts.") { model, text, cases, separator, sequence, special, offline };
        command.AddExamples(
            "bonito model tokenize --model models/bonito-mini --text \"Hello, world!\"",
            "bonito model tokenize --model mistral-7b.gguf --cases texts.inp --separator __ggml_vocab_test__ | diff - texts.out");
        // Looks at what was given, not at values: those of options that lack their argument cannot be had.
        command.Validators.Add(result =>
        {
            if (result.GetResult(text) is null == result.GetResult(cases) is null) result.AddError("Give either --text or --cases.");
        });
        separator.Validators.Add(result =>
        {
            if (result.Tokens.Any(token => token.Value.Length == 0 || token.Value.AsSpan().ContainsAny('\r', '\n'))) result.AddError("--separator is one line of text.");
        });
        command.SetAction(parsed => Run(
            parsed.GetValue(model)!, parsed.GetValue(offline), parsed.GetValue(text), parsed.GetValue(cases), parsed.GetValue(separator)!,
            parsed.GetValue(sequence), parsed.GetValue(special)));
        return command;
    }

    static int Run(string model, bool offline, string? text, string? cases, string separator, bool sequence, bool special)
    {
        using Interrupt interrupt = new();
        using ProgressLine line = new(enabled: true);
        if (ModelChoice.Find(model, offline, line, interrupt.Token) is not { } path) return ExitCode.Interrupted;
        Tokenizer tokenizer = Tokenizer.Load(path);
        using StreamWriter output = new(Console.OpenStandardOutput());
        if (text is not null) output.WriteLine(string.Join(' ', Ids(text)));
        else
        {
            // Every id with a space before it, as in the reference files of llama.cpp, so that diff can compare.
            foreach (string part in SeparatedTexts.Read(cases!, separator))
                output.WriteLine(string.Concat(Ids(part).Select(id => " " + id)));
        }
        return ExitCode.Success;

        IEnumerable<string> Ids(string part) =>
            (sequence ? tokenizer.EncodeSequence(part, special) : tokenizer.Encode(part, special)).Select(id => id.ToString(CultureInfo.InvariantCulture));
    }
}

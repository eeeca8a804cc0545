using System.CommandLine;
using System.CommandLine.Parsing;
using Bonito.Adaptation;

namespace Bonito.Cli;

/// <summary>The flags that say what to learn from; the same for all commands that train.</summary>
sealed class DataFlags
{
    static readonly DataOptions Defaults = new() { Data = "" };

    public Option<string?> Validation { get; } = new("--validation") { Description = "File or folder of rows to validate on. Default: the data's own validation split, or else a share of the rows is held out, by passage." };

    public Option<float> ValidationShare { get; } = new("--validation-share") { Description = "How much of the rows to hold out where there is no validation split; 0 for none.", DefaultValueFactory = _ => Defaults.ValidationShare };

    public Option<int> ValidationExamples { get; } = new("--max-validation-examples") { Description = "Most rows to validate on.", DefaultValueFactory = _ => Defaults.ValidationExamples };

    public Option<string?> Format { get; } = new("--format") { Description = $"How the rows look: {DataFormats.Names}. Default: as their columns tell.", HelpName = "format" };

    public Option<string?> TextColumn { get; } = new("--text-col") { Description = "Column of raw text, for tapt. Default: text, or else context." };

    public Option<string?> PromptFormat { get; }

    public Option<int> MaxSourceLength { get; } = new("--max-source-length") { Description = "Tokens of a prompt at most; longer ones are cut at their end and counted.", DefaultValueFactory = _ => Defaults.MaxSourceLength };

    public Option<int> MaxTargetLength { get; } = new("--max-target-length") { Description = "Tokens of an answer at most; longer ones are cut and counted.", DefaultValueFactory = _ => Defaults.MaxTargetLength };

    /// <param name="promptDefault">Which prompt format the command chooses, in words.</param>
    public DataFlags(string promptDefault)
    {
        PromptFormat = new Option<string?>("--prompt-format") { Description = $"What the model reads: {PromptFormats.Names}. Default: {promptDefault}.", HelpName = "format" };
        Refusals.NotEmpty(Validation);
        Format.AcceptOnlyFromAmong(DataFormats.Names.Split(", "));
        PromptFormat.AcceptOnlyFromAmong(PromptFormats.Names.Split(", "));
    }

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[Validation, ValidationShare, ValidationExamples, Format, TextColumn, PromptFormat, MaxSourceLength, MaxTargetLength]) command.Add(option);
    }

    public DataOptions Read(ParseResult parsed, string data, Objective objective) => new()
    {
        Data = data,
        Objective = objective,
        Validation = parsed.GetValue(Validation),
        ValidationShare = parsed.GetValue(ValidationShare),
        ValidationExamples = parsed.GetValue(ValidationExamples),
        Format = parsed.GetValue(Format) is { } format ? DataFormats.Find(format) : null,
        TextColumn = parsed.GetValue(TextColumn),
        PromptFormat = parsed.GetValue(PromptFormat) is { } prompt ? PromptFormats.Find(prompt) : null,
        MaxSourceLength = parsed.GetValue(MaxSourceLength),
        MaxTargetLength = parsed.GetValue(MaxTargetLength),
    };
}

using System.CommandLine;
using Bonito.Ctga;

namespace Bonito.Cli;

/// <summary>The flags that say what a training set is made of, which building and inspecting share.</summary>
sealed class CtgaSourceOptions
{
    static readonly CtgaOptions Defaults = new("", "");

    public Option<string?> Sources { get; } = new("--sources", "-s") { Description = "Folder of supervised datasets, laid out as the catalogue says." };

    public Option<string?> Texts { get; } = new("--texts") { Description = "Second folder to look for files in: bodies of plain text, from which tasks are made by rule." };

    public Option<string[]> Templates { get; } = new("--templates") { Description = "Where templates come from: builtin (the default), a YAML file, or a folder of them such as promptsource's; can be given again.", HelpName = "builtin|file|folder" };

    public Option<string?> Catalogue { get; } = new("--catalogue") { Description = "A catalogue of sources of your own (YAML)." };

    public Option<int> Longest { get; } = new("--max-context-length") { Description = "Longest context, in characters; rows with a longer one are dropped and counted.", DefaultValueFactory = _ => Defaults.MaxContextLength };

    public Option<int> Seed { get; } = new("--seed") { Description = "Decides templates, samples, the hold-out and the order.", DefaultValueFactory = _ => Defaults.Seed };

    public Option<bool> Commercial { get; } = new("--commercial-only") { Description = "Leave out sets whose licence does not allow commercial use." };

    public Option<string[]> Sets { get; } = new("--sets") { Description = "Names of the sets to use, separated by commas; default all.", AllowMultipleArgumentsPerToken = true };

    public CtgaSourceOptions()
    {
        Refusals.NotEmpty(Sources, Texts, Templates, Catalogue);
        Refusals.AtLeast(1, Longest);
        Sets.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !result.Tokens.SelectMany(token => Names(token.Value)).Any()) result.AddError("--sets names no set.");
        });
    }

    public CtgaOptions Read(ParseResult parsed) => new(parsed.GetValue(Sources) ?? "", "")
    {
        TextDirectory = parsed.GetValue(Texts),
        Templates = parsed.GetValue(Templates) is { Length: > 0 } templates ? templates : null,
        CatalogueFile = parsed.GetValue(Catalogue),
        MaxContextLength = parsed.GetValue(Longest),
        Seed = parsed.GetValue(Seed),
        CommercialOnly = parsed.GetValue(Commercial),
        Sets = parsed.GetValue(Sets) is { Length: > 0 } names ? [.. names.SelectMany(Names)] : null,
    };

    static string[] Names(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

using System.CommandLine;

namespace Bonito.Cli;

/// <summary><c>bonito model</c>: what can be done with a model besides generating; each verb in a file of its own.</summary>
static class ModelCommand
{
    public static Command Create() => new("model", "Fetch models, look into them, check them.")
    {
        ModelDownloadCommand.Create(),
        ModelScoreCommand.Create(),
        ModelInspectCommand.Create(),
        ModelMergeCommand.Create(),
        ModelConvertCommand.CreateConvert(),
        ModelConvertCommand.CreateQuantize(),
        ModelTokenizeCommand.Create(),
    };
}

using System.CommandLine;

namespace Bonito.Cli;

/// <summary><c>bonito ctga</c>.</summary>
static class CtgaCommand
{
    public static Command Create() => new("ctga", "Conditional Task Generation with Attributes: the training set of a generator.")
    {
        CtgaBuildCommand.Create(), CtgaInspectCommand.Create(),
    };
}

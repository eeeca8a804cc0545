using System.CommandLine;

namespace Bonito.Cli;

/// <summary><c>bonito template</c>: templates looked at by their authors.</summary>
static class TemplateCommand
{
    public static Command Create() => new("template", "Render prompt templates, and check renderings.")
    {
        TemplateRenderCommand.Create(),
        TemplateCheckCommand.Create(),
    };
}

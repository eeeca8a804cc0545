using System.CommandLine;
using System.CommandLine.Parsing;
using Bonito.Engine;
using Spectre.Console;

namespace Bonito.Cli;

/// <summary>The <c>bonito</c> command: its verbs, and what becomes of errors.</summary>
static class CommandLine
{
    // Wide, so that tables in files and pipes are not broken into pieces.
    const int RedirectedWidth = 200;

    public static int Run(string[] args)
    {
        if (Console.IsOutputRedirected)
        {
            AnsiConsole.Profile.Capabilities.Ansi = false;
            AnsiConsole.Profile.Width = RedirectedWidth;
        }
        ParseResult parsed = Root().Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors) Console.Error.WriteLine($"error: {error.Message}");
            Console.Error.WriteLine($"Try '{Path(parsed.CommandResult)} --help'.");
            return ExitCode.Usage;
        }
        try
        {
            // Commands handle signals themselves (Interrupt), so that they can finish what is in flight.
            return parsed.Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (Exception e) when (e is BonitoException or EngineException)
        {
            Console.Error.WriteLine($"error: {e.Message}");
            return ExitCode.Failure;
        }
        catch (Exception e) when (Environment.GetEnvironmentVariable("BONITO_DEBUG") != "1")
        {
            Console.Error.WriteLine($"error: this should not have happened: {e.GetType().Name}: {e.Message} Run again with BONITO_DEBUG=1 for the place, and report it.");
            return ExitCode.Failure;
        }
    }

    static RootCommand Root()
    {
        RootCommand root = new("Turns documents into instruction tuning datasets, on this machine alone.");
        root.Subcommands.Add(GenerateCommand.Create());
        root.Subcommands.Add(TasksCommand.Create());
        root.Subcommands.Add(CtgaCommand.Create());
        root.Subcommands.Add(TemplateCommand.Create());
        root.Subcommands.Add(TrainCommand.Create());
        root.Subcommands.Add(ReportCommand.Create());
        root.Subcommands.Add(AdaptCommand.Create());
        root.Subcommands.Add(ModelCommand.Create());
        return root;
    }

    static string Path(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{Path(parent)} {command.Command.Name}" : "bonito";
}

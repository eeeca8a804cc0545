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
        try
        {
            ParseResult parsed = Root().Parse(args);
            if (parsed.Errors.Count > 0)
            {
                foreach (ParseError error in parsed.Errors) Console.Error.WriteLine($"error: {Describe(error)}");
                Console.Error.WriteLine($"Try '{Path(parsed.CommandResult)} --help'.");
                return ExitCode.Usage;
            }
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

    /// <summary>The parser's message; where it names a type of .NET, what is expected in words.</summary>
    static string Describe(ParseError error)
    {
        int end = error.Message.IndexOf(" as expected type '", StringComparison.Ordinal);
        if (end < 0 || error.SymbolResult is not OptionResult result) return error.Message;
        return $"{error.Message[..end]}: expected {Expected(result.Option.ValueType)}.";
    }

    static string Expected(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        TypeCode.Int32 => $"a whole number up to {int.MaxValue}",
        TypeCode.UInt64 => "a whole number of at least 0",
        TypeCode.Single or TypeCode.Double => "a number",
        _ => "another value",
    };

    static string Path(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{Path(parent)} {command.Command.Name}" : "bonito";
}

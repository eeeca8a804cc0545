using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Bonito.Cli;

/// <summary>Adds worked examples to the help of a command.</summary>
static class Examples
{
    public static void AddExamples(this Command command, params string[] examples)
    {
        HelpOption help = new();
        help.Action = new HelpWithExamples((HelpAction)help.Action!, examples);
        command.Options.Add(help);
    }

    sealed class HelpWithExamples(HelpAction help, string[] examples) : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            int result = help.Invoke(parseResult);
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string example in examples) output.WriteLine($"  {example}");
            return result;
        }
    }
}

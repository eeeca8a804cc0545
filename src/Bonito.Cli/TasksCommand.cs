using System.CommandLine;
using System.Text.Json;
using Bonito.Tasks;
using Spectre.Console;

namespace Bonito.Cli;

/// <summary><c>bonito tasks</c>.</summary>
static class TasksCommand
{
    public static Command Create()
    {
        Option<bool> json = new("--json") { Description = "Print the list as JSON and nothing else." };
        Command command = new("tasks", "List the 16 task types.") { json };
        command.AddExamples("bonito tasks", "bonito tasks --json");
        command.SetAction(parsed => Run(parsed.GetValue(json)));
        return command;
    }

    static int Run(bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(TaskType.All, JsonOutput.Options));
            return ExitCode.Success;
        }
        Table table = new Table().Border(TableBorder.Simple).AddColumns("short name", "full name", "what it is");
        foreach (TaskType t in TaskType.All) table.AddRow(Markup.Escape(t.ShortName), Markup.Escape(t.FullName), Markup.Escape(t.Description));
        AnsiConsole.Write(table);
        return ExitCode.Success;
    }
}

using System.CommandLine;
using System.Text.Json;
using Bonito.Adaptation;

namespace Bonito.Cli;

/// <summary><c>bonito report</c>.</summary>
static class ReportCommand
{
    public static Command Create()
    {
        Argument<string> run = new("run") { Description = "Run folder of 'bonito train' or 'bonito adapt', finished or not." };
        Option<bool> json = new("--json") { Description = "Print where the report is as JSON and nothing else." };
        Refusals.NotEmpty(run);
        Command command = new("report", "Write report.html of a training run again, also while it trains.") { run, json };
        command.AddExamples("bonito report run");
        command.SetAction(parsed =>
        {
            string report = TrainingReport.Write(parsed.GetValue(run)!);
            Console.WriteLine(parsed.GetValue(json) ? JsonSerializer.Serialize(new { report }, JsonOutput.Options) : report);
            return ExitCode.Success;
        });
        return command;
    }
}

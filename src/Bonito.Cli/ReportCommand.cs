using System.CommandLine;
using Bonito.Adaptation;

namespace Bonito.Cli;

/// <summary><c>bonito report</c>.</summary>
static class ReportCommand
{
    public static Command Create()
    {
        Argument<string> run = new("run") { Description = "Run folder of 'bonito train' or 'bonito adapt', finished or not." };
        Command command = new("report", "Write report.html of a training run again, also while it trains.") { run };
        command.AddExamples("bonito report run");
        command.SetAction(parsed =>
        {
            Console.WriteLine(TrainingReport.Write(parsed.GetValue(run)!));
            return ExitCode.Success;
        });
        return command;
    }
}

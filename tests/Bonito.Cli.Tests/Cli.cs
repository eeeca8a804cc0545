using System.Diagnostics;

namespace Bonito.Cli.Tests;

/// <summary>What a finished process left: its exit code, standard output and standard error.</summary>
sealed record CliResult(int ExitCode, string Output, string Error);

/// <summary>Starts the built command as a process of its own, as a shell would.</summary>
static class Cli
{
    static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Runs to the end; its output is not a terminal.</summary>
    public static CliResult Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        return Finish(process);
    }

    public static Process Start(params string[] arguments) => Process.Start(Command(arguments))!;

    public static CliResult Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync(), error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(Patience))
        {
            process.Kill();
            Assert.Fail($"bonito did not end within {Patience}: {process.StartInfo.ArgumentList}");
        }
        return new CliResult(process.ExitCode, output.Result, error.Result);
    }

    public static ProcessStartInfo Command(params string[] arguments) => new("dotnet", [Path.Combine(AppContext.BaseDirectory, "bonito.dll"), .. arguments])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment = { ["BONITO_DEBUG"] = "0" },
    };
}

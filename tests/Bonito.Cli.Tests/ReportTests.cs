using System.Text.Json.Nodes;
using Bonito.Tests;

namespace Bonito.Cli.Tests;

public sealed class ReportTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_report_of_a_run_is_written_at_any_time()
    {
        folder.Write("run/metrics.jsonl", "{\"step\":1,\"loss\":5.5,\"target_loss\":5.25}\n{\"step\":2,\"lo");
        CliResult result = Cli.Run("report", folder.File("run"));
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(folder.File("run/report.html"), result.Output.TrimEnd());
        Assert.Contains("\"target_loss\":{\"steps\":[1],\"values\":[5.25]}", File.ReadAllText(result.Output.TrimEnd()), StringComparison.Ordinal);
    }

    [Fact]
    public void Where_the_report_is_can_be_had_as_JSON()
    {
        folder.Write("run/metrics.jsonl", "{\"step\":1,\"loss\":5.5,\"target_loss\":5.25}\n");
        CliResult result = Cli.Run("report", folder.File("run"), "--json");
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Equal(folder.File("run/report.html"), (string?)JsonNode.Parse(result.Output)!["report"]);
    }

    [Fact]
    public void A_folder_that_is_no_training_run_is_refused()
    {
        CliResult result = Cli.Run("report", folder.Path);
        Assert.Equal(1, result.ExitCode);
        Assert.StartsWith($"error: {folder.Path}: there is no training run", result.Error, StringComparison.Ordinal);
    }
}

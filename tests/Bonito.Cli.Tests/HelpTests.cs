using System.Text.Json.Nodes;

namespace Bonito.Cli.Tests;

public sealed class HelpTests
{
    [Fact]
    public void Root_help_lists_the_verbs()
    {
        CliResult result = Cli.Run("--help");

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        foreach (string verb in (string[])["generate", "ctga", "template", "train", "report", "tasks", "model"])
            Assert.Contains(result.Output.Split('\n'), line => line.TrimStart().StartsWith(verb + " ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("generate")]
    [InlineData("tasks")]
    [InlineData("train")]
    [InlineData("report")]
    [InlineData("template render")]
    [InlineData("template check")]
    [InlineData("model download")]
    [InlineData("model score")]
    [InlineData("model inspect")]
    [InlineData("model convert")]
    [InlineData("model quantize")]
    public void Help_of_a_verb_ends_with_examples(string verb)
    {
        CliResult result = Cli.Run([.. verb.Split(' '), "--help"]);

        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        string[] examples = [.. result.Output.TrimEnd().Split('\n').SkipWhile(line => line.TrimEnd() != "Examples:").Skip(1)];
        Assert.NotEmpty(examples);
        Assert.All(examples, line => Assert.Contains($"bonito {verb}", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Help_of_generate_shows_the_defaults()
    {
        string help = Cli.Run("generate", "--help").Output;

        Assert.Contains("[default: bonito-out]", help, StringComparison.Ordinal);
        Assert.Contains("[default: 0.95]", help, StringComparison.Ordinal);
        Assert.Contains("<always|if-possible|never>", help, StringComparison.Ordinal);
    }

    [Fact]
    public void Tasks_lists_all_sixteen()
    {
        CliResult table = Cli.Run("tasks"), json = Cli.Run("tasks", "--json");

        JsonArray tasks = JsonNode.Parse(json.Output)!.AsArray();
        Assert.Equal(16, tasks.Count);
        Assert.Equal("exqa", (string?)tasks[0]!["short_name"]);
        Assert.All(tasks, task => Assert.Contains($" {(string)task!["short_name"]!} ", table.Output, StringComparison.Ordinal));
        Assert.All(tasks, task => Assert.Contains($" {(string)task!["full_name"]!} ", table.Output, StringComparison.Ordinal));
    }
}

using Bonito.Tests;

namespace Bonito.Cli.Tests;

/// <summary>Training sets of a generator, built and looked into through the built command.</summary>
public sealed class CtgaTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public CtgaTests()
    {
        Directory.CreateDirectory(folder.File("sources"));
        File.WriteAllLines(
            Path.Combine(folder.File("sources"), "ships.jsonl"),
            Enumerable.Range(0, 30).Select(i => $$"""{"text": "On day {{i}} the port handled {{i + 7}} ships.", "question": "How many ships came?", "answer": "{{i + 7}}"}"""));
        File.WriteAllText(folder.File("catalogue.yaml"), """
            sets:
              - name: ships
                licence: CC0
                commercial: true
                context: '{{text}}'
                parts: [{files: [ships.jsonl], format: jsonl}]
            """);
        File.WriteAllText(folder.File("templates.yaml"), """
            dataset: ships
            templates:
              - {name: ask, task_type: qa, jinja: "{{ text }} {{ question }}|||{{ answer }}"}
              - {name: blind, task_type: qa, jinja: "{{ question }}|||{{ answer }}"}
            """);
    }

    public void Dispose() => folder.Dispose();

    string[] Sources => ["--sources", folder.File("sources"), "--catalogue", folder.File("catalogue.yaml"), "--templates", folder.File("templates.yaml")];

    [Theory]
    [InlineData("jsonl")]
    [InlineData("parquet")]
    public void What_was_built_can_be_looked_into(string format)
    {
        CliResult built = Cli.Run(["ctga", "build", .. Sources, "--format", format, "--output", folder.File("ctga")]);
        Assert.True(built.ExitCode == 0, built.Error);

        CliResult seen = Cli.Run("ctga", "inspect", folder.File("ctga"), "--set", "ships", "--task-type", "qa", "--rows", "2");

        Assert.True(seen.ExitCode == 0, seen.Error);
        Assert.Contains("30 rows read, 30 candidates, 30 written", seen.Output, StringComparison.Ordinal);
        Assert.Contains("refused: blind: the passage, {{text}}, is not in it", seen.Output, StringComparison.Ordinal);
        Assert.Equal(2, seen.Output.Split("--- ships / ask [qa]").Length - 1);
        Assert.Contains("input:   {{context}} How many ships came?", seen.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Templates_can_be_tried_without_building()
    {
        CliResult seen = Cli.Run(["ctga", "inspect", .. Sources, "--set", "ships"]);

        Assert.True(seen.ExitCode == 0, seen.Error);
        Assert.Contains("ask [qa] reads answer, question, text", seen.Output, StringComparison.Ordinal);
        Assert.Contains("refused: blind", seen.Output, StringComparison.Ordinal);
        Assert.Contains("context: On day 0 the port handled 7 ships.", seen.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_wrong_format_is_a_wrong_usage()
    {
        CliResult result = Cli.Run(["ctga", "build", .. Sources, "--format", "xml", "--output", folder.File("ctga")]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("expected jsonl or parquet", result.Error, StringComparison.Ordinal);
    }
}

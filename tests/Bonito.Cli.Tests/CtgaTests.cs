using System.Diagnostics;
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
    public void A_template_that_is_not_there_is_told()
    {
        CliResult built = Cli.Run(["ctga", "build", .. Sources, "--output", folder.File("ctga")]);
        Assert.True(built.ExitCode == 0, built.Error);

        foreach (string[] where in (string[][])[[folder.File("ctga")], [.. Sources, "--set", "ships"]])
        {
            CliResult unknown = Cli.Run(["ctga", "inspect", .. where, "--template", "none"]);
            Assert.Equal(1, unknown.ExitCode);
            Assert.Contains("No set here has a template 'none'.", unknown.Error, StringComparison.Ordinal);
        }
        CliResult refused = Cli.Run("ctga", "inspect", folder.File("ctga"), "--template", "blind");
        Assert.Equal((0, "note: there is no row to show"), (refused.ExitCode, refused.Error.TrimEnd()));
    }

    [Fact]
    public void Sources_that_are_not_there_are_told()
    {
        CliResult result = Cli.Run("ctga", "inspect", "--sources", folder.File("nowhere"));

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("does not exist", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_catalogue_that_is_a_folder_is_called_one()
    {
        CliResult result = Cli.Run("ctga", "build", "--sources", folder.File("sources"), "--catalogue", folder.Path, "--output", folder.File("ctga"));

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains("it is a folder; a file is expected.", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("parquet")]
    public void Killed_again_and_again_it_ends_with_the_same_files(string format)
    {
        const int Sets = 5;
        string[] names = [.. Enumerable.Range(0, Sets).Select(i => $"port{i}")];
        foreach (string name in names)
            File.WriteAllLines(
                Path.Combine(folder.File("sources"), $"{name}.jsonl"),
                Enumerable.Range(0, 4000).Select(i => $$"""{"text": "In {{name}}, on day {{i}}, {{i * 7}} ships were handled.", "question": "How many?", "answer": "{{i * 7}}"}"""));
        File.WriteAllText(folder.File("catalogue.yaml"), "sets:\n" + string.Concat(names.Select(name =>
            $"  - {{name: {name}, dataset: ships, licence: CC0, commercial: true, context: '{{{{text}}}}', parts: [{{files: [{name}.jsonl], format: jsonl}}]}}\n")));
        string whole = folder.File("whole"), output = folder.File("killed");
        string[] arguments = ["ctga", "build", .. Sources, "--format", format, "--output"];
        CliResult expected = Cli.Run([.. arguments, whole]);
        Assert.True(expected.ExitCode == 0, expected.Error);

        int kills = 0;
        // Before anything is there, after the first set, after the third, and at a moment that is nobody's choice.
        foreach (string? moment in (string?[])["config.json", $"work/{names[0]}.json", $"work/{names[2]}.json", null])
        {
            using Process process = Cli.Start([.. arguments, output]);
            if (moment is null) Thread.Sleep(Random.Shared.Next(1500));
            else
                while (!process.HasExited && !File.Exists(Path.Combine(output, moment))) Thread.Sleep(1);
            if (!process.HasExited) kills++;
            process.Kill();
            process.WaitForExit();
        }
        Assert.True(kills >= 3, $"only {kills} of 4 processes were killed before they had finished");

        CliResult result = Cli.Run([.. arguments, output]);
        Assert.True(result.ExitCode == 0, result.Error);
        string[] files = [.. Files(whole)];
        Assert.Equal(files, Files(output));
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(whole, file)), File.ReadAllBytes(Path.Combine(output, file))));

        static IEnumerable<string> Files(string root) => Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories).Select(f => Path.GetRelativePath(root, f)).Order(StringComparer.Ordinal);
    }

    [Fact]
    public void A_wrong_format_is_a_wrong_usage()
    {
        CliResult result = Cli.Run(["ctga", "build", .. Sources, "--format", "xml", "--output", folder.File("ctga")]);

        Assert.Equal(2, result.ExitCode);
        Assert.Contains("expected jsonl or parquet", result.Error, StringComparison.Ordinal);
    }
}

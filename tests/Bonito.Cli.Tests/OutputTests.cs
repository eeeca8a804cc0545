using System.Diagnostics;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Bonito.Tests;

namespace Bonito.Cli.Tests;

/// <summary>What people and programs get to see.</summary>
public sealed partial class OutputTests(GenerateWork work) : IClassFixture<GenerateWork>, IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void The_end_shows_a_table_an_example_and_the_path()
    {
        int contexts = Rows("dataset.jsonl").Concat(Rows("rejections.jsonl")).Select(row => ((string)row["id"]!).Split('-')[0]).Distinct().Count();
        string[] lines = work.Output.Split('\n');

        Assert.Equal($"2 documents, {contexts} contexts x 16 task types x 3 samples = {contexts * 48} tasks", lines[0]);
        string header = Assert.Single(lines, line => line.TrimStart().StartsWith("task type", StringComparison.Ordinal));
        Assert.Equal(
            ["task type", "requested", "kept", "no_pipe", "multiple_pipes", "empty_input", "empty_output", "truncated", "tokens/s", "time"],
            Cells().Split(header.Trim()));
        int kept = Rows("dataset.jsonl").Length;
        string[] all = Cells().Split(Assert.Single(lines, line => line.TrimStart().StartsWith("all ", StringComparison.Ordinal)).Trim());
        Assert.Equal([contexts * 48, kept], all[1..3].Select(int.Parse));
        Assert.Equal(contexts * 48 - kept, all[3..8].Sum(int.Parse));
        Assert.Contains($"{kept} tasks of {contexts * 48}: {Path.Combine(work.Whole, "dataset.jsonl")}", lines);
        Assert.DoesNotContain('\u001b', work.Output);
        Assert.DoesNotContain('\r', work.Output);
    }

    [Fact]
    public void Json_is_all_there_is_on_standard_output()
    {
        CliResult result = Cli.Run([.. work.Arguments(folder.File("run")), "--json", "--max-contexts", "1"]);

        JsonNode summary = JsonNode.Parse(result.Output)!;
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.True((bool?)summary["finished"]);
        Assert.Equal(48, (int?)summary["total"]);
        Assert.Equal(folder.File("run/dataset.jsonl"), (string?)summary["dataset_path"]);
        JsonArray types = summary["manifest"]!["task_types"]!.AsArray();
        Assert.Equal(16, types.Count);
        Assert.Equal("exqa", (string?)types[0]!["task_type"]);
        Assert.Equal(File.ReadLines(folder.File("run/dataset.jsonl")).Count(), types.Sum(t => (int)t!["kept"]!));
    }

    [Fact]
    public void What_is_passed_over_is_told_on_standard_error_without_flooding_it()
    {
        folder.Write("inputs/rows.jsonl", string.Concat(Enumerable.Range(1, 9).Select(i => i == 5 ? "{\"text\": \"A text.\"}\n" : "{\"text\": \"\"}\n")));
        folder.Write("inputs/empty.txt", "");
        CliResult result = Cli.Run("generate", folder.File("inputs"), "--model", work.Model, "--output", folder.File("run"), "--max-tokens", "1");

        string[] notes = result.Error.TrimEnd().Split('\n');
        Assert.Equal(0, result.ExitCode);
        Assert.All(notes, note => Assert.StartsWith("note: ", note, StringComparison.Ordinal));
        Assert.Single(notes, $"note: {folder.File("inputs/empty.txt")}: the file is empty");
        Assert.Equal([1, 2, 3, 4, 6], notes.Where(n => n.Contains("rows.jsonl", StringComparison.Ordinal)).Select(n => int.Parse(n.Split("row ")[1].Split(' ')[0])));
        Assert.Single(notes, "note: and 3 more like this");
        Assert.StartsWith("1 document, 1 context x 16 task types x 1 sample = 16 tasks\n", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_in_the_working_folder_is_named_without_a_path()
    {
        folder.Write("a.txt", "A text.");
        CliResult generated = InFolder("generate", "a.txt", "--model", Path.GetRelativePath(folder.Path, work.Model), "--output", "run", "--samples", "3", "--max-tokens", "32", "--no-constrain", "--temperature", "1");
        Assert.Equal((0, ""), (generated.ExitCode, generated.Error));
        File.Copy(folder.File("run/dataset.jsonl"), folder.File("rows.jsonl"));
        foreach (string data in (string[])["run", "rows.jsonl"])
        {
            CliResult adapted = InFolder("adapt", "--dataset", data, "--base", work.Model, "--output", $"adapted-{data}", "--max-steps", "1", "--batch-size", "1");
            Assert.Equal((0, ""), (adapted.ExitCode, adapted.Error));
            Assert.True(File.Exists(folder.File($"adapted-{data}/report.html")));
        }
        Assert.Equal("a.txt", (string?)JsonNode.Parse(File.ReadLines(folder.File("run/dataset.jsonl")).First())!["document"]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_terminal_gets_progress_and_colour_only_if_wanted(bool noColor)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/script"), "a terminal is made with script(1) of util-linux");
        ProcessStartInfo bonito = Cli.Command([.. work.Arguments(folder.File("run")), "--max-contexts", "2"]);
        string command = string.Join(' ', bonito.ArgumentList.Prepend(bonito.FileName).Select(argument => $"'{argument}'"));
        ProcessStartInfo start = new("/usr/bin/script", ["-qec", $"stty cols 150; {command}", "/dev/null"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["TERM"] = "xterm-256color" },
        };
        start.Environment.Remove("NO_COLOR");
        if (noColor) start.Environment["NO_COLOR"] = "1";
        using Process process = Process.Start(start)!;
        CliResult result = Cli.Finish(process);

        Assert.Equal(0, result.ExitCode);
        Assert.Matches(@"\r[0-9]+/96 tasks  [0-9]+% kept  [0-9]+ tokens/s  left [0-9]+\.[0-9] s", result.Output);
        if (noColor) Assert.DoesNotMatch(ColorSequence(), result.Output);
        Assert.Contains("An example", result.Output, StringComparison.Ordinal);
    }

    CliResult InFolder(params string[] arguments)
    {
        ProcessStartInfo command = Cli.Command(arguments);
        command.WorkingDirectory = folder.Path;
        using Process process = Process.Start(command)!;
        return Cli.Finish(process);
    }

    JsonNode[] Rows(string file) => [.. File.ReadLines(Path.Combine(work.Whole, file)).Select(line => JsonNode.Parse(line)!)];

    [GeneratedRegex(" {2,}(?:│ +)?|│ *")]
    private static partial Regex Cells();

    // Select Graphic Rendition with a colour: 30 to 49, 90 to 107, alone or in a list.
    [GeneratedRegex("\u001b\\[([0-9;]*;)?(3[0-9]|4[0-9]|9[0-7]|10[0-7])(;[0-9;]*)?m")]
    private static partial Regex ColorSequence();
}

using System.Text.Json.Nodes;
using Bonito.Tests;

namespace Bonito.Cli.Tests;

public sealed class TemplateTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    string Write(string name, string text) => folder.Write(name, text);

    [Fact]
    public void A_text_file_is_rendered_over_a_row()
    {
        CliResult result = Cli.Run("template", "render", Write("t.jinja", "{{ name|upper }}: {{ tags|join(', ') }} {{ label }}\n"), "--row", Write("row.json", """{"name": "שלום Ada", "tags": ["a", "b"], "label": -1}"""));

        Assert.Equal((0, "שלום ADA: a, b -1\n", ""), (result.ExitCode, result.Output.ReplaceLineEndings("\n"), result.Error));
    }

    [Fact]
    public void A_template_of_a_file_is_rendered_with_its_answer_choices()
    {
        string file = Write("templates.yaml", """
            dataset: made_up
            templates:
              a:
                name: First
                jinja: "{{ text }} ||| {{ answer_choices[label] }}"
                answer_choices: Yes ||| No
              b:
                name: Second
                jinja: "{{ text }}"
            """);
        string row = Write("row.json", """{"text": " Is it? ", "label": 1}""");

        CliResult named = Cli.Run("template", "render", file, "--name", "First", "--row", row);
        CliResult unnamed = Cli.Run("template", "render", file, "--row", row);
        CliResult unknown = Cli.Run("template", "render", file, "--name", "Third", "--row", row);

        Assert.Equal((0, "Is it?\n|||\nNo\n", ""), (named.ExitCode, named.Output.ReplaceLineEndings("\n"), named.Error));
        Assert.Equal((1, ""), (unnamed.ExitCode, unnamed.Output));
        Assert.Contains("holds 2 templates; choose one with --name: 'First', 'Second'.", unnamed.Error, StringComparison.Ordinal);
        Assert.Contains("no template 'Third'", unknown.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{{ x | nope }}", "{}", "t.jinja:1:4: 'x | nope': there is no filter 'nope'")]
    [InlineData("{{ x.y.z }}", "{}", "t.jinja:1:4: 'x.y': 'x' is undefined.")]
    [InlineData("{{ x }}", "[", "row.json")]
    [InlineData("{{ x }}", "", "there is no row")]
    public void What_cannot_be_rendered_is_said_with_its_place(string template, string row, string message)
    {
        CliResult result = Cli.Run("template", "render", Write("t.jinja", template), "--row", Write("row.json", row));

        Assert.Equal((1, ""), (result.ExitCode, result.Output));
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_are_not_there_are_errors()
    {
        string there = Write("t.jinja", "x");

        Assert.Contains("Cannot read the template", Cli.Run("template", "render", "nowhere.jinja", "--row", Write("row.json", "{}")).Error, StringComparison.Ordinal);
        Assert.Contains("nowhere.json", Cli.Run("template", "render", there, "--row", "nowhere.json").Error, StringComparison.Ordinal);
        Assert.Contains("nowhere.jsonl", Cli.Run("template", "check", "nowhere.jsonl").Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_the_place_of_a_file_is_called_one()
    {
        string there = Write("t.jinja", "x"), row = Write("row.json", "{}");
        foreach (string[] arguments in (string[][])[["render", folder.Path, "--row", row], ["render", there, "--row", folder.Path], ["check", folder.Path]])
        {
            CliResult result = Cli.Run(["template", .. arguments]);
            Assert.Equal((1, ""), (result.ExitCode, result.Output));
            Assert.Contains($"{folder.Path}: ", result.Error, StringComparison.Ordinal);
            Assert.Contains("it is a folder; a file is expected.", result.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Cases_that_agree_are_counted()
    {
        CliResult result = Cli.Run("template", "check", Write("cases.jsonl",
            """
            {"template": "{{ x }}", "row": {"x": 1}, "expected": "1"}

            {"template": "{{ x|choice }}", "row": {"x": ["first", "second"]}, "expected": "first"}
            """));

        Assert.Equal((0, "2 of 2 agree\n", ""), (result.ExitCode, result.Output.ReplaceLineEndings("\n"), result.Error));
    }

    [Fact]
    public void Counts_can_be_had_as_JSON()
    {
        CliResult result = Cli.Run("template", "check", "--json", Write("cases.jsonl",
            """
            {"template": "{{ x }}", "row": {"x": 1}, "expected": "1"}
            {"template": "{{ x }}", "row": {"x": 1}, "expected": "2"}
            """));

        Assert.Equal((1, ""), (result.ExitCode, result.Error));
        JsonNode counts = JsonNode.Parse(result.Output)!;
        Assert.Equal((2, 1), ((int)counts["cases"]!, (int)counts["agree"]!));
        Assert.StartsWith($"{folder.File("cases.jsonl")}:2: differs", (string?)Assert.Single(counts["differences"]!.AsArray()), StringComparison.Ordinal);
    }

    [Fact]
    public void Differences_are_shown_with_line_and_place()
    {
        CliResult result = Cli.Run("template", "check", Write("cases.jsonl",
            """
            {"template": "{{ x }}", "row": {"x": 1}, "expected": "1"}
            {"template": "a\n{{ x }}", "row": {"x": "é"}, "expected": "a\ne"}
            {"template": "{{ x + 1 }}", "row": {"x": "1"}, "expected": "2"}
            """));

        Assert.Equal((1, ""), (result.ExitCode, result.Error));
        Assert.Equal(
            "2: differs from character 3 on:|  expected a\\ne (end)|  rendered a\\né (end)|3: template:1:4: 'x + 1': '+' cannot be applied to a str and a int.|1 of 3 agree|",
            result.Output.ReplaceLineEndings("|").Replace(folder.File("cases.jsonl") + ":", "", StringComparison.Ordinal));
    }

    [Fact]
    public void Chat_templates_are_checked_with_their_syntax()
    {
        CliResult result = Cli.Run("template", "check", "--chat", Write("cases.jsonl",
            """{"template": "{% for m in messages %}\n{% if loop.first %}{% continue %}{% endif %}\n{{ m | tojson }}\n{% endfor %}\n", "row": {"messages": [1, {"b": "<é>", "a": 1}]}, "expected": "{\"b\": \"<é>\", \"a\": 1}\n"}"""));

        Assert.Equal((0, "1 of 1 agree\n"), (result.ExitCode, result.Output.ReplaceLineEndings("\n")));
    }

    [Theory]
    [InlineData("{\"template\": \"x\", \"row\": {}, \"expected\": \"x\"}\n{\"template\": ", "cases.jsonl:2")]
    [InlineData("{\"template\": \"x\", \"row\": {}}", "cases.jsonl:1: field 'expected': expected a text, it is missing.")]
    [InlineData("{\"template\": 1, \"row\": {}, \"expected\": \"x\"}", "cases.jsonl:1: field 'template': expected a text.")]
    [InlineData("{\"template\": \"x\", \"row\": 1, \"expected\": \"x\"}", "cases.jsonl:1: field 'row': expected an object of columns.")]
    [InlineData("", "there are no cases")]
    public void Broken_cases_are_errors_with_their_line(string cases, string message)
    {
        CliResult result = Cli.Run("template", "check", Write("cases.jsonl", cases));

        Assert.Equal(1, result.ExitCode);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }
}

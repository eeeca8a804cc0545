using System.CommandLine;
using System.Text.Json;
using Bonito.Rows;
using Bonito.Templates.Jinja;

namespace Bonito.Cli;

/// <summary><c>bonito template check</c>.</summary>
static class TemplateCheckCommand
{
    const int MostShown = 10, ShownBefore = 20, ShownAfter = 40;

    public static Command Create()
    {
        Argument<string> cases = new("cases") { Description = "JSON Lines of {\"template\": TEXT, \"row\": {COLUMN: VALUE, ...}, \"expected\": TEXT}." };
        Option<bool> chat = ChatOption();
        Option<bool> json = new("--json") { Description = "Print the counts and the first differences as JSON and nothing else." };
        Refusals.NotEmpty(cases);
        Command command = new("check", "Render templates over rows and compare with what is expected.") { cases, chat, json };
        command.AddExamples("bonito template check cases.jsonl", "bonito template check conversations.jsonl --chat");
        command.SetAction(parsed => Run(parsed.GetValue(cases)!, parsed.GetValue(chat) ? JinjaSyntax.Chat : JinjaSyntax.Prompt, parsed.GetValue(json)));
        return command;
    }

    public static Option<bool> ChatOption() => new("--chat") { Description = "The templates are chat templates of models, as the tools of Hugging Face render them." };

    static int Run(string path, JinjaSyntax syntax, bool json)
    {
        // Cases cannot know what a seed would choose: the filters choice and random take the first item.
        RenderSettings settings = new() { Picker = _ => 0 };
        Dictionary<string, JinjaTemplate> parsed = [];
        int agree = 0, all = 0;
        List<string> differences = [];
        RowSource source = new() { Files = [path], Format = RowFormat.JsonLines };
        foreach (ReadRow read in RowReader.Read(source, [new SourceFile(path, Path.GetFullPath(path))]))
        {
            string where = $"{path}:{read.Origin.Line}";
            string template = Text(read.Row, "template", where), expected = Text(read.Row, "expected", where);
            if (!read.Row.TryGetValue("row", out object? value) || value is not Row row)
                throw new BonitoException($"{where}: field 'row': expected an object of columns{(value is null ? ", it is missing" : "")}.");
            all++;
            string? difference;
            try
            {
                if (!parsed.TryGetValue(template, out JinjaTemplate? known)) parsed.Add(template, known = JinjaTemplate.Parse("template", template, syntax));
                difference = Difference(expected, known.Render(row, settings));
            }
            catch (BonitoException e)
            {
                difference = e.Message;
            }
            if (difference is null) agree++;
            else if (differences.Count < MostShown) differences.Add($"{where}: {difference}");
        }
        if (all == 0) throw new BonitoException($"{path}: there are no cases.");
        if (json) Console.WriteLine(JsonSerializer.Serialize(new { cases = all, agree, differences }, JsonOutput.Options));
        else Show(all, agree, differences);
        return agree == all ? ExitCode.Success : ExitCode.Failure;
    }

    static void Show(int all, int agree, List<string> differences)
    {
        foreach (string difference in differences) Console.WriteLine(difference);
        int more = all - agree - differences.Count;
        if (more > 0) Console.WriteLine($"... and {Figures.Count(more, "further difference")}");
        Console.WriteLine($"{Figures.Number(agree)} of {Figures.Number(all)} agree");
    }

    static string Text(Row row, string field, string where) => row.TryGetValue(field, out object? value) && value is string text
        ? text
        : throw new BonitoException($"{where}: field '{field}': expected a text{(value is null ? ", it is missing" : "")}.");

    /// <summary>Where two texts begin to differ, with some of each; null when they are equal.</summary>
    static string? Difference(string expected, string rendered)
    {
        int same = expected.AsSpan().CommonPrefixLength(rendered);
        if (same == expected.Length && same == rendered.Length) return null;
        return $"differs from character {same + 1} on:\n  expected {Around(expected, same)}\n  rendered {Around(rendered, same)}";
    }

    static string Around(string text, int index)
    {
        int start = Math.Max(index - ShownBefore, 0), end = Math.Min(index + ShownAfter, text.Length);
        return $"{(start > 0 ? "..." : "")}{Escaped(text[start..end])}{(end < text.Length ? "..." : " (end)")}";
    }

    static string Escaped(string text) => JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
}

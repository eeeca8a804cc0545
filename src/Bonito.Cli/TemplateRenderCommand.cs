using System.CommandLine;
using Bonito.Rows;
using Bonito.Templates.Jinja;

namespace Bonito.Cli;

/// <summary><c>bonito template render</c>.</summary>
static class TemplateRenderCommand
{
    public static Command Create()
    {
        Argument<string> file = new("file") { Description = "A template as a text file (.jinja, .j2, .txt)." };
        Option<string> row = new("--row", "-r") { Description = "A JSON file of the variables: an object, or the first of a list or of lines.", Required = true };
        Option<ulong> seed = new("--seed") { Description = "Seeds the filters choice and random.", DefaultValueFactory = _ => 42 };
        Option<bool> chat = TemplateCheckCommand.ChatOption();
        Command command = new("render", "Show one rendering of a template.") { file, row, seed, chat };
        command.AddExamples("bonito template render question.jinja --row row.json", "bonito template render chat_template.jinja --row conversation.json --chat");
        command.SetAction(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(row)!, parsed.GetValue(seed), parsed.GetValue(chat)));
        return command;
    }

    static int Run(string file, string rowFile, ulong seed, bool chat)
    {
        string text;
        try
        {
            text = File.ReadAllText(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"Cannot read the template {file}: {e.Message}", e);
        }
        JinjaTemplate template = JinjaTemplate.Parse(file, text, chat ? JinjaSyntax.Chat : JinjaSyntax.Prompt);
        RowSource source = new() { Files = [rowFile], Format = RowFormat.Json };
        Row variables = RowReader.Read(source, [new SourceFile(rowFile, Path.GetFullPath(rowFile))]).Select(read => read.Row).FirstOrDefault()
            ?? throw new BonitoException($"{rowFile}: there is no row; expected a JSON object.");
        Console.WriteLine(template.Render(variables, new RenderSettings { Seed = seed }));
        return ExitCode.Success;
    }
}

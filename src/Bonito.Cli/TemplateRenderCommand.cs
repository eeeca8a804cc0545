using System.CommandLine;
using Bonito.Rows;
using Bonito.Templates;
using Bonito.Templates.Jinja;

namespace Bonito.Cli;

/// <summary><c>bonito template render</c>.</summary>
static class TemplateRenderCommand
{
    public static Command Create()
    {
        Argument<string> file = new("file") { Description = "A file of prompt templates (.yaml, .yml: ours or promptsource's), or one template as text." };
        Option<string?> name = new("--name", "-n") { Description = "The template's name in its file; not needed where there is one." };
        Option<string> row = new("--row", "-r") { Description = "A JSON file of the variables: an object, or the first of a list or of lines.", Required = true };
        Option<ulong> seed = new("--seed") { Description = "Seeds the filters choice and random.", DefaultValueFactory = _ => 42 };
        Option<bool> chat = TemplateCheckCommand.ChatOption();
        Refusals.NotEmpty(file, row);
        Command command = new("render", "Show one rendering of a template. That of a prompt template is instruction, |||, answer, each trimmed.") { file, name, row, seed, chat };
        command.AddExamples(
            "bonito template render templates.yaml --name \"Who is it?\" --row row.json",
            "bonito template render question.jinja --row row.json",
            "bonito template render chat_template.jinja --row conversation.json --chat");
        command.SetAction(parsed => Run(parsed.GetValue(file)!, parsed.GetValue(name), parsed.GetValue(row)!, parsed.GetValue(seed), parsed.GetValue(chat)));
        return command;
    }

    static int Run(string file, string? name, string rowFile, ulong seed, bool chat)
    {
        bool isPromptFile = Path.GetExtension(file).ToLowerInvariant() is ".yaml" or ".yml";
        Row row = ReadRow(rowFile);
        RenderSettings settings = new() { Seed = seed };
        Console.WriteLine(isPromptFile ? RenderPrompt(file, name, row, settings) : RenderText(file, name, row, settings, chat ? JinjaSyntax.Chat : JinjaSyntax.Prompt));
        return ExitCode.Success;
    }

    static Row ReadRow(string file)
    {
        RowSource source = new() { Files = [file], Format = RowFormat.Json };
        return RowReader.Read(source, [new SourceFile(file, Path.GetFullPath(file))]).Select(read => read.Row).FirstOrDefault()
            ?? throw new BonitoException($"{file}: there is no row; expected a JSON object.");
    }

    static string RenderText(string file, string? name, Row row, RenderSettings settings, JinjaSyntax syntax)
    {
        if (name is not null) throw new BonitoException($"{file}: --name chooses a template of a .yaml file; this file is one template.");
        try
        {
            return JinjaTemplate.Parse(file, File.ReadAllText(file), syntax).Render(row, settings);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"Cannot read the template {file}: {UnreadableFile.Why(file, e)}", e);
        }
    }

    static string RenderPrompt(string path, string? name, Row row, RenderSettings settings)
    {
        PromptTemplateFile file = PromptTemplateFile.Read(path);
        if (name is null && file.Templates.Count > 1)
            throw new BonitoException($"{path} holds {Figures.Count(file.Templates.Count, "template")}; choose one with --name: {string.Join(", ", file.Templates.Select(t => $"'{t.Name}'"))}.");
        PromptTemplate template = name is null ? file.Templates[0] : file.Find(name);
        Dictionary<string, object?> variables = new(row);
        if (template.AnswerChoices is { } choices)
        {
            string rendered = JinjaTemplate.Parse($"{template.Origin}: answer choices of '{template.Name}'", choices).Render(row, settings);
            variables["answer_choices"] = rendered.Split(PromptTemplate.Separator).Select(object? (choice) => choice.Trim()).ToArray();
        }
        string text = JinjaTemplate.Parse($"{template.Origin}: '{template.Name}'", file.Macros + template.Jinja).Render(variables, settings);
        return string.Join($"\n{PromptTemplate.Separator}\n", text.Split(PromptTemplate.Separator).Select(part => part.Trim()));
    }
}

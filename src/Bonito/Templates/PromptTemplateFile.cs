using Bonito.Tasks;

namespace Bonito.Templates;

/// <summary>
/// One file of prompt templates: promptsource's <c>templates.yaml</c> (a mapping of ids to <c>!Template</c>) or ours (a list, see
/// docs/formats.md).
/// </summary>
/// <param name="Source">The file, or <c>builtin</c>.</param>
/// <param name="Dataset">
/// The dataset whose columns the templates are written for, by its published name. Null: they are written for the
/// <see cref="Roles"/> that every set can be mapped to.
/// </param>
/// <param name="Configuration">Of the dataset; null where it has none.</param>
/// <param name="Macros">A Jinja text of macros that all templates of the file can call; null: none.</param>
/// <param name="Templates">In the file's order.</param>
public sealed record PromptTemplateFile(
    string Source, string? Dataset, string? Configuration, string? Macros, IReadOnlyList<PromptTemplate> Templates)
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="BonitoException">The file cannot be read or breaks the format; the message names the line.</exception>
    public static PromptTemplateFile Read(string file) => Parse(file, BuiltinFile.ReadUser(file));

    /// <summary>Reads the text of a file; <paramref name="source"/> names it in errors.</summary>
    /// <exception cref="BonitoException">The text breaks the format; the message names the line.</exception>
    public static PromptTemplateFile Parse(string source, string text)
    {
        YamlFields root = YamlFields.Parse(source, text);
        PromptTemplateFile file = root.IsMap("templates") ? ReadPromptsource(root) : ReadOurs(root);
        if (file.Templates.Count == 0) throw root.Error("there is no template in 'templates'.");
        return file;
    }

    /// <summary>The template of that name.</summary>
    /// <exception cref="BonitoException">There is none; the message lists those that are there.</exception>
    public PromptTemplate Find(string name) => Templates.FirstOrDefault(t => t.Name == name)
        ?? throw new BonitoException($"{Source}: no template '{name}'; templates there: {string.Join(", ", Templates.Select(t => $"'{t.Name}'"))}.");

    // Others' format: fields that are not needed here are passed over.
    static PromptTemplateFile ReadPromptsource(YamlFields root)
    {
        YamlFields map = root.MapOrNull("templates")!;
        var templates = new List<PromptTemplate>();
        foreach (string id in map.Keys)
        {
            YamlFields item = map.MapOrNull(id) ?? throw map.Error($"template '{id}' is empty.");
            item.What = $"template '{item.Text("name")}'";
            string? language = item.MapOrNull("metadata")?.Texts("languages") is [var first, ..] ? first : null;
            Add(templates, item, new PromptTemplate(
                item.Text("name"), item.Text("jinja"), item.TextOrNull("answer_choices"), null, language, item.Where));
        }
        return new PromptTemplateFile(root.File, root.Text("dataset"), root.TextOrNull("subset"), null, templates);
    }

    static PromptTemplateFile ReadOurs(YamlFields root)
    {
        string? language = root.TextOrNull("language");
        var templates = new List<PromptTemplate>();
        foreach (YamlFields item in root.Items("templates", "a template"))
        {
            string name = item.Text("name");
            item.What = $"template '{name}'";
            var template = new PromptTemplate(
                name, item.Text("jinja"), item.TextOrNull("answer_choices"), ReadTaskType(item), item.TextOrNull("language") ?? language, item.Where);
            item.Finish();
            Add(templates, item, template);
        }
        var file = new PromptTemplateFile(
            root.File, root.TextOrNull("dataset"), root.TextOrNull("configuration"), root.TextOrNull("macros"), templates);
        root.Finish();
        return file;
    }

    static TaskType ReadTaskType(YamlFields item)
    {
        string name = item.Text("task_type");
        return TaskType.TryParse(name, out TaskType? taskType)
            ? taskType
            : throw item.Error($"unknown task type '{name}'; known: {string.Join(", ", TaskType.All.Select(t => t.ShortName))}.");
    }

    static void Add(List<PromptTemplate> templates, YamlFields item, PromptTemplate template)
    {
        if (templates.Any(t => t.Name == template.Name)) throw item.Error("the name is used twice; give every template its own.");
        templates.Add(template);
    }
}

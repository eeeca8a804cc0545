using System.Security.Cryptography;
using System.Text;
using Bonito.Tasks;

namespace Bonito.Templates;

/// <summary>The meta-templates of one plain YAML file, by task type.</summary>
public sealed class MetaTemplateLibrary
{
    readonly Dictionary<TaskType, IReadOnlyList<MetaTemplate>> _byTaskType;

    MetaTemplateLibrary(string source, string text, IReadOnlyList<MetaTemplate> templates)
    {
        Source = source;
        Hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        Templates = templates;
        _byTaskType = templates.GroupBy(t => t.TaskType).ToDictionary(g => g.Key, g => (IReadOnlyList<MetaTemplate>)[.. g]);
    }

    /// <summary>The file, or <c>builtin</c>.</summary>
    public string Source { get; }

    /// <summary>SHA-256 of the file's text.</summary>
    public string Hash { get; }

    /// <summary>All of them, in the file's order.</summary>
    public IReadOnlyList<MetaTemplate> Templates { get; }

    /// <summary>Those of one task type, in the file's order; empty when there are none.</summary>
    public IReadOnlyList<MetaTemplate> Of(TaskType taskType) => _byTaskType.GetValueOrDefault(taskType, []);

    /// <summary>Reads a file, or the library that ships with Bonito when <paramref name="file"/> is null.</summary>
    /// <exception cref="BonitoException">The file cannot be read or breaks the format.</exception>
    public static MetaTemplateLibrary Load(string? file = null) =>
        file is null ? Parse("builtin", BuiltinFile.Read("meta-templates.yaml")) : Parse(file, BuiltinFile.ReadUser(file));

    /// <summary>Reads the text of a template file; <paramref name="source"/> names it in errors.</summary>
    /// <exception cref="BonitoException">The text breaks the format.</exception>
    public static MetaTemplateLibrary Parse(string source, string text)
    {
        YamlFields root = YamlFields.Parse(source, text);
        var templates = new List<MetaTemplate>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (YamlFields item in root.Items("templates", "a template"))
        {
            string name = item.Text("name");
            item.What = $"template '{name}'";
            if (!names.Add(name)) throw item.Error("the name is used twice; give every template its own.");
            string typeName = item.Text("task_type");
            if (!TaskType.TryParse(typeName, out TaskType? taskType))
            {
                throw item.Error(
                    $"unknown task type '{typeName}'; known: {string.Join(", ", TaskType.All.Select(t => t.ShortName))}.");
            }
            string input = item.Text("input"), output = item.Text("output");
            IReadOnlyDictionary<string, string>? words = item.PairsOrNull("answer_choices");
            item.Finish();
            try
            {
                templates.Add(new MetaTemplate(name, taskType, input, output, words));
            }
            catch (BonitoException e)
            {
                throw new BonitoException($"{item.Where}: {e.Message}", e);
            }
        }
        root.Finish();
        if (templates.Count == 0) throw new BonitoException($"{source}: the list 'templates' is empty.");
        return new MetaTemplateLibrary(source, text, templates);
    }
}

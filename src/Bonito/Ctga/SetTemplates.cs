using Bonito.Tasks;
using Bonito.Templates;

namespace Bonito.Ctga;

/// <summary>A template that a set cannot use.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why, as half a sentence.</param>
public sealed record RefusedTemplate(string Name, string Reason);

/// <summary>The meta-templates that a set can use of a library, and why it cannot use the others that were written for it.</summary>
internal sealed class SetTemplates
{
    SetTemplates(IReadOnlyList<MetaTemplate> overColumns, IReadOnlyList<MetaTemplate> overRoles, IReadOnlyList<RefusedTemplate> refused) =>
        (OverColumns, OverRoles, Refused, All) = (overColumns, overRoles, refused, [.. overColumns, .. overRoles]);

    /// <summary>Templates that read the set's columns.</summary>
    public IReadOnlyList<MetaTemplate> OverColumns { get; }

    /// <summary>Templates that read the roles that the set's columns are mapped to.</summary>
    public IReadOnlyList<MetaTemplate> OverRoles { get; }

    /// <summary>Those over columns, then those over roles; positions in this list are what tells templates apart in a build.</summary>
    public IReadOnlyList<MetaTemplate> All { get; }

    public IReadOnlyList<RefusedTemplate> Refused { get; }

    /// <exception cref="BonitoException">A template over roles does not make a meta-template, or two that a set can use have one name.</exception>
    public static SetTemplates Of(SourceSet set, TemplateLibrary library, IReadOnlyList<MetaTemplate> overRoles)
    {
        var accepted = new List<MetaTemplate>();
        var refused = new List<RefusedTemplate>();
        foreach (PromptTemplateFile file in library.Of(set.Dataset, set.Configuration))
        {
            foreach (PromptTemplate template in file.Templates)
            {
                TaskType? taskType = template.TaskType ?? set.TemplateTaskTypes.GetValueOrDefault(template.Name);
                if (MetaTemplate.Remix(file, template, taskType, set.Context, out string refusal) is { } meta) accepted.Add(meta);
                else refused.Add(new RefusedTemplate(template.Name, refusal));
            }
        }
        bool documents = set.Parts.Any(p => p.Documents is not null);
        HashSet<TaskType> served = [.. set.Tasks.Select(t => t.TaskType)];
        var templates = new SetTemplates(accepted, [.. overRoles.Where(t => documents || served.Contains(t.TaskType))], refused);
        if (templates.All.GroupBy(t => t.Template.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw new BonitoException($"set '{set.Name}': two templates are called '{twice.Key}': {string.Join(" and ", twice.Select(t => t.Template.Origin))}. Rename one, or leave one of the files out.");
        return templates;
    }

    /// <summary>The templates over roles of a library, remixed once for all sets.</summary>
    /// <exception cref="BonitoException">One of them does not make a meta-template.</exception>
    public static IReadOnlyList<MetaTemplate> ReadOverRoles(TemplateLibrary library)
    {
        var templates = new List<MetaTemplate>();
        foreach (PromptTemplateFile file in library.OverRoles)
        {
            foreach (PromptTemplate template in file.Templates)
            {
                MetaTemplate meta = MetaTemplate.Remix(file, template, template.TaskType, "{{ context }}", out string refusal)
                    ?? throw new BonitoException($"{template.Origin}: template '{template.Name}': {refusal}.");
                if (meta.Reads.FirstOrDefault(name => !Roles.All.Contains(name)) is { } unknown)
                    throw new BonitoException($"{template.Origin}: template '{template.Name}' reads '{unknown}', which is no role; roles: {string.Join(", ", Roles.All)}. A file whose templates read columns says of which dataset ('dataset').");
                templates.Add(meta);
            }
        }
        return templates;
    }
}

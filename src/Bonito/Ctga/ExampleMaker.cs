using System.Globalization;
using Bonito.Tasks;
using Bonito.Templates;

namespace Bonito.Ctga;

/// <summary>What became of one candidate: an example, or the reason for its drop.</summary>
internal readonly record struct Outcome(CtgaExample? Example, DropReason Reason)
{
    public static implicit operator Outcome(DropReason reason) => new(null, reason);
}

/// <summary>Makes examples of a set's rows. Pure: the outcome depends on the row and the seed only.</summary>
internal sealed class ExampleMaker(MetaTemplateLibrary templates, CtgaOptions options)
{
    /// <summary>Shorter contexts, in characters, leave nothing to ask about.</summary>
    const int MinContextLength = 10;

    static readonly string[] Markers =
    [
        BonitoPrompt.TaskTypeMarker, BonitoPrompt.ContextMarker, BonitoPrompt.TaskMarker, BonitoPrompt.PipeMarker,
        BonitoPrompt.ContextPlaceholder,
    ];

    /// <summary>All candidates of a row of columns.</summary>
    /// <param name="set">The row's set.</param>
    /// <param name="part">The part of the set that the row belongs to.</param>
    /// <param name="row">The row.</param>
    public List<Outcome> FromRow(SourceSet set, SourcePart part, SourceRow row)
    {
        var outcomes = new List<Outcome>(part.Tasks.Count);
        var shared = new Dictionary<string, string>(StringComparer.Ordinal);
        Evaluate(part.Roles, part, row, shared);
        foreach (SourceTask task in part.Tasks)
        {
            Dictionary<string, string> roles = shared;
            if (task.Roles.Count > 0)
            {
                roles = new Dictionary<string, string>(shared, StringComparer.Ordinal);
                foreach (string role in task.Roles.Keys) roles.Remove(role);
                Evaluate(task.Roles, part, row, roles);
            }
            if (!Passes(task, roles)) outcomes.Add(DropReason.Filtered);
            else if (part.Roles.Keys.Concat(task.Roles.Keys).Any(role => !roles.ContainsKey(role))) outcomes.Add(DropReason.MissingRole);
            else Compose(set.Name, task.TaskType, roles, outcomes);
        }
        return outcomes;
    }

    /// <summary>All candidates of a document: the tasks that the text rules find in it.</summary>
    public List<Outcome> FromDocument(SourceSet set, TextDocument document, int seed)
    {
        var outcomes = new List<Outcome>();
        foreach (RuleRow row in TextRules.Make(document, seed)) Compose(set.Name, row.TaskType, row.Roles, outcomes);
        return outcomes;
    }

    /// <summary>Adds the candidates of one set of roles: an example or a drop for each template picked.</summary>
    void Compose(
        string dataset, TaskType taskType, IReadOnlyDictionary<string, string> roles, List<Outcome> outcomes)
    {
        if (Refuse(taskType, roles) is { } reason)
        {
            outcomes.Add(reason);
            return;
        }
        List<MetaTemplate> fitting = [.. templates.Of(taskType).Where(t => t.Fits(roles))];
        if (fitting.Count == 0)
        {
            outcomes.Add(DropReason.NoFittingTemplate);
            return;
        }
        string[] content = [.. roles.OrderBy(r => r.Key, StringComparer.Ordinal).SelectMany(r => (string[])[r.Key, r.Value])];
        for (int k = 0; k < options.TemplatesPerRow && fitting.Count > 0; k++)
        {
            // Drawn by content, so that a row that comes twice gives the same example twice and is found out.
            UInt128 draw = Fingerprint.Of(options.Seed, "template", [k.ToString(CultureInfo.InvariantCulture), taskType.ShortName, .. content]);
            int picked = (int)(draw % (UInt128)fitting.Count);
            (string input, string output) = fitting[picked].Render(roles);
            fitting.RemoveAt(picked);
            outcomes.Add(input.Length == 0 || output.Length == 0
                ? DropReason.EmptyText
                : new Outcome(new CtgaExample(taskType, dataset, roles[Roles.Context], input, output), default));
        }
    }

    DropReason? Refuse(TaskType taskType, IReadOnlyDictionary<string, string> roles)
    {
        if (!roles.TryGetValue(Roles.Context, out string? context)) return DropReason.MissingRole;
        if (context.Length < MinContextLength) return DropReason.ContextTooShort;
        if (context.Length > options.MaxContextLength) return DropReason.ContextTooLong;
        if (roles.Values.Any(value => Markers.Any(marker => value.Contains(marker, StringComparison.Ordinal))))
        {
            return DropReason.MarkerInText;
        }
        if (taskType == TaskType.ExtractiveQuestionAnswering && roles.TryGetValue(Roles.Answer, out string? answer)
            && !context.Contains(answer, StringComparison.Ordinal))
        {
            return DropReason.AnswerNotInContext;
        }
        return null;
    }

    static bool Passes(SourceTask task, Dictionary<string, string> roles) =>
        task.Where.All(w => roles.TryGetValue(w.Key, out string? value) && w.Value.Contains(value))
        && !task.Unless.Any(u => roles.TryGetValue(u.Key, out string? value) && u.Value.Contains(value));

    static void Evaluate(
        IReadOnlyDictionary<string, RoleExpression> expressions, SourcePart part, SourceRow row, Dictionary<string, string> roles)
    {
        // The choices first: an answer may be picked from them.
        foreach ((string role, RoleExpression expression) in expressions.OrderBy(e => e.Key == Roles.Choices ? 0 : 1))
        {
            string[] choices = roles.TryGetValue(Roles.Choices, out string? list) ? Roles.Items(list) : [];
            string? value = expression.Evaluate(row, text => TextCleaning.Clean(text, part.Clean), choices);
            if (value is null) continue;
            // Only passages keep their paragraphs, and choices their items.
            roles[role] = role is Roles.Context or Roles.Choices ? value.Trim() : value.Replace('\n', ' ').Trim();
        }
    }
}

using Bonito.Rows;
using Bonito.Tasks;
using Bonito.Templates;

namespace Bonito.Ctga;

/// <summary>What became of one candidate: an example, or the reason for its drop.</summary>
/// <param name="Example">The example; null for a drop.</param>
/// <param name="Reason">Of the drop.</param>
/// <param name="Template">Position among the set's templates; -1 when none was drawn.</param>
/// <param name="Error">What went wrong, where the reason does not say it all.</param>
internal readonly record struct Outcome(CtgaExample? Example, DropReason Reason, int Template = -1, string? Error = null)
{
    public static implicit operator Outcome(DropReason reason) => new(null, reason);
}

/// <summary>Makes examples of a set's rows. Pure: the outcome depends on the row and the options only.</summary>
internal sealed class ExampleMaker(SetTemplates templates, CtgaOptions options, EvaluationTexts? evaluation)
{
    /// <summary>Shorter contexts, in characters, leave nothing to ask about.</summary>
    const int MinContextLength = 10;

    static readonly Row Nothing = new([], []);

    readonly Fits overColumns = new(templates.OverColumns, 0);
    readonly Fits overRoles = new(templates.OverRoles, templates.OverColumns.Count);

    /// <summary>All candidates of a row.</summary>
    /// <param name="mapper">Of the part that the row belongs to.</param>
    /// <param name="read">The row as the file has it.</param>
    public List<Outcome> FromRow(RowMapper mapper, ReadRow read)
    {
        try
        {
            Row columns = mapper.Columns(read.Row);
            if (columns.TryGetValue(Roles.Label, out object? label) && label is -1L) return [DropReason.Unlabelled];
            if (RowTexts.Protect(columns) is not { } row) return [DropReason.MarkerInText];
            if (templates.OverRoles.Count == 0) return Compose(row, Nothing, null);
            Row roles = mapper.Roles(row);
            HashSet<TaskType> served = mapper.Serves(row, roles);
            return served.Count == 0 && templates.OverColumns.Count == 0 ? [DropReason.Filtered] : Compose(row, roles, served);
        }
        catch (BonitoException e)
        {
            return [new Outcome(null, DropReason.Unmapped, -1, $"{read.Origin}: {e.Message}")];
        }
    }

    /// <summary>All candidates of a document: the tasks that the text rules find in it.</summary>
    public List<Outcome> FromDocument(TextDocument document)
    {
        var outcomes = new List<Outcome>();
        foreach (RuleRow rule in TextRules.Make(document, options.Seed))
        {
            Row roles = new([.. rule.Roles.Keys], [.. rule.Roles.Select(r => r.Key == Roles.Choices ? (object?[])r.Value.Split('\n') : (object?)r.Value)]);
            if (RowTexts.Protect(roles) is { } row) outcomes.AddRange(Compose(Nothing, row, [rule.TaskType]));
            else outcomes.Add(DropReason.MarkerInText);
        }
        return outcomes;
    }

    /// <summary>Draws templates and renders them; by content, so that a row that comes twice gives the same example twice and is found out.</summary>
    List<Outcome> Compose(Row columns, Row roles, HashSet<TaskType>? served)
    {
        var fitting = new List<int>();
        overColumns.Add(columns, null, fitting);
        if (served is not null) overRoles.Add(roles, served, fitting);
        if (fitting.Count == 0) return [DropReason.NoFittingTemplate];
        UInt128 hash = Fingerprint.Of(options.Seed, "template", roles.Count > 0 ? roles : columns);
        var outcomes = new List<Outcome>();
        if (!options.PerTaskType) Draw(fitting, hash, columns, roles, outcomes);
        else
        {
            foreach (IGrouping<TaskType, int> group in fitting.GroupBy(i => templates.All[i].TaskType)) Draw([.. group], hash, columns, roles, outcomes);
        }
        return outcomes;
    }

    void Draw(List<int> fitting, UInt128 hash, Row columns, Row roles, List<Outcome> outcomes)
    {
        for (int k = 0; k < options.TemplatesPerRow && fitting.Count > 0; k++)
        {
            ulong draw = Fingerprint.Draw(hash, k);
            int picked = (int)(draw % (ulong)fitting.Count);
            int template = fitting[picked];
            fitting.RemoveAt(picked);
            outcomes.Add(Render(template, template < templates.OverColumns.Count ? columns : roles, draw));
        }
    }

    Outcome Render(int index, Row row, ulong seed)
    {
        MetaTemplate template = templates.All[index];
        RenderedTask? rendered;
        try
        {
            rendered = template.Render(row, seed);
        }
        catch (BonitoException e)
        {
            return new Outcome(null, DropReason.TemplateFailed, index, e.Message);
        }
        if (rendered is not { } task) return new Outcome(null, DropReason.TooManyParts, index);
        return Refuse(template, row, task) is { } reason
            ? new Outcome(null, reason, index)
            : new Outcome(new CtgaExample(template.TaskType, task.Context, task.Input, task.Output), default, index);
    }

    DropReason? Refuse(MetaTemplate template, Row row, in RenderedTask task)
    {
        if (task.Input.Length == 0 || task.Output.Length == 0) return DropReason.EmptyText;
        if (task.Context.Length < MinContextLength) return DropReason.ContextTooShort;
        if (task.Context.Length > options.MaxContextLength) return DropReason.ContextTooLong;
        // Over columns nothing says which one the answer is.
        if (template.TaskType == TaskType.ExtractiveQuestionAnswering && template.IsOverRoles
            && row.TryGetValue(Roles.Answer, out object? answer) && answer is string text && !task.Context.Contains(text, StringComparison.Ordinal))
        {
            return DropReason.AnswerNotInContext;
        }
        if (evaluation is not null && (evaluation.Overlaps(task.Context) || evaluation.Overlaps(task.Input) || evaluation.Overlaps(task.Output)))
            return DropReason.EvaluationOverlap;
        return null;
    }

    /// <summary>Finds the templates that have all they read in a row.</summary>
    sealed class Fits
    {
        readonly IReadOnlyList<MetaTemplate> templates;
        readonly int first;
        readonly string[] names;
        readonly int[][] reads;

        /// <param name="templates">The templates.</param>
        /// <param name="first">What the first of them counts as.</param>
        public Fits(IReadOnlyList<MetaTemplate> templates, int first)
        {
            (this.templates, this.first) = (templates, first);
            names = [.. templates.SelectMany(t => t.Reads).Distinct()];
            reads = [.. templates.Select(t => t.Reads.Select(name => Array.IndexOf(names, name)).ToArray())];
        }

        public void Add(Row row, HashSet<TaskType>? served, List<int> fitting)
        {
            Span<bool> there = names.Length <= 256 ? stackalloc bool[names.Length] : new bool[names.Length];
            for (int i = 0; i < names.Length; i++) there[i] = row.TryGetValue(names[i], out object? value) && value is not null;
            for (int i = 0; i < templates.Count; i++)
            {
                if (served is null || served.Contains(templates[i].TaskType))
                {
                    if (AllThere(reads[i], there)) fitting.Add(first + i);
                }
            }
        }

        static bool AllThere(int[] columns, ReadOnlySpan<bool> there)
        {
            foreach (int column in columns)
            {
                if (!there[column]) return false;
            }
            return true;
        }
    }
}

using Bonito.Rows;
using Bonito.Tasks;

namespace Bonito.Ctga;

/// <summary>One supervised dataset, or a body of plain text that the text rules make rows of; the members are the fields of <c>sources.yaml</c>.</summary>
/// <param name="Name">What the rows and the reports call it.</param>
/// <param name="Dataset">Published name, which template files call it.</param>
/// <param name="Configuration">Of the published dataset; null where it has none.</param>
/// <param name="Licence">As its publisher states it.</param>
/// <param name="Commercial">Whether that licence allows commercial use.</param>
/// <param name="Context">Where the passage stands in templates over the set's columns, as a Jinja text.</param>
/// <param name="TemplateTaskTypes">Task types of templates whose file does not say them, by template name.</param>
/// <param name="Roles">How the roles of templates over roles come from the columns.</param>
/// <param name="Tasks">The task types of templates over roles that the set serves.</param>
/// <param name="Parts">Its files.</param>
/// <param name="Where">File and line of the entry.</param>
internal sealed record SourceSet(
    string Name,
    string Dataset,
    string? Configuration,
    string Licence,
    bool Commercial,
    string Context,
    IReadOnlyDictionary<string, TaskType> TemplateTaskTypes,
    ColumnMap Roles,
    IReadOnlyList<SourceTask> Tasks,
    IReadOnlyList<SourcePart> Parts,
    string Where);

/// <summary>Files of a set that share a layout and a mapping.</summary>
/// <param name="Source">Which files, and how they hold their rows.</param>
/// <param name="Documents">How the rows hold documents of plain text; null where they are rows of the set.</param>
/// <param name="Clean">Steps of <see cref="TextCleaning"/> for every text of the rows.</param>
/// <param name="Columns">The published columns that the files' own do not give as they are.</param>
/// <param name="Roles">Roles that come otherwise than the set's.</param>
/// <param name="Where">File and line of the entry.</param>
internal sealed record SourcePart(
    RowSource Source, DocumentLayout? Documents, IReadOnlyList<string> Clean, ColumnMap Columns, ColumnMap Roles, string Where);

/// <summary>How files hold documents of plain text.</summary>
internal enum DocumentLayout { WholeFiles, WikiExtractor }

/// <summary>A task type that a set serves with templates over roles.</summary>
/// <param name="TaskType">The task type.</param>
/// <param name="Condition">What must hold for a row; null: nothing.</param>
internal sealed record SourceTask(TaskType TaskType, RowExpression? Condition);

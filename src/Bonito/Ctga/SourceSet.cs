using Bonito.Tasks;

namespace Bonito.Ctga;

/// <summary>The layouts a source file can have; the catalogue's head says what each means.</summary>
internal enum SourceFormat { JsonLines, Json, Csv, Tsv, Lines, Files, WikiExtractor, Text }

/// <summary>One supervised dataset, or a body of plain text that the text rules make rows of.</summary>
internal sealed record SourceSet(string Name, string Licence, bool Commercial, IReadOnlyList<SourcePart> Parts);

/// <summary>Files of a set that share a layout and a mapping.</summary>
internal sealed record SourcePart(
    IReadOnlyList<string> Files,
    IReadOnlyList<string> Members,
    SourceFormat Format,
    RowsPath Rows,
    IReadOnlyList<string> Columns,
    IReadOnlyList<string> Clean,
    IReadOnlyDictionary<string, RoleExpression> Roles,
    IReadOnlyList<SourceTask> Tasks)
{
    /// <summary>Whether rows come from the text rules instead of columns.</summary>
    public bool IsText => Format is SourceFormat.WikiExtractor or SourceFormat.Text;
}

/// <summary>One task type that a part serves.</summary>
/// <param name="TaskType">The task type.</param>
/// <param name="Roles">Roles that differ from the part's for this task type.</param>
/// <param name="Where">Allowed values of roles; a row with another value is filtered.</param>
/// <param name="Unless">Refused values of roles.</param>
internal sealed record SourceTask(
    TaskType TaskType,
    IReadOnlyDictionary<string, RoleExpression> Roles,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Where,
    IReadOnlyDictionary<string, IReadOnlyList<string>> Unless);

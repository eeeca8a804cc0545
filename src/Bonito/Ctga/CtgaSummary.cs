using Bonito.Tasks;

namespace Bonito.Ctga;

/// <summary>Why a candidate (a row with one task type and one template) did not become a row of the training set.</summary>
public enum DropReason
{
    /// <summary>A role is missing or empty: a null column, an unknown label, an unmatched pattern.</summary>
    MissingRole,

    /// <summary>The catalogue keeps such rows from this task type.</summary>
    Filtered,

    ContextTooShort,

    ContextTooLong,

    /// <summary>A text contains a marker of the Bonito format, which would make the completion unreadable.</summary>
    MarkerInText,

    /// <summary>The answer of extractive question answering is not a part of the context.</summary>
    AnswerNotInContext,

    /// <summary>No meta-template of the task type fits the roles of the row.</summary>
    NoFittingTemplate,

    /// <summary>The template rendered an empty task input or output.</summary>
    EmptyText,

    /// <summary>The same prompt and completion came before.</summary>
    Duplicate,

    /// <summary>Not in the sample that the limit per set allows.</summary>
    OverLimit,
}

/// <summary>A source file: which one, and that it was this one.</summary>
/// <param name="Name">Path below the folder it was found in.</param>
/// <param name="Sha256">Hash of its bytes as they lie there, in lower-case hexadecimal.</param>
public sealed record CtgaFile(string Name, string Sha256);

/// <summary>What became of one source set. <see cref="Candidates"/> equals the rows written plus the rows dropped.</summary>
/// <param name="Name">The set.</param>
/// <param name="Licence">As its publisher states it.</param>
/// <param name="Commercial">Whether that licence allows commercial use.</param>
/// <param name="Files">Files that were read, with their hashes.</param>
/// <param name="Missing">File patterns of the catalogue that match no file.</param>
/// <param name="RowsRead">Rows (or documents) read.</param>
/// <param name="Candidates">Rows times task types times templates.</param>
/// <param name="Written">Rows written per task type's short name, hold-out included.</param>
/// <param name="Dropped">Candidates dropped per reason.</param>
public sealed record CtgaSetSummary(
    string Name, string Licence, bool Commercial, IReadOnlyList<CtgaFile> Files, IReadOnlyList<string> Missing,
    long RowsRead, long Candidates,
    IReadOnlyDictionary<string, long> Written, IReadOnlyDictionary<DropReason, long> Dropped);

/// <summary>The result of a build: what was written, what was dropped and why.</summary>
/// <param name="OutputDirectory">Where it lies.</param>
/// <param name="Training">Rows in <c>train.jsonl</c>.</param>
/// <param name="Validation">Rows in <c>validation.jsonl</c>.</param>
/// <param name="Sets">Every set that was asked for, in the catalogue's order; a set without files has no rows.</param>
public sealed record CtgaSummary(
    string OutputDirectory, long Training, long Validation, IReadOnlyList<CtgaSetSummary> Sets)
{
    /// <summary>Rows written per task type, in the order of <see cref="TaskType.All"/>, without types that have none.</summary>
    public IReadOnlyList<(TaskType TaskType, long Count)> PerTaskType => [.. TaskType.All
        .Select(t => (t, Sets.Sum(s => s.Written.GetValueOrDefault(t.ShortName))))
        .Where(pair => pair.Item2 > 0)];
}

using System.Text.Json.Serialization;
using Bonito.Tasks;

namespace Bonito.Ctga;

/// <summary>A source file: which one, and that it was this one.</summary>
/// <param name="Name">Path below the folder it was found in.</param>
/// <param name="Sha256">Hash of its bytes as they lie there, in lower-case hexadecimal.</param>
public sealed record CtgaFile(string Name, string Sha256);

/// <summary>What became of the candidates of one template; <see cref="Drawn"/> is the sum of the others.</summary>
/// <param name="Name">The template.</param>
/// <param name="TaskType">Short name of its task type.</param>
/// <param name="Drawn">How often it was chosen for a row.</param>
/// <param name="Written">Rows written, hold-out included.</param>
/// <param name="Dropped">Candidates dropped per reason.</param>
public sealed record CtgaTemplateSummary(string Name, string TaskType, long Drawn, long Written, IReadOnlyDictionary<DropReason, long> Dropped);

/// <summary>What became of one source set. <see cref="Candidates"/> equals the rows written plus the candidates dropped.</summary>
/// <param name="Name">The set.</param>
/// <param name="Licence">As its publisher states it.</param>
/// <param name="Commercial">Whether that licence allows commercial use.</param>
/// <param name="Files">Files that were read, with their hashes.</param>
/// <param name="Missing">File patterns of the catalogue that match no file.</param>
/// <param name="RowsRead">Rows (or documents) read.</param>
/// <param name="Candidates">Templates drawn for rows, and rows for which none was drawn.</param>
/// <param name="Written">Rows written per task type's short name, hold-out included.</param>
/// <param name="Dropped">Candidates dropped per reason, with and without a template.</param>
/// <param name="Templates">Templates that the set can use.</param>
/// <param name="Refused">Templates written for the set that it cannot use.</param>
/// <param name="FirstError">What the first row said that could not be mapped or rendered; null if there was none.</param>
public sealed record CtgaSetSummary(
    string Name, string Licence, bool Commercial, IReadOnlyList<CtgaFile> Files, IReadOnlyList<string> Missing,
    long RowsRead, long Candidates, IReadOnlyDictionary<string, long> Written, IReadOnlyDictionary<DropReason, long> Dropped,
    IReadOnlyList<CtgaTemplateSummary> Templates, IReadOnlyList<RefusedTemplate> Refused, string? FirstError);

/// <summary>The evaluation sets that rows were compared with.</summary>
/// <param name="Files">Files read.</param>
/// <param name="PassedOver">Files of which nothing was read, because their names tell no format.</param>
/// <param name="Ngrams">Different runs of words found in them.</param>
public sealed record CtgaOverlap(IReadOnlyList<string> Files, IReadOnlyList<string> PassedOver, long Ngrams);

/// <summary>The result of a build: what was written, what was dropped and why.</summary>
/// <param name="OutputDirectory">Where it lies.</param>
/// <param name="Training">Rows for training.</param>
/// <param name="Validation">Rows held out.</param>
/// <param name="Sets">Every set that was asked for, in the catalogue's order; a set without files has no rows.</param>
/// <param name="Overlap">The evaluation sets that rows were compared with; null if they were not.</param>
public sealed record CtgaSummary(
    string OutputDirectory, long Training, long Validation, IReadOnlyList<CtgaSetSummary> Sets, CtgaOverlap? Overlap = null)
{
    /// <summary>Rows written per task type, in the order of <see cref="TaskType.All"/>, without types that have none.</summary>
    [JsonIgnore]
    public IReadOnlyList<(TaskType TaskType, long Count)> PerTaskType => [.. TaskType.All
        .Select(t => (t, Sets.Sum(s => s.Written.GetValueOrDefault(t.ShortName))))
        .Where(pair => pair.Item2 > 0)];
}

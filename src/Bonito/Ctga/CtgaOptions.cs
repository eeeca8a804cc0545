using Bonito.Templates;

namespace Bonito.Ctga;

/// <summary>How the rows of a build are stored.</summary>
public enum CtgaFormat
{
    /// <summary><c>train.jsonl</c> and <c>validation.jsonl</c>.</summary>
    JsonLines,

    /// <summary><c>data/train-NNNNN.parquet</c> and <c>data/validation-NNNNN.parquet</c>.</summary>
    Parquet,
}

/// <summary>What to build a training set of the generator from, and how.</summary>
/// <param name="SourcesDirectory">Folder that the file patterns of the catalogue are relative to.</param>
/// <param name="OutputDirectory">Folder to write: new, empty, or that of the same build, which is continued.</param>
/// <param name="MaxExamplesPerSet">Most rows that one source set may give; a seeded, uniform sample beyond it.</param>
/// <param name="Seed">Decides templates, samples, the hold-out and the order.</param>
/// <param name="TemplatesPerRow">Different meta-templates to render per row.</param>
/// <param name="PerTaskType">Draw so many for each task type that a row serves, instead of for the row.</param>
/// <param name="CommercialOnly">Leave out sets whose licence does not allow commercial use.</param>
/// <param name="Sets">Names of the sets to use; null for all.</param>
/// <param name="CatalogueFile">A catalogue to use instead of the one that ships with Bonito.</param>
/// <param name="Templates">Sources of templates, as for <see cref="TemplateLibrary.Load"/>; null: those that ship with Bonito.</param>
/// <param name="TextDirectory">Second folder to look for files in, for bodies of plain text.</param>
/// <param name="MaxContextLength">Longest context in characters; rows with a longer one are dropped.</param>
/// <param name="Threads">Worker threads; null for one per processor. The result does not depend on it.</param>
/// <param name="SetLimits">Lower limits of single sets, by name: a set of many questions about few passages would outweigh the others.</param>
/// <param name="Format">How the rows are stored.</param>
/// <param name="ExcludeOverlapDirectory">Evaluation sets: rows that share 13 consecutive words with them are dropped; null: none.</param>
public sealed record CtgaOptions(
    string SourcesDirectory,
    string OutputDirectory,
    int MaxExamplesPerSet = 100_000,
    int Seed = 42,
    int TemplatesPerRow = 1,
    bool PerTaskType = false,
    bool CommercialOnly = false,
    IReadOnlyList<string>? Sets = null,
    string? CatalogueFile = null,
    IReadOnlyList<string>? Templates = null,
    string? TextDirectory = null,
    int MaxContextLength = 6_000,
    int? Threads = null,
    IReadOnlyDictionary<string, int>? SetLimits = null,
    CtgaFormat Format = CtgaFormat.JsonLines,
    string? ExcludeOverlapDirectory = null)
{
    /// <summary>Most rows of a set.</summary>
    public int Limit(string set) => Math.Min(MaxExamplesPerSet, SetLimits?.GetValueOrDefault(set, MaxExamplesPerSet) ?? MaxExamplesPerSet);

    /// <summary>Where files are looked for, in turn.</summary>
    internal string[] Folders => TextDirectory is null ? [SourcesDirectory] : [SourcesDirectory, TextDirectory];
}

/// <summary>Where a build stands.</summary>
/// <param name="Set">The set being read; null while the rows are written.</param>
/// <param name="SetsDone">Sets that were read.</param>
/// <param name="SetsTotal">Sets to read.</param>
/// <param name="RowsRead">Rows read so far, of all sets.</param>
/// <param name="ExamplesWritten">Rows written so far.</param>
public sealed record CtgaProgress(string? Set, int SetsDone, int SetsTotal, long RowsRead, long ExamplesWritten);

namespace Bonito.Ctga;

/// <summary>What to build a training set of the generator from, and how.</summary>
/// <param name="SourcesDirectory">Folder that the file patterns of the catalogue are relative to.</param>
/// <param name="OutputDirectory">Folder to write; files of an earlier build in it are replaced.</param>
/// <param name="MaxExamplesPerSet">Most rows that one source set may give; a seeded, uniform sample beyond it.</param>
/// <param name="Seed">Decides templates, samples, the hold-out and the order.</param>
/// <param name="TemplatesPerRow">Different meta-templates to render per row and task type.</param>
/// <param name="CommercialOnly">Leave out sets whose licence does not allow commercial use.</param>
/// <param name="Sets">Names of the sets to use; null for all.</param>
/// <param name="CatalogueFile">A catalogue to use instead of the one that ships with Bonito.</param>
/// <param name="TemplatesFile">Meta-templates to use instead of those that ship with Bonito.</param>
/// <param name="TextDirectory">Second folder to look for files in, for bodies of plain text.</param>
/// <param name="MaxContextLength">Longest context in characters; rows with a longer one are dropped.</param>
/// <param name="Threads">Worker threads; null for one per processor. The result does not depend on it.</param>
/// <param name="SetLimits">Lower limits of single sets, by name: a set of many questions about few passages would outweigh the others.</param>
public sealed record CtgaOptions(
    string SourcesDirectory,
    string OutputDirectory,
    int MaxExamplesPerSet = 100_000,
    int Seed = 42,
    int TemplatesPerRow = 1,
    bool CommercialOnly = false,
    IReadOnlyList<string>? Sets = null,
    string? CatalogueFile = null,
    string? TemplatesFile = null,
    string? TextDirectory = null,
    int MaxContextLength = 6_000,
    int? Threads = null,
    IReadOnlyDictionary<string, int>? SetLimits = null)
{
    /// <summary>Most rows of a set.</summary>
    public int Limit(string set) => Math.Min(MaxExamplesPerSet, SetLimits?.GetValueOrDefault(set, MaxExamplesPerSet) ?? MaxExamplesPerSet);
}

/// <summary>Where a build stands.</summary>
/// <param name="Set">The set being read; null while the rows are shuffled and written.</param>
/// <param name="SetsDone">Sets that were read.</param>
/// <param name="SetsTotal">Sets to read.</param>
/// <param name="RowsRead">Rows read so far, of all sets.</param>
/// <param name="ExamplesWritten">Rows written so far.</param>
public sealed record CtgaProgress(string? Set, int SetsDone, int SetsTotal, long RowsRead, long ExamplesWritten);

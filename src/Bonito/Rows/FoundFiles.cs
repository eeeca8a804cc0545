namespace Bonito.Rows;

/// <summary>A file that a pattern matched.</summary>
/// <param name="Name">Path below the searched folder, with <c>/</c>: what errors and provenance call it.</param>
/// <param name="Path">Full path.</param>
/// <param name="Pattern">Position, among the source's patterns, of the one that matched.</param>
public sealed record SourceFile(string Name, string Path, int Pattern = 0);

/// <summary>The files of a source.</summary>
/// <param name="Files">What is there.</param>
/// <param name="Missing">Patterns that no folder has.</param>
public sealed record FoundFiles(IReadOnlyList<SourceFile> Files, IReadOnlyList<string> Missing);

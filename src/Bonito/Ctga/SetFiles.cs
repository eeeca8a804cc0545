using Bonito.Rows;

namespace Bonito.Ctga;

/// <summary>A set with the files of its parts that are there.</summary>
/// <param name="Set">The set.</param>
/// <param name="Parts">Its parts that have files.</param>
/// <param name="Missing">Patterns of the entry that no folder has.</param>
internal sealed record SetFiles(SourceSet Set, IReadOnlyList<(SourcePart Part, IReadOnlyList<SourceFile> Files)> Parts, IReadOnlyList<string> Missing)
{
    public IEnumerable<SourceFile> Files => Parts.SelectMany(p => p.Files);

    /// <summary>Looks for the files of a set. The published form, where it is there, takes the place of all that stands in for it.</summary>
    public static SetFiles Find(SourceSet set, IReadOnlyList<string> folders)
    {
        FoundFiles published = set.Parts[0].Source.Find(folders);
        if (published.Files.Count > 0) return new SetFiles(set, [(set.Parts[0], published.Files)], []);
        var parts = new List<(SourcePart, IReadOnlyList<SourceFile>)>();
        var missing = new List<string>();
        foreach (SourcePart part in set.Parts.Skip(1))
        {
            FoundFiles found = part.Source.Find(folders);
            if (found.Files.Count > 0) parts.Add((part, found.Files));
            missing.AddRange(found.Missing);
        }
        if (set.Parts.Count == 1) missing.AddRange(published.Missing.Take(1));
        return new SetFiles(set, parts, missing);
    }
}

using System.Text.RegularExpressions;

namespace Bonito.Hub;

/// <summary>A model repository on a hub and the revision of it that is meant, written <c>owner/name</c> or <c>owner/name@revision</c>.</summary>
/// <param name="Revision">A branch, a tag or a commit.</param>
public sealed partial record RepositoryId(string Owner, string Name, string Revision)
{
    const string DefaultRevision = "main";
    const int LongestName = 96, LongestRevision = 200;

    /// <summary><c>owner/name</c>, as in addresses on the hub.</summary>
    public string Path => $"{Owner}/{Name}";

    /// <summary>Whether the revision is a commit, whose content never changes.</summary>
    public bool IsCommit => Commit().IsMatch(Revision);

    /// <summary>Reads an id; null where the text is none.</summary>
    public static RepositoryId? TryParse(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        string path = at < 0 ? text : text[..at], revision = at < 0 ? DefaultRevision : text[(at + 1)..];
        return path.Split('/') is [string owner, string name] && IsName(owner) && IsName(name) && IsRevision(revision) ? new RepositoryId(owner, name, revision) : null;
    }

    /// <param name="revision">Null takes the one in the text, or the hub's default branch.</param>
    /// <exception cref="BonitoException">The text is no id.</exception>
    public static RepositoryId Parse(string text, string? revision = null)
    {
        RepositoryId id = TryParse(text)
            ?? throw new BonitoException($"{FileName.Shown(text)} is no id of a model on a hub: expected owner/name or owner/name@revision, such as BatsResearch/bonito-v1.");
        if (revision is null) return id;
        if (text.Contains('@', StringComparison.Ordinal)) throw new BonitoException($"The revision is given twice, in {text} and as --revision {revision}. Give it once.");
        if (!IsRevision(revision)) throw new BonitoException($"{FileName.Shown(revision)} cannot be a revision: expected the name of a branch or a tag, or a commit.");
        return id with { Revision = revision };
    }

    public override string ToString() => Revision == DefaultRevision ? Path : $"{Path}@{Revision}";

    // What the hub allows; it also keeps the names of folders in the cache apart, whose separator is two hyphens.
    static bool IsName(string text) =>
        text.Length <= LongestName && NameCharacters().IsMatch(text) && !text.Contains("--", StringComparison.Ordinal) && !text.Contains("..", StringComparison.Ordinal);

    // The name of a revision is the name of a file in the cache.
    static bool IsRevision(string text) => text.Length <= LongestRevision && RevisionCharacters().IsMatch(text) && FileName.Trouble(text) is null;

    [GeneratedRegex(@"\A[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?\z")]
    private static partial Regex NameCharacters();

    [GeneratedRegex(@"\A[A-Za-z0-9._/+#=-]+\z")]
    private static partial Regex RevisionCharacters();

    [GeneratedRegex(@"\A[0-9a-f]{40}\z")]
    private static partial Regex Commit();
}

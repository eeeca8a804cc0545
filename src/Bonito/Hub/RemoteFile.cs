namespace Bonito.Hub;

/// <summary>What a repository holds at a revision.</summary>
/// <param name="Commit">40 hexadecimal digits.</param>
/// <param name="Names">Of its files, as the server sent them.</param>
sealed record RepositoryListing(string Commit, IReadOnlyList<string> Names);

/// <summary>A file of a repository, before it is fetched.</summary>
/// <param name="Checksum">SHA-256 (64 hexadecimal digits) or the SHA-1 of git's blob (40); it is also its name in the cache.</param>
/// <param name="Size">Bytes.</param>
sealed record RemoteFile(string Name, string Checksum, long Size);

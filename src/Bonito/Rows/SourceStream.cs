namespace Bonito.Rows;

/// <summary>One stream of rows or text: a file, or a member of an archive.</summary>
/// <param name="Name">Path below the searched folder, with the member's path after a colon.</param>
/// <param name="Path">What tells a file from its neighbours: the member's path in an archive, else the file's below the folder.</param>
/// <param name="Content">Uncompressed bytes; valid until the next stream is asked for. Reading throws <see cref="BonitoException"/> only.</param>
readonly record struct SourceStream(string Name, string Path, Stream Content);

namespace Bonito.Documents;

/// <summary>A text to make tasks from: one file, or one row of a file of rows.</summary>
/// <param name="Name">
/// The file's path below the deepest folder that holds all inputs, with forward slashes; rows of <c>.jsonl</c>,
/// <c>.json</c> and <c>.csv</c> files add <c>#</c> and the row's number from 1. Distinct within one reading.
/// </param>
/// <param name="Text">The decoded text without byte order mark; line ends as they are in the file.</param>
public sealed record Document(string Name, string Text);

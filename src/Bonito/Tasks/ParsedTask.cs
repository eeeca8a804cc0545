namespace Bonito.Tasks;

/// <summary>A completion that has become a task: both parts trimmed, not empty, the context put in its place.</summary>
/// <param name="Input">The instruction, with the context where the generator refers to it.</param>
/// <param name="Output">The answer.</param>
public sealed record ParsedTask(string Input, string Output);

using System.Text.Json.Serialization;
using Bonito.Tasks;

namespace Bonito.Datasets;

/// <summary>A row of <c>dataset.jsonl</c>: a task that was kept, and where it comes from. All rows have the same columns.</summary>
/// <param name="Id">See <see cref="RequestedTask.Id"/>.</param>
/// <param name="TaskType">Written as its short name.</param>
/// <param name="Input">The instruction, the context included where the task needs it.</param>
/// <param name="Output">The answer.</param>
/// <param name="Context">The passage that the task is about.</param>
/// <param name="Document">The name of the document that the context is from.</param>
/// <param name="ContextIndex">The context's number within its document, from 0.</param>
/// <param name="CharStart">Where the context's span starts in the document, in UTF-16 code units.</param>
/// <param name="CharEnd">Where the span ends (exclusive).</param>
/// <param name="Sample">Which of the samples for this context and task type, from 0.</param>
/// <param name="PromptTokens">Tokens that the generator read.</param>
/// <param name="GeneratedTokens">Tokens that it wrote.</param>
public sealed record TaskExample(
    string Id,
    [property: JsonConverter(typeof(TaskTypeConverter))] TaskType TaskType,
    string Input,
    string Output,
    string Context,
    string Document,
    int ContextIndex,
    int CharStart,
    int CharEnd,
    int Sample,
    int PromptTokens,
    int GeneratedTokens)
{
    public static TaskExample From(RequestedTask requested, ParsedTask task, int promptTokens, int generatedTokens) => new(
        requested.Id, requested.TaskType, task.Input, task.Output, requested.Context.Text, requested.Context.Document,
        requested.Context.Index, requested.Context.CharStart, requested.Context.CharEnd, requested.Sample, promptTokens, generatedTokens);
}

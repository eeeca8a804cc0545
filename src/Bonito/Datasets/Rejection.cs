using System.Text.Json.Serialization;
using Bonito.Tasks;

namespace Bonito.Datasets;

/// <summary>A row of <c>rejections.jsonl</c>: a requested task that did not become an example, and why. All rows have the same columns.</summary>
/// <param name="Id">See <see cref="RequestedTask.Id"/>.</param>
/// <param name="TaskType">Written as its short name.</param>
/// <param name="Reason">Written as its snake_case name.</param>
/// <param name="Completion">What the generator wrote, unchanged; empty where it was not asked.</param>
/// <param name="Context">The passage that the task was to be about.</param>
/// <param name="Document">The name of the document that the context is from.</param>
/// <param name="ContextIndex">The context's number within its document, from 0.</param>
/// <param name="CharStart">Where the context's span starts in the document, in UTF-16 code units.</param>
/// <param name="CharEnd">Where the span ends (exclusive).</param>
/// <param name="Sample">Which of the samples for this context and task type, from 0.</param>
/// <param name="PromptTokens">Tokens of the prompt.</param>
/// <param name="GeneratedTokens">Tokens that the generator wrote.</param>
public sealed record Rejection(
    string Id,
    [property: JsonConverter(typeof(TaskTypeConverter))] TaskType TaskType,
    [property: JsonConverter(typeof(RejectionReasonConverter))] RejectionReason Reason,
    string Completion,
    string Context,
    string Document,
    int ContextIndex,
    int CharStart,
    int CharEnd,
    int Sample,
    int PromptTokens,
    int GeneratedTokens)
{
    public static Rejection From(RequestedTask requested, RejectionReason reason, string completion, int promptTokens, int generatedTokens) => new(
        requested.Id, requested.TaskType, reason, completion, requested.Context.Text, requested.Context.Document,
        requested.Context.Index, requested.Context.CharStart, requested.Context.CharEnd, requested.Sample, promptTokens, generatedTokens);
}

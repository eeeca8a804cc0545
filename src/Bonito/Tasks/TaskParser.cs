using System.Diagnostics.CodeAnalysis;

namespace Bonito.Tasks;

/// <summary>Reads what the generator wrote: a completion becomes a task, or a reason why not.</summary>
public static class TaskParser
{
    /// <summary>
    /// A completion is valid when splitting on <c>&lt;|pipe|&gt;</c> gives exactly two parts, neither empty.
    /// In both, <c>{{context}}</c> is replaced by the context; then both are trimmed.
    /// </summary>
    /// <param name="completion">What the generator wrote after the prompt.</param>
    /// <param name="context">The context that the prompt was about.</param>
    /// <param name="reachedLimit">
    /// Whether the generator was stopped by the token limit. Such a completion is still a task if it parses; where
    /// more tokens could have mended it, the reason is <see cref="RejectionReason.Truncated"/>.
    /// </param>
    /// <param name="task">The task, if the completion is valid.</param>
    /// <param name="reason">Why it is not, otherwise.</param>
    public static bool TryParse(
        string completion,
        string context,
        bool reachedLimit,
        [NotNullWhen(true)] out ParsedTask? task,
        [NotNullWhen(false)] out RejectionReason? reason)
    {
        task = null;
        string[] parts = completion.Split(BonitoPrompt.PipeMarker);
        if (parts.Length == 1)
        {
            reason = reachedLimit ? RejectionReason.Truncated : RejectionReason.NoPipe;
            return false;
        }

        if (parts.Length > 2)
        {
            reason = RejectionReason.MultiplePipes;
            return false;
        }

        string input = Fill(parts[0], context);
        if (input.Length == 0)
        {
            reason = RejectionReason.EmptyInput;
            return false;
        }

        string output = Fill(parts[1], context);
        if (output.Length == 0)
        {
            reason = reachedLimit ? RejectionReason.Truncated : RejectionReason.EmptyOutput;
            return false;
        }

        task = new ParsedTask(input, output);
        reason = null;
        return true;
    }

    static string Fill(string part, string context) =>
        part.Replace(BonitoPrompt.ContextPlaceholder, context, StringComparison.Ordinal).Trim();
}

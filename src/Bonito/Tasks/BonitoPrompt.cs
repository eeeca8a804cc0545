namespace Bonito.Tasks;

/// <summary>
/// Writes the two texts of the Bonito format: the prompt that the generator reads and the completion that it learns
/// to write. The markers are plain text, not special tokens.
/// </summary>
public static class BonitoPrompt
{
    public const string TaskTypeMarker = "<|tasktype|>";
    public const string ContextMarker = "<|context|>";
    public const string TaskMarker = "<|task|>";

    /// <summary>Stands between the task's input and its output in a completion.</summary>
    public const string PipeMarker = "<|pipe|>";

    /// <summary>Stands for the whole context inside a completion, so that the generator need not copy it.</summary>
    public const string ContextPlaceholder = "{{context}}";

    /// <summary>The prompt that asks the generator for one task of this type about this context.</summary>
    public static string Format(TaskType taskType, string context) =>
        $"{TaskTypeMarker}\n{taskType.FullName}\n{ContextMarker}\n{context.Trim()}\n{TaskMarker}\n";

    /// <summary>The completion that a generator should write for a task; what <see cref="TaskParser"/> reads.</summary>
    public static string FormatCompletion(string taskInput, string taskOutput) =>
        $"{taskInput}\n{PipeMarker}\n{taskOutput}";
}

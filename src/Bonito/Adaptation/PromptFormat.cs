using Bonito.Tasks;

namespace Bonito.Adaptation;

/// <summary>How an input becomes what a model reads.</summary>
public enum PromptFormat
{
    /// <summary>
    /// For generators. A prompt stands as it is, as in the rows of <c>bonito ctga build</c>; of a row with context and task type, as
    /// <c>bonito generate</c> writes them, prompt and completion of its task are made. Any other input stands as it is.
    /// </summary>
    Generator,

    /// <summary>The paper's format for target models: <c>&lt;|input|&gt;\n{input}\n&lt;|output|&gt;\n</c>.</summary>
    Instruct,

    /// <summary>Mistral-Instruct: <c>[INST] {input} [/INST]</c>.</summary>
    Mistral,

    /// <summary>The model's own chat template.</summary>
    Chat,

    /// <summary>The input as it stands.</summary>
    Plain,
}

/// <summary>Names of prompt formats, and what they write.</summary>
public static class PromptFormats
{
    public const string Names = "generator, instruct, mistral, chat, plain";

    /// <summary>As flags and <c>config.json</c> write it.</summary>
    public static string Name(this PromptFormat format) => format switch
    {
        PromptFormat.Generator => "generator",
        PromptFormat.Instruct => "instruct",
        PromptFormat.Mistral => "mistral",
        PromptFormat.Chat => "chat",
        _ => "plain",
    };

    /// <summary>The format of this name; null when there is none.</summary>
    public static PromptFormat? Find(string name) => Enum.GetValues<PromptFormat>().Cast<PromptFormat?>().FirstOrDefault(format => format!.Value.Name() == name);

    /// <summary>The format for a target model: Mistral-Instruct's own, a chat model's template, else the paper's.</summary>
    /// <param name="template">The model's chat template; null where it has none.</param>
    public static PromptFormat Choose(DataFormat data, ChatTemplate? template) =>
        data == DataFormat.Messages ? PromptFormat.Chat
        : template is null ? PromptFormat.Instruct
        : template.IsMistral ? PromptFormat.Mistral
        : PromptFormat.Chat;

    /// <summary>What the model reads and what it is to write, for all formats but <see cref="PromptFormat.Chat"/>.</summary>
    public static (string Source, string Target) Write(this PromptFormat format, InstructionRow row) => format switch
    {
        PromptFormat.Generator => Generator(row),
        PromptFormat.Instruct => ($"<|input|>\n{row.Input}\n<|output|>\n", row.Output),
        PromptFormat.Mistral => ($"[INST] {row.Input} [/INST]", row.Output),
        PromptFormat.Plain => (row.Input, row.Output),
        _ => throw new ArgumentException("A chat template writes ids, not two texts.", nameof(format)),
    };

    static (string Source, string Target) Generator(InstructionRow row)
    {
        if (row.Context is not { } context || row.TaskType is not { } name || row.Input.StartsWith(BonitoPrompt.TaskTypeMarker, StringComparison.Ordinal)) return (row.Input, row.Output);
        if (!TaskType.TryParse(name, out TaskType? taskType)) throw new BonitoException($"{row.Place}: '{name}' is not a task type; see 'bonito tasks'.");
        string trimmed = context.Trim();
        return (BonitoPrompt.Format(taskType, trimmed), BonitoPrompt.FormatCompletion(WithPlaceholder(row.Input), WithPlaceholder(row.Output)));

        string WithPlaceholder(string text) => trimmed.Length == 0 ? text : text.Replace(trimmed, BonitoPrompt.ContextPlaceholder, StringComparison.Ordinal);
    }
}

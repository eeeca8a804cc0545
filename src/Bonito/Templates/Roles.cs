namespace Bonito.Templates;

/// <summary>
/// The normalised columns of a supervised row. A source set maps its columns to them, a meta-template names them,
/// so that every set of a task type works with every template of it.
/// </summary>
public static class Roles
{
    /// <summary>The passage; what the generator reads.</summary>
    public const string Context = "context";

    /// <summary>The answer choices, one a line.</summary>
    public const string Choices = "choices";

    public const string Answer = "answer";
    public const string Label = "label";

    /// <summary>Roles besides <see cref="Context"/>: what each means stands at the head of <c>meta-templates.yaml</c>.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Context, "question", Answer, Choices, Label, "hypothesis", "sentence2", "summary", "topic", "title",
        "text", "word", "pronoun", "candidate",
    ];

    /// <summary>The items of a list role.</summary>
    public static string[] Items(string value) =>
        value.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}

namespace Bonito.Templates;

/// <summary>
/// The normalised columns of a supervised row. A source set maps its columns to them, a template names them,
/// so that every set of a task type works with every template of it.
/// </summary>
public static class Roles
{
    /// <summary>The passage; what the generator reads.</summary>
    public const string Context = "context";

    /// <summary>The answer choices: a list.</summary>
    public const string Choices = "choices";

    public const string Answer = "answer";
    public const string Label = "label";

    /// <summary>All roles: what each means stands at the head of <c>builtin.yaml</c>.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        Context, "question", Answer, Choices, Label, "hypothesis", "sentence2", "summary", "topic", "title",
        "text", "word", "pronoun", "candidate",
    ];
}

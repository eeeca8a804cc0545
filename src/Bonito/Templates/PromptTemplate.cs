using Bonito.Tasks;

namespace Bonito.Templates;

/// <summary>
/// How a row becomes an instruction and its answer: a Jinja text with both, separated by <c>|||</c>. Templates are data; they are
/// read from promptsource's files and from ours, which differ in nothing else.
/// </summary>
/// <param name="Name">Unique within its file.</param>
/// <param name="Jinja">Instruction and answer. Both are trimmed once rendered.</param>
/// <param name="AnswerChoices">A Jinja text of the choices, separated by <c>|||</c>; the list is the variable <c>answer_choices</c>. Null: none.</param>
/// <param name="TaskType">Of the task it writes; null where the file does not say, as promptsource's do not.</param>
/// <param name="Language">A language tag such as <c>en</c>; null where the file does not say.</param>
/// <param name="Origin">File and line, for errors.</param>
public sealed record PromptTemplate(string Name, string Jinja, string? AnswerChoices, TaskType? TaskType, string? Language, string Origin)
{
    /// <summary>What separates instruction and answer, and answer choices from each other.</summary>
    public const string Separator = "|||";
}

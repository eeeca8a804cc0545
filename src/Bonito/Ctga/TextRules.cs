using Bonito.Ctga.Rules;
using Bonito.Tasks;

namespace Bonito.Ctga;

/// <summary>A document of prose without annotations.</summary>
/// <param name="Title">Its title; a heading equal to it is left out.</param>
/// <param name="Text">Paragraphs, one a line or separated by blank lines.</param>
public sealed record TextDocument(string Title, string Text);

/// <summary>A weakly supervised row: the values that meta-templates of a task type ask for, by role.</summary>
/// <param name="TaskType">Its task type.</param>
/// <param name="Roles">Role to text; <c>choices</c> are separated by newlines.</param>
public sealed record RuleRow(TaskType TaskType, IReadOnlyDictionary<string, string> Roles);

/// <summary>
/// Makes tasks from plain English prose by rule. They teach a small generator the form of a task:
/// a fluent question grounded in its passage, an answer copied from it. The rules keep only what they
/// understand for certain, so most sentences yield nothing.
/// </summary>
/// <remarks>
/// Roles by task type: exqa, qa, qg <c>context, question, answer</c> (the answer is a span of the context);
/// ynqa the same with Yes or No; mcqa <c>context, question, choices, answer</c>; sent_comp <c>context, choices, answer</c>;
/// nli, te <c>context, hypothesis, label</c>; topic_class <c>context, choices, label</c>; summarization <c>context, summary</c>;
/// text_gen <c>context, text</c>; coref <c>context, pronoun, answer</c> and, where there is another name, <c>candidate, label</c> (yes or no).
/// </remarks>
public static class TextRules
{
    /// <summary>Rows of a document, in the order of its passages: the same for the same document and seed.</summary>
    public static IEnumerable<RuleRow> Make(TextDocument document, int seed)
    {
        Random random = new(Mix(document, seed));
        DocumentIndex index = DocumentIndex.Read(document, random);
        RowMaker maker = new(index, random);
        foreach (Passage passage in Passage.ReadAll(index, random))
            foreach (RuleRow row in maker.Make(passage))
                yield return row;
    }

    // FNV-1a: string.GetHashCode differs from run to run.
    static int Mix(TextDocument document, int seed)
    {
        uint hash = 2166136261u ^ (uint)seed;
        foreach (char c in document.Title) hash = (hash ^ c) * 16777619u;
        foreach (char c in document.Text.AsSpan(0, Math.Min(document.Text.Length, 4096))) hash = (hash ^ c) * 16777619u;
        return (int)hash;
    }
}

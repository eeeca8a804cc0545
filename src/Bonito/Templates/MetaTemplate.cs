using Bonito.Tasks;
using Bonito.Templates.Jinja;
using Bonito.Templates.Jinja.Syntax;

namespace Bonito.Templates;

/// <summary>What a meta-template makes of a row.</summary>
/// <param name="Context">The passage.</param>
/// <param name="Input">The task's input; the literal <c>{{context}}</c> stands for the passage.</param>
/// <param name="Output">The task's output, likewise; empty where the template leaves it out for such a row.</param>
public readonly record struct RenderedTask(string Context, string Input, string Output);

/// <summary>
/// A prompt template remixed for the generator, which reads the passage and writes the task: wherever the passage stood, the literal
/// <c>{{context}}</c> stands; what comes before <c>|||</c> is the task's input, what comes after it the output. The remix changes the
/// syntax tree, so it does not matter how the passage was spaced in the template, nor what else the template does with it.
/// </summary>
public sealed class MetaTemplate
{
    /// <summary>The variable of the answer choices.</summary>
    const string AnswerChoices = "answer_choices";

    // Non-characters, as many as they stand for, so that lengths stay what they are.
    const string Protector = "\uFDD0\uFDD1\uFDD2";

    readonly JinjaTemplate task;
    readonly JinjaTemplate passage;
    readonly JinjaTemplate? choices;
    readonly bool readsChoices;

    MetaTemplate(PromptTemplate template, TaskType taskType, bool isOverRoles, JinjaTemplate task, JinjaTemplate passage, JinjaTemplate? choices)
    {
        (Template, TaskType, IsOverRoles, this.task, this.passage, this.choices) = (template, taskType, isOverRoles, task, passage, choices);
        readsChoices = Variables.Read(task.Nodes).Contains(AnswerChoices);
        Reads = [.. Variables.Needed(task.Nodes).Concat(Variables.Needed(passage.Nodes)).Concat(readsChoices && choices is not null ? Variables.Needed(choices.Nodes) : [])
            .Where(name => name != AnswerChoices).Distinct().Order(StringComparer.Ordinal)];
    }

    public PromptTemplate Template { get; }

    public TaskType TaskType { get; }

    /// <summary>Whether it reads roles, which every set can be mapped to; otherwise it reads the columns of one dataset.</summary>
    public bool IsOverRoles { get; }

    /// <summary>The columns (or roles) that a row must have for the template to fit.</summary>
    public IReadOnlyList<string> Reads { get; }

    /// <summary>Remixes a template.</summary>
    /// <param name="file">Where it stands.</param>
    /// <param name="template">The template.</param>
    /// <param name="taskType">Its task type; null where none is known.</param>
    /// <param name="context">Where the passage stands, as a Jinja text: <c>{{ context }}</c>, or several statements one after the other.</param>
    /// <param name="refusal">Why there is no meta-template, as half a sentence; empty when there is one.</param>
    /// <returns>The meta-template; null if the template does not make one.</returns>
    public static MetaTemplate? Remix(PromptTemplateFile file, PromptTemplate template, TaskType? taskType, string context, out string refusal)
    {
        try
        {
            JinjaTemplate passage = JinjaTemplate.Parse($"{template.Origin}: the passage of template '{template.Name}'", context.Trim());
            JinjaTemplate task = Parse(file, template);
            Sequence<Statement> remixed = task.Nodes.Replace(passage.Nodes, new Text(BonitoPrompt.ContextPlaceholder), out int found);
            JinjaTemplate? choices = template.AnswerChoices is { } text
                ? JinjaTemplate.Parse($"{template.Origin}: the answer choices of template '{template.Name}'", text)
                : null;
            refusal = (found, taskType) switch
            {
                (0, _) => $"the passage, {context.Trim()}, is not in it",
                (_, null) => "no task type is given for it",
                _ when !Texts(remixed).Any(t => t.Contains(PromptTemplate.Separator, StringComparison.Ordinal)) => "instruction and answer are not separated by |||",
                _ => "",
            };
            return refusal.Length > 0 ? null : new MetaTemplate(template, taskType!, file.Dataset is null, task.WithNodes(remixed), passage, choices);
        }
        catch (BonitoException e)
        {
            refusal = e.Message;
            return null;
        }
    }

    /// <summary>Renders a row that has all that the template <see cref="Reads"/>; null if the template wrote more than an instruction and an answer.</summary>
    /// <param name="row">The row's values. Texts with <c>|||</c> in them must have gone through <see cref="Protect"/>.</param>
    /// <param name="seed">Of what the template chooses at random.</param>
    /// <exception cref="BonitoException">The template asks for what cannot be done with the row's values.</exception>
    public RenderedTask? Render(IReadOnlyDictionary<string, object?> row, ulong seed)
    {
        var settings = new RenderSettings { Seed = seed };
        if (readsChoices) row = new ScopeWith(row, AnswerChoices, Choices(row, settings));
        string text = task.Render(row, settings);
        int end = text.IndexOf(PromptTemplate.Separator, StringComparison.Ordinal);
        if (end < 0) return new RenderedTask("", Part(text), "");
        int answer = end + PromptTemplate.Separator.Length;
        if (text.IndexOf(PromptTemplate.Separator, answer, StringComparison.Ordinal) >= 0) return null;
        return new RenderedTask(Part(passage.Render(row, settings)), Part(text.AsSpan(0, end)), Part(text.AsSpan(answer)));
    }

    object?[]? Choices(IReadOnlyDictionary<string, object?> row, RenderSettings settings) =>
        choices is null ? null : [.. choices.Render(row, settings).Split(PromptTemplate.Separator).Select(c => c.Trim())];

    /// <summary>A text whose <c>|||</c> does not separate anything until it is rendered.</summary>
    public static string Protect(string text) => text.Replace(PromptTemplate.Separator, Protector, StringComparison.Ordinal);

    static string Part(ReadOnlySpan<char> text)
    {
        string part = text.Trim().ToString();
        return part.Contains(Protector, StringComparison.Ordinal) ? part.Replace(Protector, PromptTemplate.Separator, StringComparison.Ordinal) : part;
    }

    /// <summary>The template, with the macros of its file before it if it calls one.</summary>
    static JinjaTemplate Parse(PromptTemplateFile file, PromptTemplate template)
    {
        string name = $"{template.Origin}: template '{template.Name}'";
        JinjaTemplate alone = JinjaTemplate.Parse(name, template.Jinja);
        if (file.Macros is null) return alone;
        HashSet<string> macros = [.. JinjaTemplate.Parse($"{file.Source}: macros", file.Macros).Nodes.OfType<Macro>().Select(m => m.Identifier)];
        return Variables.Read(alone.Nodes).Any(macros.Contains) ? JinjaTemplate.Parse(name, file.Macros + template.Jinja) : alone;
    }

    static IEnumerable<string> Texts(IEnumerable<Node> nodes) => nodes.SelectMany(node => node switch
    {
        Text text => [text.Value],
        Constant { Value: string text } => [text],
        _ => Texts(node.Children()),
    });
}

using Bonito.Rows;
using Bonito.Tasks;

namespace Bonito.Ctga;

/// <summary>A row of the data files.</summary>
/// <param name="Context">The passage.</param>
/// <param name="TaskInput">The task's input; the literal <c>{{context}}</c> stands for the passage.</param>
/// <param name="TaskOutput">The task's output, likewise.</param>
/// <param name="Dataset">The source set.</param>
/// <param name="Template">The template that was drawn.</param>
/// <param name="TaskType">Short name of its task type.</param>
/// <param name="Input">What the generator reads.</param>
/// <param name="Output">What it learns to write.</param>
public sealed record CtgaRow(string Context, string TaskInput, string TaskOutput, string Dataset, string Template, string TaskType, string Input, string Output)
{
    internal static readonly string[] Columns = ["context", "task_input", "task_output", "dataset", "template", "task_type", "input", "output"];

    internal string[] Values => [Context, TaskInput, TaskOutput, Dataset, Template, TaskType, Input, Output];

    internal static CtgaRow Of(CtgaExample example, string set, string template) => new(
        example.Context, example.TaskInput, example.TaskOutput, set, template, example.TaskType.ShortName, example.Input, example.Output);

    internal static CtgaRow Of(in StoredExample example, CtgaSetSummary set)
    {
        CtgaTemplateSummary template = set.Templates[example.Template];
        (string context, string input, string output) = example.Read();
        return Of(new CtgaExample(Tasks.TaskType.All.First(t => t.ShortName == template.TaskType), context, input, output), set.Name, template.Name);
    }

    /// <summary>A row as the data files have it.</summary>
    /// <exception cref="BonitoException">A column is missing.</exception>
    internal static CtgaRow Of(ReadRow read)
    {
        string[] values = Array.ConvertAll(Columns, name => read.Row.TryGetValue(name, out object? value) && value is string text
            ? text
            : throw new BonitoException($"{read.Origin}: no text column '{name}'; columns there: {string.Join(", ", read.Row.Keys)}."));
        return new CtgaRow(values[0], values[1], values[2], values[3], values[4], values[5], values[6], values[7]);
    }
}

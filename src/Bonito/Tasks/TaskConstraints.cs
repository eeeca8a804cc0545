using Bonito.Engine.Generation.Constraints;

namespace Bonito.Tasks;

/// <summary>
/// What a generator may write for each task type, so that <see cref="TaskParser"/> can read it: an input, one
/// <c>&lt;|pipe|&gt;</c> and an output, neither blank. The output of a yes-no question is yes or no, that of an extractive one a
/// quotation of the context; other types have no fixed outputs. <c>{{context}}</c> may stand wherever the text is free.
/// </summary>
public sealed class TaskConstraints
{
    // Shared by all requests: what tokens they allow is found out once.
    readonly Constraint input = Constraint.TextUntil(BonitoPrompt.PipeMarker);
    readonly Constraint newline = Constraint.Literal("\n");
    readonly Constraint free;
    readonly Constraint yesOrNo;

    public TaskConstraints()
    {
        free = Completion(Constraint.TextWithout(BonitoPrompt.PipeMarker));
        // Generators differ in how they write it.
        yesOrNo = Completion(Constraint.Choice(["Yes", "No", "yes", "no"]));
    }

    /// <summary>The constraint of a completion.</summary>
    /// <param name="context">What the prompt is about.</param>
    public Constraint Of(TaskType taskType, string context)
    {
        if (taskType == TaskType.YesNoQuestionAnswering) return yesOrNo;
        if (taskType != TaskType.ExtractiveQuestionAnswering) return free;
        // A quotation that contained the marker could not be told from the end of the input.
        string[] quotable = [.. context.Split(BonitoPrompt.PipeMarker).Where(text => !string.IsNullOrWhiteSpace(text))];
        return quotable.Length == 0 ? free : Completion(Constraint.Span(quotable));
    }

    Constraint Completion(Constraint output) => Constraint.Sequence(input, newline, output);
}

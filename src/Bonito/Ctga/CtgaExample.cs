using Bonito.Tasks;

namespace Bonito.Ctga;

/// <summary>A row of the generator's training set; the passage's place in the task's texts is the literal <c>{{context}}</c>.</summary>
internal sealed record CtgaExample(TaskType TaskType, string Context, string TaskInput, string TaskOutput)
{
    /// <summary>What the generator reads.</summary>
    public string Input => BonitoPrompt.Format(TaskType, Context);

    /// <summary>What the generator learns to write.</summary>
    public string Output => BonitoPrompt.FormatCompletion(TaskInput, TaskOutput);
}

using Bonito.Datasets;
using Bonito.Documents;
using Bonito.Tasks;

namespace Bonito.Recipes;

/// <summary>Everything that a run asks for, in the order of its rows: context by context, task type by task type, sample by sample.</summary>
sealed class TaskPlan(IReadOnlyList<Context> contexts, IReadOnlyList<TaskType> taskTypes, int samples)
{
    readonly string[] contextIds = [.. contexts.Select(context => context.Id)];

    public IReadOnlyList<Context> Contexts => contexts;

    public IReadOnlyList<TaskType> TaskTypes => taskTypes;

    public int Samples => samples;

    public int PerTaskType => checked(contexts.Count * samples);

    public int Total => checked(PerTaskType * taskTypes.Count);

    public IEnumerable<PlannedPrompt> Prompts =>
        from c in Enumerable.Range(0, contexts.Count)
        from taskType in taskTypes
        select new PlannedPrompt($"{contextIds[c]}-{taskType.ShortName}", contexts[c], taskType);

    /// <summary>Ids of all requested tasks.</summary>
    public IEnumerable<string> Ids => Prompts.SelectMany(Tasks).Select(task => task.Id);

    /// <summary>The tasks that one prompt asks for.</summary>
    public IEnumerable<RequestedTask> Tasks(PlannedPrompt prompt) =>
        Enumerable.Range(0, samples).Select(sample => new RequestedTask(prompt.Key, prompt.Context, prompt.TaskType, sample));
}

/// <summary>A context and a task type: what one prompt says.</summary>
/// <param name="Key">The same in every run over the same documents.</param>
sealed record PlannedPrompt(string Key, Context Context, TaskType TaskType);

using Bonito.Datasets;
using Bonito.Tasks;

namespace Bonito.Recipes;

/// <summary>Counts the fates of a run's tasks by type.</summary>
sealed class Tally(IEnumerable<TaskType> taskTypes, int requestedPerType)
{
    readonly List<TaskCounts> counts = [.. taskTypes.Select(t => new TaskCounts { TaskType = t, Requested = requestedPerType })];

    public IReadOnlyList<TaskCounts> Counts => counts;

    public int Kept => counts.Sum(c => c.Kept);

    public void Add(LedgerEntry entry)
    {
        TaskCounts? ofType = counts.Find(c => c.TaskType == entry.TaskType);
        if (ofType is null) throw new BonitoException($"The ledger has the task {entry.Id}, but this run asks for no task of type {entry.TaskType}. Something else than Bonito changed the run folder: name another with --output.");
        ofType.Add(entry);
    }

    /// <summary>Every requested task has one fate.</summary>
    /// <exception cref="InvalidOperationException">It has not: a bug.</exception>
    public void Reconcile()
    {
        foreach (TaskCounts c in counts)
            if (c.Kept + c.RejectedTotal != c.Requested)
                throw new InvalidOperationException($"Of {c.Requested} requested tasks of type {c.TaskType}, {c.Kept} were kept and {c.RejectedTotal} rejected: {c.Requested - c.Kept - c.RejectedTotal} are missing.");
    }
}

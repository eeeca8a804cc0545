using System.Text.Json.Serialization;
using Bonito.Tasks;

namespace Bonito.Datasets;

/// <summary>A line of the ledger: the fate of one requested task. Exactly one of <see cref="Kept"/> and <see cref="Rejected"/> is there.</summary>
/// <param name="Seconds">The task's share of the run's time: the time of tasks that run together is split between them evenly.</param>
public sealed record LedgerEntry(double Seconds, TaskExample? Kept = null, Rejection? Rejected = null)
{
    [JsonIgnore] public string Id => Kept?.Id ?? Rejected!.Id;

    [JsonIgnore] public TaskType TaskType => Kept?.TaskType ?? Rejected!.TaskType;

    [JsonIgnore] public int PromptTokens => Kept?.PromptTokens ?? Rejected!.PromptTokens;

    [JsonIgnore] public int GeneratedTokens => Kept?.GeneratedTokens ?? Rejected!.GeneratedTokens;

    [JsonIgnore] public bool HasOneFate => Kept is null != Rejected is null;
}

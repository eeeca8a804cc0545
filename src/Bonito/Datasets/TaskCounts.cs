using System.Text.Json.Serialization;
using Bonito.Tasks;

namespace Bonito.Datasets;

/// <summary>What became of the requested tasks of one type.</summary>
public sealed class TaskCounts
{
    [JsonConverter(typeof(TaskTypeConverter))]
    public required TaskType TaskType { get; init; }

    public required int Requested { get; init; }

    [JsonInclude] public int Kept { get; internal set; }

    /// <summary>Rejections by reason; reasons that did not occur are left out.</summary>
    [JsonInclude] public SortedDictionary<string, int> Rejected { get; internal set; } = [];

    [JsonInclude] public long PromptTokens { get; internal set; }

    [JsonInclude] public long GeneratedTokens { get; internal set; }

    /// <summary>See <see cref="LedgerEntry.Seconds"/>.</summary>
    [JsonInclude] public double Seconds { get; internal set; }

    [JsonIgnore] public int RejectedTotal => Rejected.Values.Sum();

    [JsonIgnore] public double TokensPerSecond => Seconds > 0 ? GeneratedTokens / Seconds : 0;

    public int RejectedFor(RejectionReason reason) => Rejected.GetValueOrDefault(reason.Name());

    public void Add(LedgerEntry entry)
    {
        if (entry.Rejected is { Reason: var reason }) Rejected[reason.Name()] = RejectedFor(reason) + 1;
        else Kept++;
        PromptTokens += entry.PromptTokens;
        GeneratedTokens += entry.GeneratedTokens;
        Seconds = Math.Round(Seconds + entry.Seconds, 6);
    }
}

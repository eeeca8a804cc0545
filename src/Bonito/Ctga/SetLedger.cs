using Bonito.Tasks;

namespace Bonito.Ctga;

/// <summary>Counts the fate of one set's candidates and keeps its sample: the examples with the smallest keys.</summary>
internal sealed class SetLedger(SourceSet set, SetTemplates templates, int limit)
{
    static readonly DropReason[] Reasons = Enum.GetValues<DropReason>();

    readonly SortedSet<UInt128> kept = [];

    // The last row is that of candidates without a template.
    readonly long[,] dropped = new long[templates.All.Count + 1, Reasons.Length];
    readonly long[] written = new long[templates.All.Count];

    public List<CtgaFile> Files { get; } = [];

    public List<string> Missing { get; } = [];

    public long RowsRead { get; set; }

    public string? FirstError { get; private set; }

    /// <summary>Counts a drop.</summary>
    public void Drop(DropReason reason, int template, string? error)
    {
        dropped[template < 0 ? templates.All.Count : template, (int)reason]++;
        FirstError ??= error;
    }

    /// <summary>Whether an example with this key is still in the sample; if not, its drop is counted.</summary>
    public bool Accept(UInt128 key, int template)
    {
        if (kept.Count == limit && key > kept.Max)
        {
            Drop(DropReason.OverLimit, template, null);
            return false;
        }
        if (!kept.Add(key))
        {
            Drop(DropReason.Duplicate, template, null);
            return false;
        }
        if (kept.Count > limit) kept.Remove(kept.Max);
        return true;
    }

    /// <summary>Settles an example that was accepted once: it is kept, unless smaller keys pushed it out of the sample.</summary>
    public bool Settle(in StoredExample example)
    {
        if (example.Key > kept.Max)
        {
            Drop(DropReason.OverLimit, example.Template, null);
            return false;
        }
        written[example.Template]++;
        return true;
    }

    public CtgaSetSummary Summary()
    {
        CtgaTemplateSummary[] all = [.. templates.All.Select((t, i) =>
        {
            Dictionary<DropReason, long> drops = Drops(i);
            return new CtgaTemplateSummary(t.Template.Name, t.TaskType.ShortName, written[i] + drops.Values.Sum(), written[i], drops);
        })];
        var total = new Dictionary<DropReason, long>();
        foreach (DropReason reason in Reasons)
        {
            long sum = Enumerable.Range(0, all.Length + 1).Sum(i => dropped[i, (int)reason]);
            if (sum > 0) total.Add(reason, sum);
        }
        return new CtgaSetSummary(
            set.Name, set.Licence, set.Commercial, Files, Missing, RowsRead, written.Sum() + total.Values.Sum(), ByTaskType(all), total, all,
            templates.Refused, FirstError);
    }

    /// <summary>A summary after rows of it were found in another set: they are drops now.</summary>
    /// <param name="summary">The set's own.</param>
    /// <param name="duplicates">How many of each template's rows.</param>
    public static CtgaSetSummary WithDuplicates(CtgaSetSummary summary, long[] duplicates)
    {
        if (duplicates.Sum() == 0) return summary;
        CtgaTemplateSummary[] all = [.. summary.Templates.Select((t, i) => t with { Written = t.Written - duplicates[i], Dropped = Added(t.Dropped, duplicates[i]) })];
        return summary with { Templates = all, Written = ByTaskType(all), Dropped = Added(summary.Dropped, duplicates.Sum()) };
    }

    static SortedDictionary<DropReason, long> Added(IReadOnlyDictionary<DropReason, long> dropped, long duplicates)
    {
        var sum = new SortedDictionary<DropReason, long>(dropped.ToDictionary());
        if (duplicates > 0) sum[DropReason.Duplicate] = sum.GetValueOrDefault(DropReason.Duplicate) + duplicates;
        return sum;
    }

    static Dictionary<string, long> ByTaskType(IEnumerable<CtgaTemplateSummary> all) => TaskType.All
        .Select(type => (type.ShortName, Count: all.Where(t => t.TaskType == type.ShortName).Sum(t => t.Written)))
        .Where(pair => pair.Count > 0)
        .ToDictionary(pair => pair.ShortName, pair => pair.Count);

    Dictionary<DropReason, long> Drops(int row) =>
        Reasons.Where(r => dropped[row, (int)r] > 0).ToDictionary(r => r, r => dropped[row, (int)r]);
}

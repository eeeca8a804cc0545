using Bonito.Tasks;

namespace Bonito.Ctga;

/// <summary>Counts the fate of one set's candidates and keeps its sample: the examples with the smallest keys.</summary>
internal sealed class SetLedger(SourceSet set, int limit)
{
    readonly SortedSet<UInt128> _kept = [];
    readonly long[] _dropped = new long[Enum.GetValues<DropReason>().Length];
    readonly long[] _written = new long[TaskType.All.Count];

    public List<CtgaFile> Files { get; } = [];

    public List<string> Missing { get; } = [];

    public long RowsRead { get; set; }

    public long Candidates { get; private set; }

    public void Drop(DropReason reason)
    {
        Candidates++;
        _dropped[(int)reason]++;
    }

    /// <summary>Whether an example with this key is still in the sample; if not, its drop is counted.</summary>
    public bool Accept(UInt128 key)
    {
        Candidates++;
        if (_kept.Count == limit && key > _kept.Max)
        {
            _dropped[(int)DropReason.OverLimit]++;
            return false;
        }
        if (!_kept.Add(key))
        {
            _dropped[(int)DropReason.Duplicate]++;
            return false;
        }
        if (_kept.Count > limit) _kept.Remove(_kept.Max);
        return true;
    }

    /// <summary>
    /// Settles the fate of an example that was accepted once, at the end of the build: it is written, unless
    /// smaller keys pushed it out of the sample or another set gave the same.
    /// </summary>
    public bool Settle(in SpilledExample example, bool duplicate)
    {
        if (example.Key > _kept.Max) _dropped[(int)DropReason.OverLimit]++;
        else if (duplicate) _dropped[(int)DropReason.Duplicate]++;
        else
        {
            _written[example.TaskType]++;
            return true;
        }
        return false;
    }

    public CtgaSetSummary Summary() => new(
        set.Name, set.Licence, set.Commercial, Files, Missing, RowsRead, Candidates,
        Enumerable.Range(0, _written.Length).Where(i => _written[i] > 0).ToDictionary(i => TaskType.All[i].ShortName, i => _written[i]),
        Enum.GetValues<DropReason>().Where(r => _dropped[(int)r] > 0).ToDictionary(r => r, r => _dropped[(int)r]));
}

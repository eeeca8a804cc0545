using System.Text.Json;

namespace Bonito.Adaptation;

/// <summary>Why a row is not learned.</summary>
public enum LeftOutReason
{
    EmptyInput,
    EmptyOutput,
    EmptyText,

    /// <summary>A conversation in which the assistant says nothing.</summary>
    NoAssistantTurn,

    /// <summary>A conversation that spells one of the model's special tokens.</summary>
    SpellsSpecialToken,

    /// <summary>A text that stands in the data already.</summary>
    DuplicateText,

    /// <summary>Longer than the model's window, also after source and target were cut.</summary>
    LongerThanWindow,

    /// <summary>Validated on instead.</summary>
    HeldOut,
}

/// <summary>What became of the rows that were read; read is used plus what was left out.</summary>
/// <param name="Read">Rows of the files.</param>
/// <param name="Used">Rows that are learned or validated on.</param>
/// <param name="Examples">Sequences that they gave: a long text gives several.</param>
/// <param name="CutSources">Rows whose source was cut.</param>
/// <param name="CutTargets">Rows whose target was cut.</param>
/// <param name="LeftOut">Rows that are not used, by reason; only reasons that occur.</param>
public sealed record RowCounts(long Read, long Used, long Examples, long CutSources, long CutTargets, IReadOnlyDictionary<string, long> LeftOut)
{
    /// <summary>The same, when some of the rows are validated on instead.</summary>
    public RowCounts WithoutHeldOut(long rows, long examples) => this with
    {
        Used = Used - rows,
        Examples = Examples - examples,
        LeftOut = new SortedDictionary<string, long>(LeftOut.ToDictionary(), StringComparer.Ordinal) { [RowTally.Name(LeftOutReason.HeldOut)] = rows },
    };

    /// <summary>In words: <c>longer than window</c>.</summary>
    public static string Describe(string reason) => reason.Replace('_', ' ');
}

/// <summary>Counts what becomes of rows.</summary>
sealed class RowTally
{
    readonly SortedDictionary<string, long> leftOut = new(StringComparer.Ordinal);

    public long Read { get; set; }

    public long Used { get; set; }

    public long Examples { get; set; }

    public void LeaveOut(LeftOutReason reason)
    {
        string name = Name(reason);
        leftOut[name] = leftOut.GetValueOrDefault(name) + 1;
    }

    public RowCounts Counts(long cutSources, long cutTargets) => new(Read, Used, Examples, cutSources, cutTargets, new SortedDictionary<string, long>(leftOut, StringComparer.Ordinal));

    public static string Name(LeftOutReason reason) => JsonNamingPolicy.SnakeCaseLower.ConvertName(reason.ToString());
}

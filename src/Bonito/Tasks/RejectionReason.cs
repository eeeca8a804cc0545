namespace Bonito.Tasks;

/// <summary>Why a requested task did not become an example. Every reason of the pipeline is here, and only here.</summary>
public enum RejectionReason
{
    /// <summary>The completion ended without <c>&lt;|pipe|&gt;</c>: it has no output.</summary>
    NoPipe,

    /// <summary>The completion has <c>&lt;|pipe|&gt;</c> more than once: input and output cannot be told apart.</summary>
    MultiplePipes,

    /// <summary>Nothing but white space stands before <c>&lt;|pipe|&gt;</c>.</summary>
    EmptyInput,

    /// <summary>Nothing but white space stands after <c>&lt;|pipe|&gt;</c>.</summary>
    EmptyOutput,

    /// <summary>The completion reached the token limit before its output began.</summary>
    Truncated,

    /// <summary>The prompt leaves no room for a completion in the generator's window; the generator was not asked.</summary>
    ContextTooLong,
}

/// <summary>The names of the reasons in ledgers, reports and data cards. They are stable: files are read by later versions.</summary>
public static class RejectionReasons
{
    public static IReadOnlyList<RejectionReason> All { get; } = Enum.GetValues<RejectionReason>();

    /// <summary>The snake_case name used in files.</summary>
    public static string Name(this RejectionReason reason) => reason switch
    {
        RejectionReason.NoPipe => "no_pipe",
        RejectionReason.MultiplePipes => "multiple_pipes",
        RejectionReason.EmptyInput => "empty_input",
        RejectionReason.EmptyOutput => "empty_output",
        RejectionReason.Truncated => "truncated",
        RejectionReason.ContextTooLong => "context_too_long",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "not a rejection reason"),
    };

    /// <summary>Reads a name written by <see cref="Name"/>; false if a file holds a name this version does not know.</summary>
    public static bool TryParse(string name, out RejectionReason reason)
    {
        foreach (RejectionReason candidate in All)
        {
            if (candidate.Name() != name) continue;
            reason = candidate;
            return true;
        }

        reason = default;
        return false;
    }
}

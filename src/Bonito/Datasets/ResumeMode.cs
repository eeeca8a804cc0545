namespace Bonito.Datasets;

/// <summary>What to do with a run folder that holds a run.</summary>
public enum ResumeMode
{
    /// <summary>Continue the run if there is one, else begin one.</summary>
    IfPossible,

    /// <summary>Continue the run; it is an error if there is none.</summary>
    Always,

    /// <summary>Begin a run; it is an error if there is one already.</summary>
    Never,
}

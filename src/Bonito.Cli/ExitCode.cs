namespace Bonito.Cli;

/// <summary>What the process tells its caller.</summary>
static class ExitCode
{
    public const int Success = 0;

    /// <summary>The work could not be done; standard error says why.</summary>
    public const int Failure = 1;

    /// <summary>The command line cannot be understood.</summary>
    public const int Usage = 2;

    /// <summary>Stopped by Ctrl-C or a termination signal (128 + SIGINT); what was finished is kept.</summary>
    public const int Interrupted = 130;
}

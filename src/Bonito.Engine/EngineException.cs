namespace Bonito.Engine;

/// <summary>
/// Bad input to the engine (a file, a configuration, a request that does not fit) that a user can mend.
/// The message says what failed, where, what was expected and found, and what to do next; it is shown as it is.
/// </summary>
public sealed class EngineException : Exception
{
    public EngineException(string message) : base(message) { }

    public EngineException(string message, Exception inner) : base(message, inner) { }
}

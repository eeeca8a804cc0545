namespace Bonito;

/// <summary>
/// Bad input to Bonito (documents, options, run folders) that a user can mend.
/// The message says what failed, where, what was expected and found, and what to do next; it is shown as it is.
/// </summary>
public sealed class BonitoException : Exception
{
    public BonitoException(string message) : base(message) { }

    public BonitoException(string message, Exception inner) : base(message, inner) { }
}

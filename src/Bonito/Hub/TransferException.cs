namespace Bonito.Hub;

/// <summary>A failure that may be gone in a moment: a broken connection, a busy server. It is tried again, and never shown as it is.</summary>
sealed class TransferException(string message, TimeSpan? retryAfter = null, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>When the server wants to be asked again.</summary>
    public TimeSpan? RetryAfter { get; } = retryAfter;
}

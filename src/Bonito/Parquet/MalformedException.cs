namespace Bonito.Parquet;

/// <summary>
/// Bytes that are not what the format says. It never leaves this folder: whoever knows where the bytes stand catches it and
/// throws a <see cref="BonitoException"/> with file, row group, column and offset.
/// </summary>
sealed class MalformedException(string message, bool endedEarly = false) : Exception(message)
{
    /// <summary>More bytes could have made sense of what was there.</summary>
    public bool EndedEarly => endedEarly;
}

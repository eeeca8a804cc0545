namespace Bonito.Parquet.Encodings;

/// <summary>
/// The values of a page, one by one, each as the bytes of the plain encoding (texts without their length before them).
/// </summary>
abstract class ValueReader
{
    /// <summary>The next value; the bytes hold until the next call.</summary>
    /// <exception cref="MalformedException">There is none, or it is broken.</exception>
    public abstract ReadOnlySpan<byte> Next();
}

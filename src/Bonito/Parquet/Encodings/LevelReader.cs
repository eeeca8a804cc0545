namespace Bonito.Parquet.Encodings;

/// <summary>Small numbers, read from front to back: levels, or places in a dictionary.</summary>
abstract class LevelReader
{
    /// <summary>Fills <paramref name="into"/>.</summary>
    /// <exception cref="MalformedException">There are fewer.</exception>
    public abstract void Read(Span<int> into);
}

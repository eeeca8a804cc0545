namespace Bonito.Parquet.Reading;

/// <summary>The bytes of a file, read at any place, by several readers at once.</summary>
sealed class Source(Stream stream, string name, bool leaveOpen) : IDisposable
{
    readonly Lock seeking = new();

    /// <summary>What errors call the file.</summary>
    public string Name => name;

    public long Length { get; } = stream.Length;

    /// <summary>Fills <paramref name="into"/> with the bytes from <paramref name="offset"/>, which are known to be there.</summary>
    public void Read(long offset, Span<byte> into)
    {
        try
        {
            lock (seeking)
            {
                stream.Position = offset;
                stream.ReadExactly(into);
            }
        }
        catch (EndOfStreamException)
        {
            throw new BonitoException($"{name}: the file became shorter than {Length} bytes while it was read.");
        }
        catch (IOException broken)
        {
            throw new BonitoException($"{name}: cannot read {into.Length} bytes at {offset}: {broken.Message}", broken);
        }
    }

    public void Dispose()
    {
        if (!leaveOpen) stream.Dispose();
    }
}

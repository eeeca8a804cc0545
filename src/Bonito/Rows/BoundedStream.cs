namespace Bonito.Rows;

/// <summary>
/// A stream that gives no more than a row may have until it is renewed, for a reader that holds what it reads without
/// a bound of its own: XmlReader, of an attribute.
/// </summary>
sealed class BoundedStream(SourceStream stream) : ReadStream
{
    long left = RowLimits.RowBytes;

    public void Renew() => left = RowLimits.RowBytes;

    /// <exception cref="BonitoException">More than a row may have.</exception>
    public override int Read(Span<byte> buffer)
    {
        int read = stream.Content.Read(buffer);
        if ((left -= read) < 0) throw new BonitoException($"{stream.Name}: a name, an attribute or a text of more than {RowLimits.RowBytesText}; expected smaller ones.");
        return read;
    }
}

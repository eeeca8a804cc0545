namespace Bonito.Rows;

/// <summary>Reads a stream so that failures name the file, and stops when the work is cancelled.</summary>
sealed class NamedStream(Stream stream, string name, CancellationToken cancellation) : ReadStream
{
    // Of a file that is not compressed; Arrow's index stands at its end.
    public override bool CanSeek => stream.CanSeek;

    public override long Length => stream.Length;

    public override long Position
    {
        get => stream.Position;
        set => stream.Position = value;
    }

    public override long Seek(long offset, SeekOrigin origin) => stream.Seek(offset, origin);

    public override int Read(Span<byte> buffer)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return stream.Read(buffer);
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new BonitoException($"{name}: cannot be read: {e.Message}", e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) stream.Dispose();
        base.Dispose(disposing);
    }
}

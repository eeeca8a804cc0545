namespace Bonito.Rows;

/// <summary>The next bytes of a stream, as a stream that ends behind them.</summary>
sealed class MemberStream(Stream stream, long length, string name) : ReadStream
{
    /// <summary>Bytes not read yet.</summary>
    public long Left { get; private set; } = length;

    /// <exception cref="BonitoException">The stream ends before.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (Left == 0 || buffer.Length == 0) return 0;
        int read = stream.Read(buffer[..(int)Math.Min(Left, buffer.Length)]);
        if (read == 0) throw new BonitoException($"{name}: not a readable tar archive: it is cut off, {Left} bytes of a member are missing.");
        Left -= read;
        return read;
    }

    public void SkipRest()
    {
        Span<byte> passed = stackalloc byte[1 << 12];
        while (Read(passed) > 0) { }
    }
}

using System.Text;

namespace Bonito.Ctga.Readers;

/// <summary>Strict UTF-8: bytes that are not are an error with their line, never a replacement character.</summary>
internal static class SourceText
{
    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The lines of a stream with their numbers from 1, without line breaks and byte order mark.</summary>
    /// <exception cref="BonitoException">Not UTF-8, or the stream cannot be read.</exception>
    public static IEnumerable<(string Text, int Number)> Lines(SourceStream stream)
    {
        byte[] buffer = new byte[1 << 16];
        int start = 0, end = 0, number = 0;
        while (true)
        {
            int length = buffer.AsSpan(start, end - start).IndexOf((byte)'\n');
            if (length >= 0)
            {
                yield return (Line(stream.Name, buffer.AsSpan(start, length), ++number), number);
                start += length + 1;
                continue;
            }
            if (start > 0) buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
            if (end == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            int read = Guard(stream.Name, () => stream.Content.Read(buffer, end, buffer.Length - end));
            if (read == 0) break;
            end += read;
        }
        if (end > 0) yield return (Line(stream.Name, buffer.AsSpan(0, end), ++number), number);
    }

    /// <summary>The whole text of a stream.</summary>
    /// <exception cref="BonitoException">Not UTF-8, or the stream cannot be read.</exception>
    public static string All(SourceStream stream)
    {
        using var copy = new MemoryStream();
        Guard(stream.Name, () => { stream.Content.CopyTo(copy); return 0; });
        ReadOnlySpan<byte> bytes = copy.GetBuffer().AsSpan(0, (int)copy.Length);
        return Decode(stream.Name, WithoutMark(bytes), 1);
    }

    /// <summary>Decodes a text that starts at the given line of the file.</summary>
    /// <exception cref="BonitoException">Not UTF-8.</exception>
    public static string Decode(string name, ReadOnlySpan<byte> bytes, long line)
    {
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException e)
        {
            long bad = line + bytes[..Math.Clamp(e.Index, 0, bytes.Length)].Count((byte)'\n');
            throw new BonitoException($"{name}:{bad}: not UTF-8; convert the file to UTF-8 first.", e);
        }
    }

    /// <summary>Runs a read, so that its failure names the file.</summary>
    /// <exception cref="BonitoException">The stream cannot be read: a bad disk, a cut-off or false archive.</exception>
    public static T Guard<T>(string name, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or InvalidDataException)
        {
            throw new BonitoException($"{name}: cannot be read: {e.Message}", e);
        }
    }

    static string Line(string name, ReadOnlySpan<byte> bytes, int number)
    {
        if (number == 1) bytes = WithoutMark(bytes);
        if (bytes.EndsWith("\r"u8)) bytes = bytes[..^1];
        return Decode(name, bytes, number);
    }

    static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
}

using System.Text;

namespace Bonito.Rows;

/// <summary>Strict UTF-8: bytes that are not are an error with their line, never a replacement character.</summary>
static class Utf8Text
{
    static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The lines of a stream with their numbers from 1, without line breaks and byte order mark.</summary>
    /// <exception cref="BonitoException">Not UTF-8, or the stream cannot be read.</exception>
    public static IEnumerable<(string Text, long Number)> Lines(SourceStream stream)
    {
        var lines = new LineSplitter(stream);
        while (lines.Next()) yield return (Decode(stream.Name, lines.Line.Span, lines.Number), lines.Number);
    }

    /// <summary>The whole text of a stream, without byte order mark.</summary>
    /// <exception cref="BonitoException">Not UTF-8, larger than a row may be, or the stream cannot be read.</exception>
    public static string All(SourceStream stream)
    {
        byte[] buffer = new byte[1 << 12];
        int length = 0;
        while (true)
        {
            int read = stream.Content.Read(buffer, length, buffer.Length - length);
            if (read == 0) return Decode(stream.Name, WithoutMark(buffer.AsMemory(0, length)).Span, 1);
            length += read;
            if (length < buffer.Length) continue;
            if (length >= RowLimits.RowBytes)
                throw new BonitoException($"{stream.Name}: larger than {RowLimits.RowBytesText}, too large for one row; read its lines instead.");
            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    /// <summary>Decodes a text that starts on the given line of the file.</summary>
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
            throw new BonitoException($"{name}:{bad}: not UTF-8; convert the file to UTF-8 first, or say that it is Latin-1.", e);
        }
    }

    public static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> bytes) =>
        bytes.Span.StartsWith("\uFEFF"u8) ? bytes[3..] : bytes;
}

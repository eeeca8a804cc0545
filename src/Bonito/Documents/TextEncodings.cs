using System.Text;

namespace Bonito.Documents;

/// <summary>
/// Finds out how a file encodes its text, in one pass over all of it, so that reading it afterwards cannot fail or
/// silently replace characters. A byte order mark decides; else UTF-16 is known by its zero bytes; else it is UTF-8,
/// or, if it is not valid UTF-8, Windows-1252: what files called Latin-1 mostly are, and equal to it in all printable
/// characters of Latin-1.
/// </summary>
static class TextEncodings
{
    static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static readonly Encoding Windows1252 = CodePagesEncodingProvider.Instance.GetEncoding(1252)!;

    /// <summary>The encoding, or null if the file has no bytes.</summary>
    /// <exception cref="BonitoException">Binary data, or text that breaks its own encoding; names file and byte.</exception>
    public static Encoding? Detect(DocumentFile file)
    {
        using Stream stream = file.Open();
        byte[] buffer = new byte[1 << 16];
        int held = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (held == 0) return null;

        string path = file.IsCompressed ? $"{file.Path} (decompressed)" : file.Path;
        IEncodingScan scan = Choose(path, buffer.AsSpan(0, held));
        bool last = held < buffer.Length;
        while (true)
        {
            int used = scan.Add(buffer.AsSpan(0, held), last);
            if (last) return scan.Encoding();
            int rest = held - used;
            buffer.AsSpan(used, rest).CopyTo(buffer);
            held = rest + stream.ReadAtLeast(buffer.AsSpan(rest), buffer.Length - rest, throwOnEndOfStream: false);
            last = held < buffer.Length;
        }
    }

    static IEncodingScan Choose(string path, ReadOnlySpan<byte> start)
    {
        // UTF-32's mark begins with that of UTF-16.
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0])) return new WideScan(path, new UTF32Encoding(false, true, true));
        if (start.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF])) return new WideScan(path, new UTF32Encoding(true, true, true));
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])) return new WideScan(path, new UnicodeEncoding(false, true, true));
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])) return new WideScan(path, new UnicodeEncoding(true, true, true));
        if (start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF])) return new ByteScan(path, s_utf8, mustBeUtf8: true);

        return BigEndianUtf16(start) is { } bigEndian
            ? new WideScan(path, new UnicodeEncoding(bigEndian, true, true))
            : new ByteScan(path, s_utf8, mustBeUtf8: false);
    }

    /// <summary>
    /// Whether unmarked text is UTF-16 of either byte order, null if neither. Of two-byte characters in most texts the
    /// high byte is often zero (letters, spaces, digits) and the low byte never.
    /// </summary>
    static bool? BigEndianUtf16(ReadOnlySpan<byte> start)
    {
        int pairs = start.Length / 2, evenZeros = 0, oddZeros = 0;
        for (int i = 0; i < 2 * pairs; i += 2)
        {
            if (start[i] == 0) evenZeros++;
            if (start[i + 1] == 0) oddZeros++;
        }

        if (oddZeros * 5 > pairs && evenZeros == 0) return false;
        if (evenZeros * 5 > pairs && oddZeros == 0) return true;
        return null;
    }
}

/// <summary>Checks that a file is text in an encoding.</summary>
interface IEncodingScan
{
    /// <summary>Takes in the next bytes; gives how many of them it is done with, all if they are the last.</summary>
    int Add(ReadOnlySpan<byte> bytes, bool last);

    /// <summary>The encoding, after the last bytes.</summary>
    /// <exception cref="BonitoException">The file is no text in it.</exception>
    Encoding Encoding();
}

using System.Buffers.Binary;
using System.Text;

namespace Bonito.Rows;

/// <summary>
/// The regular files of a tar archive, one after the other, as POSIX (ustar, pax), GNU and the oldest tar write them.
/// System.Formats.Tar holds descriptions of members whole, up to two gigabytes of a hostile archive; here they are bounded.
/// </summary>
sealed class TarMembers(Stream stream, string name) : IDisposable
{
    const int BlockSize = 512;
    const int MaxDescription = 1 << 20;

    readonly byte[] header = new byte[BlockSize];
    MemberStream? current;
    long padding;

    /// <summary>The member's path, as it is written.</summary>
    public string Path { get; private set; } = "";

    /// <summary>The member's bytes; valid until <see cref="Next"/> is called again.</summary>
    public Stream Content => current ?? Stream.Null;

    /// <summary>Goes to the next file; false at the end.</summary>
    /// <exception cref="BonitoException">Not a tar archive, or cut off.</exception>
    public bool Next()
    {
        string? longPath = null;
        long? longSize = null;
        while (ReadHeader())
        {
            char kind = (char)header[156];
            long size = longSize ?? Size();
            current = new MemberStream(stream, size, name);
            padding = (BlockSize - size % BlockSize) % BlockSize;
            switch (kind)
            {
                case 'L':
                    longPath = Text(Description()).TrimEnd('\0');
                    continue;
                case 'x':
                    foreach ((string key, string value) in Records(Text(Description())))
                    {
                        if (key == "path") longPath = value;
                        if (key == "size") longSize = long.TryParse(value, out long own) && own >= 0 ? own : throw Broken($"a member of the size '{value}'");
                    }
                    continue;
                case '0' or '\0' or '7':
                    Path = longPath ?? ShortPath();
                    if (!Path.EndsWith('/')) return true;
                    break;
                case 'S':
                    throw Broken("a sparse file, which is not read");
            }
            // Folders, links and what describes all members.
            (longPath, longSize) = kind is 'K' or 'g' ? (longPath, longSize) : (null, null);
        }
        return false;
    }

    public void Dispose() => current?.Dispose();

    bool ReadHeader()
    {
        current?.SkipRest();
        current = new MemberStream(stream, padding, name);
        current.SkipRest();
        padding = 0;
        int read = stream.ReadAtLeast(header, BlockSize, throwOnEndOfStream: false);
        if (read == 0) return false;
        if (read < BlockSize) throw Broken("it is cut off");
        if (!header.AsSpan().ContainsAnyExcept((byte)0)) return false;
        // The checksum counts itself as blanks.
        int sum = 8 * ' ';
        for (int i = 0; i < BlockSize; i++)
        {
            if (i is < 148 or >= 156) sum += header[i];
        }
        if (Octal(148, 8) != sum) throw Broken("a header whose checksum is wrong");
        return true;
    }

    long Size()
    {
        // Sizes beyond eight gigabytes are binary, which the first bit says.
        if ((header[124] & 0x80) == 0) return Octal(124, 12);
        long size = BinaryPrimitives.ReadInt64BigEndian(header.AsSpan(128));
        return header[124] == 0x80 && size >= 0 ? size : throw Broken("a member of negative or unreadable size");
    }

    long Octal(int start, int length)
    {
        long number = 0;
        foreach (byte digit in header.AsSpan(start, length).Trim(" \0"u8))
        {
            if (digit is < (byte)'0' or > (byte)'7') throw Broken("a header that is none");
            number = number * 8 + digit - '0';
        }
        return number;
    }

    string ShortPath()
    {
        string path = Text(Field(0, 100));
        bool posix = header.AsSpan(257).StartsWith("ustar\0"u8);
        string folder = posix ? Text(Field(345, 155)) : "";
        return folder.Length > 0 ? $"{folder}/{path}" : path;
    }

    ReadOnlySpan<byte> Field(int start, int length)
    {
        ReadOnlySpan<byte> field = header.AsSpan(start, length);
        int end = field.IndexOf((byte)0);
        return end < 0 ? field : field[..end];
    }

    byte[] Description()
    {
        if (current!.Left > MaxDescription) throw Broken($"a member described in {current.Left} bytes; at most {MaxDescription} are read");
        byte[] bytes = new byte[current.Left];
        current.ReadExactly(bytes);
        return bytes;
    }

    static string Text(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    /// <summary>Lines of a length, a blank, and <c>key=value</c>. Lengths count bytes; values with line breaks do not concern us.</summary>
    static IEnumerable<(string Key, string Value)> Records(string text)
    {
        foreach (string line in text.Split('\n'))
        {
            int blank = line.IndexOf(' ', StringComparison.Ordinal);
            int equals = line.IndexOf('=', StringComparison.Ordinal);
            if (blank > 0 && equals > blank) yield return (line[(blank + 1)..equals], line[(equals + 1)..]);
        }
    }

    BonitoException Broken(string what) => new($"{name}: not a readable tar archive: {what}.");
}

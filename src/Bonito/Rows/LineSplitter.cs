namespace Bonito.Rows;

/// <summary>Cuts a stream into lines of bytes, without line breaks and byte order mark.</summary>
sealed class LineSplitter(SourceStream stream)
{
    byte[] buffer = new byte[1 << 16];
    int start;
    int end;
    int searched;
    bool ended;

    /// <summary>The line that <see cref="Next"/> found; valid until it is called again.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>Its number, from 1.</summary>
    public long Number { get; private set; }

    /// <exception cref="BonitoException">The stream cannot be read, or a line is longer than a row may be.</exception>
    public bool Next()
    {
        while (true)
        {
            int length = buffer.AsSpan(searched, end - searched).IndexOf((byte)'\n');
            if (length >= 0)
            {
                Take(searched + length - start);
                start = searched = searched + length + 1;
                return true;
            }
            if (ended)
            {
                if (start == end) return false;
                Take(end - start);
                start = searched = end;
                return true;
            }
            Fill();
        }
    }

    void Take(int length)
    {
        ReadOnlyMemory<byte> line = buffer.AsMemory(start, length);
        if (++Number == 1) line = Utf8Text.WithoutMark(line);
        Line = line.Span.EndsWith("\r"u8) ? line[..^1] : line;
    }

    void Fill()
    {
        searched = end;
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end, searched) = (0, end - start, end - start);
        }
        if (end == buffer.Length)
        {
            if (end >= RowLimits.RowBytes)
                throw new BonitoException($"{stream.Name}:{Number + 1}: the line is longer than {RowLimits.RowBytesText}; expected a row a line.");
            Array.Resize(ref buffer, buffer.Length * 2);
        }
        int read = stream.Content.Read(buffer, end, buffer.Length - end);
        ended = read == 0;
        end += read;
    }
}

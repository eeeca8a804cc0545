namespace Bonito.Rows;

/// <summary>Rows that stand in several files beside each other, an article's lines in one and their titles in another.</summary>
static class ParallelRows
{
    public static IEnumerable<ReadRow> Read(RowSource source, IReadOnlyList<SourceFile> files, CancellationToken cancellation)
    {
        List<IEnumerable<SourceStream>> sides = Sides(source, files, cancellation);
        var streams = new List<IEnumerator<SourceStream>>();
        try
        {
            foreach (IEnumerable<SourceStream> side in sides) streams.Add(side.GetEnumerator());
            while (Advance(streams, s => s.Name, "file"))
            {
                foreach (ReadRow row in Together([.. streams.Select(s => s.Current)], source)) yield return row;
            }
        }
        finally
        {
            foreach (IEnumerator<SourceStream> stream in streams) stream.Dispose();
        }
    }

    /// <summary>A side is what one pattern matches: files, or the members of one archive.</summary>
    static List<IEnumerable<SourceStream>> Sides(RowSource source, IReadOnlyList<SourceFile> files, CancellationToken cancellation)
    {
        if (files.Count == 0) return [];
        bool members = source.Members.Count > 1;
        int count = members ? source.Members.Count : source.Files.Count;
        if (count < 2)
            throw new BonitoException($"Pairs need two patterns of files, or of members of one archive; there is one: {source.Files[0]}.");
        return [.. Enumerable.Range(0, count).Select(side => members
            ? files.SelectMany(file => RowReader.Streams(source, file, [source.Members[side]], cancellation))
            : files.Where(file => file.Pattern == side).SelectMany(file => RowReader.Streams(source, file, source.Members, cancellation)))];
    }

    static IEnumerable<ReadRow> Together(SourceStream[] streams, RowSource source)
    {
        var rows = new List<IEnumerator<ReadRow>>();
        try
        {
            int column = 0;
            foreach (SourceStream stream in streams) rows.Add(Side(stream, source, ref column).GetEnumerator());
            string[][] sources = [];
            string[] names = [];
            while (Advance(rows, r => r.Origin.File, "row"))
            {
                if (sources.Length == 0 || !rows.Select(r => r.Current.Row.NameArray).SequenceEqual(sources))
                {
                    sources = [.. rows.Select(r => r.Current.Row.NameArray)];
                    names = [.. sources.SelectMany(s => s)];
                    if (names.GroupBy(n => n).FirstOrDefault(g => g.Count() > 1) is { } twice)
                        throw new BonitoException($"{rows[0].Current.Origin}: the column '{twice.Key}' stands in more than one of the files read together.");
                }
                yield return new ReadRow(new Row(names, [.. rows.SelectMany(r => r.Current.Row.ValueArray)]), rows[0].Current.Origin);
            }
        }
        finally
        {
            foreach (IEnumerator<ReadRow> side in rows) side.Dispose();
        }
    }

    static IEnumerable<ReadRow> Side(SourceStream stream, RowSource source, ref int column)
    {
        RowFormat? format = RowReader.ByName(stream.Path);
        if (format is RowFormat.JsonLines or RowFormat.Csv or RowFormat.Tsv)
            return RowReader.Read(stream, new RowSource { Files = source.Files, Format = format.Value });
        if (column == source.Columns.Count)
            throw new BonitoException($"{stream.Name}: no name for its column; {source.Columns.Count} are given: {string.Join(", ", source.Columns)}.");
        return TextLines(stream, [source.Columns[column++]]);
    }

    static IEnumerable<ReadRow> TextLines(SourceStream stream, string[] names)
    {
        foreach ((string text, long line) in Utf8Text.Lines(stream))
            yield return new ReadRow(new Row(names, [text]), new Origin(stream.Name, line, line));
    }

    /// <summary>Moves all on; false when all are at their end.</summary>
    static bool Advance<T>(List<IEnumerator<T>> sides, Func<T, string> name, string what)
    {
        T[] last = [.. sides.Select(s => s.Current)];
        bool[] moved = [.. sides.Select(s => s.MoveNext())];
        if (!moved.Contains(false)) return moved.Length > 0;
        if (!moved.Contains(true)) return false;
        int more = Array.IndexOf(moved, true);
        int fewer = Array.IndexOf(moved, false);
        string ended = last[fewer] is { } there && name(there) is { Length: > 0 } file ? $"after {file}" : "there";
        throw new BonitoException(
            $"{name(sides[more].Current)}: one {what} more than in what is read beside it (side {fewer + 1} ends {ended}); expected equally many on both sides.");
    }
}

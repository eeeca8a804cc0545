using System.Buffers.Binary;
using Bonito.Parquet.Metadata;
using Bonito.Parquet.Reading;
using Bonito.Rows;

namespace Bonito.Parquet;

/// <summary>
/// A Parquet file, open for reading. Its footer is in memory; rows are read on demand, of each column one page at a time.
/// Several enumerations may run at once.
/// </summary>
public sealed class ParquetFile : IDisposable
{
    const int TailLength = 8;
    const int LongestFooter = 1 << 29;

    readonly Source source;
    readonly FileMetadata metadata;
    readonly long dataEnd;

    ParquetFile(Source source)
    {
        this.source = source;
        byte[] footer = ReadFooter(out dataEnd);
        try
        {
            metadata = MetadataReader.Read(footer);
        }
        catch (MalformedException broken)
        {
            throw new BonitoException($"{source.Name}, footer at {dataEnd}: {broken.Message}.");
        }
    }

    /// <exception cref="BonitoException">The file cannot be opened, is no Parquet file, is broken or encrypted.</exception>
    public static ParquetFile Open(string path)
    {
        try
        {
            var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return Open(stream, path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new BonitoException($"{path}: cannot be opened: {refused.Message}", refused);
        }
    }

    /// <param name="stream">Readable and seekable.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="leaveOpen">Whether <paramref name="stream"/> stays open when this is disposed.</param>
    /// <exception cref="BonitoException">It is no Parquet file, is broken or encrypted.</exception>
    public static ParquetFile Open(Stream stream, string name = "stream", bool leaveOpen = false)
    {
        var source = new Source(stream, name, leaveOpen);
        try
        {
            return new ParquetFile(source);
        }
        catch
        {
            source.Dispose();
            throw;
        }
    }

    public ParquetSchema Schema => metadata.Schema;

    public long RowCount => metadata.RowCount;

    public IReadOnlyList<RowGroup> RowGroups => metadata.RowGroups;

    public IReadOnlyDictionary<string, string> KeyValueMetadata => metadata.KeyValues;

    /// <summary>The program that wrote the file, as it called itself.</summary>
    public string? CreatedBy => metadata.CreatedBy;

    /// <summary>Reads rows from <paramref name="startRow"/> (counted from 0) to the last.</summary>
    /// <param name="columns">Columns to read, in the order wanted; <see langword="null"/>: all.</param>
    /// <exception cref="BonitoException">A column is not there or is not read; while rows are read: the file is broken.</exception>
    public IEnumerable<Row> ReadRows(IReadOnlyList<string>? columns = null, long startRow = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(startRow);
        var rows = new RowAssembler(source, Schema, Selected(columns), dataEnd);
        return Rows(rows, startRow);
    }

    public void Dispose() => source.Dispose();

    IEnumerable<Row> Rows(RowAssembler rows, long skip)
    {
        for (int g = 0; g < RowGroups.Count; g++)
        {
            RowGroup group = RowGroups[g];
            if (skip >= group.RowCount)
            {
                skip -= group.RowCount;
                continue;
            }
            rows.Open(group, g, skip);
            for (long r = skip; r < group.RowCount; r++) yield return rows.Read();
            rows.Close();
            skip = 0;
        }
    }

    IReadOnlyList<Column> Selected(IReadOnlyList<string>? names)
    {
        if (names is null) return Schema.Columns;
        if (names.Count == 0) throw new BonitoException($"{source.Name}: no column is named to be read; name at least one, or none to read all.");
        return
        [
            .. names.Select(name => Schema.Columns.FirstOrDefault(column => column.Name == name)
                ?? throw new BonitoException(
                    $"{source.Name}: there is no column '{name}'; columns there: {string.Join(", ", Schema.Columns.Select(column => column.Name))}.")),
        ];
    }

    byte[] ReadFooter(out long start)
    {
        if (source.Length < 4 + TailLength) throw Refused($"{source.Length} bytes are too few for a Parquet file");
        Span<byte> tail = stackalloc byte[TailLength];
        Span<byte> head = stackalloc byte[4];
        source.Read(source.Length - TailLength, tail);
        source.Read(0, head);
        if (tail[4..].SequenceEqual("PARE"u8) || head.SequenceEqual("PARE"u8))
            throw Refused("the file is encrypted, and encrypted files are not read; write it without encryption");
        if (!head.SequenceEqual("PAR1"u8) || !tail[4..].SequenceEqual("PAR1"u8))
            throw Refused("this is no Parquet file, or one that was cut off: 'PAR1' must stand at its begin and its end");
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(tail);
        if (length > source.Length - 4 - TailLength)
            throw Refused($"the footer has {length} bytes by its own count, in a file of {source.Length}");
        if (length > LongestFooter) throw Refused($"the footer has {length} bytes; at most {LongestFooter} are read");
        start = source.Length - TailLength - length;
        var footer = new byte[length];
        source.Read(start, footer);
        return footer;
    }

    BonitoException Refused(string what) => new($"{source.Name}: {what}.");
}

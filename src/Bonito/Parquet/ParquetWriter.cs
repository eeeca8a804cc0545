using Bonito.Parquet.Codecs;
using Bonito.Parquet.Writing;
using Bonito.Rows;

namespace Bonito.Parquet;

/// <summary>
/// Writes a Parquet file from front to back. The same rows and options give the same bytes. <see cref="Finish"/> makes the
/// file whole: disposed without it, it has no footer, and no reader takes it for a Parquet file.
/// </summary>
public sealed class ParquetWriter : IDisposable
{
    readonly Stream stream;
    readonly ParquetSchema schema;
    readonly ParquetWriterOptions options;
    readonly List<LeafColumn> leaves = [];
    readonly List<RowGroup> groups = [];
    readonly RowShredder shredder;
    long position, rowCount, groupRowCount;
    bool isBroken, isFinished;

    /// <param name="stream">Writable; it need not be seekable, and stays open.</param>
    /// <param name="schema">The columns that rows will have.</param>
    /// <exception cref="BonitoException">The codec is not one that is written, or its library is not there.</exception>
    public ParquetWriter(Stream stream, ParquetSchema schema, ParquetWriterOptions? options = null)
    {
        (this.stream, this.schema, this.options) = (stream, schema, options ?? new ParquetWriterOptions());
        Compressor.Require(this.options.Compression);
        foreach (Metadata.SchemaNode leaf in schema.Leaves) leaves.Add(new LeafColumn(leaf, this.options));
        shredder = new RowShredder(schema, leaves);
        Put("PAR1"u8);
    }

    /// <summary>Rows written so far.</summary>
    public long RowCount => rowCount;

    /// <summary>Writes a row. A column of the schema that it does not have is null; it may have no others.</summary>
    /// <exception cref="BonitoException">A value does not fit its column; the file cannot be continued.</exception>
    public void Write(Row row)
    {
        if (isBroken || isFinished) throw new InvalidOperationException("The Parquet file was finished, or writing to it failed.");
        isBroken = true;
        shredder.Write(row, rowCount);
        rowCount++;
        groupRowCount++;
        long bytes = 0;
        foreach (LeafColumn leaf in leaves)
        {
            leaf.EndRow();
            bytes += leaf.Bytes;
        }
        if (bytes >= options.RowGroupBytes) EndGroup();
        isBroken = false;
    }

    /// <summary>Writes what is left and the footer.</summary>
    public void Finish()
    {
        if (isBroken || isFinished) throw new InvalidOperationException("The Parquet file was finished, or writing to it failed.");
        if (groupRowCount > 0) EndGroup();
        byte[] footer = FooterWriter.Write(schema, rowCount, groups, options.KeyValueMetadata);
        Put(footer);
        Put(BitConverter.GetBytes(footer.Length));
        Put("PAR1"u8);
        stream.Flush();
        isFinished = true;
    }

    /// <summary>Gives the memory of an unfinished row group back; the stream stays open.</summary>
    public void Dispose() => leaves.Clear();

    void EndGroup()
    {
        var chunks = new List<ColumnChunk>();
        foreach (LeafColumn leaf in leaves)
        {
            ColumnChunk chunk = leaf.EndChunk(stream, position);
            position += chunk.CompressedBytes;
            chunks.Add(chunk);
        }
        groups.Add(new RowGroup(groupRowCount, chunks));
        groupRowCount = 0;
    }

    void Put(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        position += bytes.Length;
    }
}

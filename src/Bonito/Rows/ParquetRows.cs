using Bonito.Parquet;

namespace Bonito.Rows;

/// <summary>Rows of Parquet files, whose index stands at their end: they are read where they lie, not through a stream.</summary>
static class ParquetRows
{
    /// <param name="file">A file on disk, not compressed itself.</param>
    /// <param name="columns">The columns wanted, in this order; all when empty.</param>
    /// <param name="cancellation">Checked at every row.</param>
    /// <exception cref="BonitoException">Broken, or a column is not there.</exception>
    public static IEnumerable<ReadRow> Read(SourceFile file, IReadOnlyList<string> columns, CancellationToken cancellation)
    {
        using ParquetFile parquet = ParquetFile.Open(SourceStreams.OpenFile(file), file.Name);
        long number = 0;
        foreach (Row row in parquet.ReadRows(columns.Count > 0 ? columns : null))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return new ReadRow(row, new Origin(file.Name, 0, ++number));
        }
    }
}

namespace Bonito.Parquet.Metadata;

/// <summary>The footer of a file.</summary>
sealed record FileMetadata(
    ParquetSchema Schema,
    long RowCount,
    IReadOnlyList<RowGroup> RowGroups,
    IReadOnlyDictionary<string, string> KeyValues,
    string? CreatedBy);

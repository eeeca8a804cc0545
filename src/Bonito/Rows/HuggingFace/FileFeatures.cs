using System.Text;
using Bonito.Parquet;
using Bonito.Rows.Arrow;

namespace Bonito.Rows.HuggingFace;

/// <summary>The features that the library keeps in Parquet and Arrow files of its making, where no other file tells.</summary>
static class FileFeatures
{
    /// <summary>The names of labels in a file; none when it tells none.</summary>
    /// <exception cref="BonitoException">The file cannot be read.</exception>
    public static IReadOnlyDictionary<string, ColumnLabels> Labels(SourceFile? file)
    {
        if (file is null || Json(file) is not { } json) return new Dictionary<string, ColumnLabels>();
        Row metadata = JsonFile.Read($"{file.Name}, '{HuggingFaceFeatures.Key}' of its metadata", new MemoryStream(Encoding.UTF8.GetBytes(json)));
        return metadata.GetValueOrDefault("info") is Row info && info.GetValueOrDefault("features") is Row features
            ? LabelNames.OfFeatures(features)
            : new Dictionary<string, ColumnLabels>();
    }

    static string? Json(SourceFile file)
    {
        if (SourceStreams.IsWrapped(file.Path)) return null;
        switch (RowReader.ByName(file.Path))
        {
            case RowFormat.Parquet:
                using (ParquetFile parquet = ParquetFile.Open(SourceStreams.OpenFile(file), file.Name))
                    return parquet.KeyValueMetadata.GetValueOrDefault(HuggingFaceFeatures.Key);
            case RowFormat.Arrow:
                using (FileStream arrow = SourceStreams.OpenFile(file))
                    return ArrowRows.Metadata(new SourceStream(file.Name, file.Name, arrow), HuggingFaceFeatures.Key);
            default:
                return null;
        }
    }
}

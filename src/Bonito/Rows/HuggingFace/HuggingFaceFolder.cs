namespace Bonito.Rows.HuggingFace;

/// <summary>A dataset as the Hugging Face hub and its libraries lay it out: a repository that was downloaded, or what <c>save_to_disk</c> wrote.</summary>
/// <param name="Configurations">Its configurations, in the order of the dataset's card where it has one, else by name.</param>
/// <param name="Unused">Files of rows, by their names below the folder, that no split takes.</param>
public sealed record HuggingFaceFolder(IReadOnlyList<DatasetConfiguration> Configurations, IReadOnlyList<string> Unused)
{
    /// <summary>
    /// Finds out what a folder holds: from <c>dataset_dict.json</c>, <c>state.json</c>, the <c>configs</c> of the card
    /// README.md, or else from the names of its files (<c>data/train-00000-of-00002.parquet</c>,
    /// <c>english/validation.jsonl</c>). Names of labels come from <c>dataset_info.json</c>, the card or
    /// <c>dataset_infos.json</c>. Null when there is no file of rows.
    /// </summary>
    /// <exception cref="BonitoException">One of these files is broken, or names files outside of the folder.</exception>
    public static HuggingFaceFolder? Find(string folder)
    {
        if (!Directory.Exists(folder)) return null;
        if (SavedDataset.Find(folder) is { } saved) return saved;
        DatasetCard? card = DatasetCard.Read(folder);
        return card is { Configurations.Count: > 0 } ? card.Folder(folder) : FileNameLayout.Find(folder, card);
    }

    /// <summary>A configuration by its name; the only one, or the one called <c>default</c>, when null. Null when there is none.</summary>
    public DatasetConfiguration? Configuration(string? name) => name is not null
        ? Configurations.FirstOrDefault(c => c.Name == name)
        : Configurations.Count == 1 ? Configurations[0] : Configurations.FirstOrDefault(c => c.Name == DatasetConfiguration.Default);
}

/// <summary>One form of a dataset, a language or a task for example.</summary>
/// <param name="Splits">Its splits: train, validation, test, or others.</param>
/// <param name="Labels">The names of labels, by the column; of a column inside others, by their names with dots between.</param>
public sealed record DatasetConfiguration(string Name, IReadOnlyList<DatasetSplit> Splits, IReadOnlyDictionary<string, ColumnLabels> Labels)
{
    public const string Default = "default";

    /// <summary>A split by its name; null when there is none.</summary>
    public DatasetSplit? Split(string name) => Splits.FirstOrDefault(s => s.Name == name);
}

/// <summary>A part of a dataset.</summary>
/// <param name="Source">How its files are read, below the folder.</param>
/// <param name="Found">Its files, and the patterns of the card that match none.</param>
public sealed record DatasetSplit(string Name, RowSource Source, FoundFiles Found);

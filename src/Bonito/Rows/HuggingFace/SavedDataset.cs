namespace Bonito.Rows.HuggingFace;

/// <summary>What <c>save_to_disk</c> writes: Arrow streams that <c>state.json</c> lists, and a folder a split under <c>dataset_dict.json</c>.</summary>
static class SavedDataset
{
    public static HuggingFaceFolder? Find(string folder)
    {
        string dictionary = Path.Combine(folder, "dataset_dict.json");
        if (File.Exists(dictionary))
        {
            string[] splits = [.. JsonFile.Texts(dictionary, JsonFile.Read(dictionary), "splits")];
            return Configuration(folder, [.. splits.Select(split => (split, Plain(dictionary, split) + "/"))]);
        }
        return File.Exists(Path.Combine(folder, "state.json")) ? Configuration(folder, [("", "")]) : null;
    }

    static HuggingFaceFolder Configuration(string folder, (string Split, string Prefix)[] parts)
    {
        var splits = new List<DatasetSplit>();
        IReadOnlyDictionary<string, ColumnLabels> labels = new Dictionary<string, ColumnLabels>();
        foreach ((string split, string prefix) in parts)
        {
            string file = Path.Combine(folder, prefix, "state.json");
            Row state = JsonFile.Read(file);
            string name = split.Length > 0 ? split : state.GetValueOrDefault("_split") as string ?? "train";
            string[] patterns = [.. JsonFile.Rows(file, state, "_data_files").Select(f => prefix + Plain(file, f.GetValueOrDefault("filename") as string ?? ""))];
            var source = new RowSource { Files = patterns, Format = RowFormat.Arrow };
            splits.Add(new DatasetSplit(name, source, source.Find([folder])));
            string info = Path.Combine(folder, prefix, "dataset_info.json");
            if (File.Exists(info) && JsonFile.Read(info).GetValueOrDefault("features") is Row features) labels = LabelNames.OfFeatures(features);
        }
        return new HuggingFaceFolder([new DatasetConfiguration(DatasetConfiguration.Default, splits, labels)], []);
    }

    /// <summary>These files are of other people's making: a name that leaves the folder is refused.</summary>
    static string Plain(string file, string name) => name.Length > 0 && name is not ("." or "..") && name.IndexOfAny(['/', '\\', '*', '\0']) < 0
        ? name
        : throw new BonitoException($"{file}: '{name}' is not the name of a file or folder beside it.");
}

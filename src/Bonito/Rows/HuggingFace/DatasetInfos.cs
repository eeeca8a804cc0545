namespace Bonito.Rows.HuggingFace;

/// <summary><c>dataset_info.json</c> beside the files, and the older <c>dataset_infos.json</c>, with an entry for each configuration.</summary>
static class DatasetInfos
{
    /// <summary>The names of a configuration's labels; none when no file tells.</summary>
    /// <exception cref="BonitoException">A file is there but broken.</exception>
    public static IReadOnlyDictionary<string, ColumnLabels> Labels(string folder, string configuration)
    {
        string info = Path.Combine(folder, "dataset_info.json");
        if (File.Exists(info)) return Features(JsonFile.Read(info));
        string infos = Path.Combine(folder, "dataset_infos.json");
        if (!File.Exists(infos)) return Features(null);
        Row all = JsonFile.Read(infos);
        return Features(all.GetValueOrDefault(configuration) as Row ?? (all.Count == 1 ? all.Values.Single() as Row : null));
    }

    static Dictionary<string, ColumnLabels> Features(Row? info) =>
        info?.GetValueOrDefault("features") is Row features ? LabelNames.OfFeatures(features) : [];
}

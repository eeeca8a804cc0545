namespace Bonito.Rows.HuggingFace;

/// <summary>
/// Where the names of a configuration's labels stand: in the card, in <c>dataset_info.json</c> beside the files, in the
/// older <c>dataset_infos.json</c> with an entry for each configuration, or in the files of rows themselves.
/// </summary>
static class DatasetInfos
{
    /// <summary>The names of a configuration's labels, from the first of these that tells them; none when none does.</summary>
    /// <exception cref="BonitoException">A file is there but broken.</exception>
    public static IReadOnlyDictionary<string, ColumnLabels> Labels(
        string folder, DatasetCard? card, string configuration, IEnumerable<DatasetSplit> splits)
    {
        if (card?.Labels(configuration) is { Count: > 0 } ofCard) return ofCard;
        string info = Path.Combine(folder, "dataset_info.json");
        if (File.Exists(info) && Labels(JsonFile.Read(info)) is { Count: > 0 } own) return own;
        string infos = Path.Combine(folder, "dataset_infos.json");
        if (File.Exists(infos))
        {
            Row all = JsonFile.Read(infos);
            Row? one = all.GetValueOrDefault(configuration) as Row ?? (all.Count == 1 ? all.Values.Single() as Row : null);
            if (one is not null && Labels(one) is { Count: > 0 } listed) return listed;
        }
        return FileFeatures.Labels(splits.SelectMany(s => s.Found.Files).FirstOrDefault());
    }

    static Dictionary<string, ColumnLabels> Labels(Row info) =>
        info.GetValueOrDefault("features") is Row features ? LabelNames.OfFeatures(features) : [];
}

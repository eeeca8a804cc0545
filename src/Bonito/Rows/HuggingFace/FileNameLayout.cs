using System.Text.RegularExpressions;

namespace Bonito.Rows.HuggingFace;

/// <summary>Splits and configurations by the names of files and folders, where no card tells: as the hub does it.</summary>
static partial class FileNameLayout
{
    static readonly Dictionary<string, string> Splits = new(StringComparer.OrdinalIgnoreCase)
    {
        ["train"] = "train",
        ["training"] = "train",
        ["validation"] = "validation",
        ["valid"] = "validation",
        ["val"] = "validation",
        ["dev"] = "validation",
        ["test"] = "test",
        ["testing"] = "test",
        ["eval"] = "test",
        ["evaluation"] = "test",
    };

    static readonly HashSet<string> Descriptions = ["dataset_info.json", "dataset_infos.json", "dataset_dict.json", "state.json"];

    public static HuggingFaceFolder? Find(string folder, DatasetCard? card)
    {
        string[] files = DataFiles(folder);
        if (files.Length == 0) return null;
        (string File, string Configuration, string? Split)[] placed = [.. files.Select(Place)];
        // Where no name tells a split, all files are the training set.
        if (placed.All(p => p.Split is null)) placed = [.. placed.Select(p => p with { Split = "train" })];
        var configurations = new List<DatasetConfiguration>();
        var used = new HashSet<string>(StringComparer.Ordinal);
        foreach (var configuration in placed.Where(p => p.Split is not null).GroupBy(p => p.Configuration).OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            var splits = new List<DatasetSplit>();
            foreach (var split in configuration.GroupBy(p => p.Split!))
            {
                // The same rows often lie there in several formats; one of them is read.
                string[] own = [.. split.GroupBy(p => RowReader.ByName(p.File))
                    .OrderByDescending(g => g.Count()).ThenByDescending(g => g.Key).First().Select(p => p.File)];
                used.UnionWith(own);
                var source = new RowSource { Files = own };
                splits.Add(new DatasetSplit(split.Key, source, source.Find([folder])));
            }
            configurations.Add(new DatasetConfiguration(configuration.Key, splits, DatasetInfos.Labels(folder, card, configuration.Key, splits)));
        }
        return new HuggingFaceFolder(configurations, [.. files.Where(f => !used.Contains(f))]);
    }

    /// <summary>The files of rows in a folder, by their names below it; hidden folders and descriptions aside.</summary>
    public static string[] DataFiles(string folder) => [.. FileSearch.Matches(folder, "**/*")
        .Select(f => f.Name)
        .Where(name => RowReader.ByName(name) is not null && !Descriptions.Contains(Path.GetFileName(name)))
        .Where(name => !name.Split('/').Any(part => part.StartsWith('.')))];

    static (string File, string Configuration, string? Split) Place(string file)
    {
        string[] parts = file.Split('/');
        string? split = OfShard(parts[^1]) ?? OfName(parts[^1]);
        var configuration = new List<string>();
        foreach (string part in parts[..^1])
        {
            string? own = Splits.GetValueOrDefault(part);
            split ??= own;
            if (own is null && part != "data") configuration.Add(part);
        }
        return (file, configuration.Count == 0 ? DatasetConfiguration.Default : string.Join('/', configuration), split);
    }

    /// <summary>The split of a shard: <c>unsupervised</c> of <c>unsupervised-00000-of-00001.parquet</c>, <c>train</c> of <c>name-train-00000-of-00002.arrow</c>.</summary>
    static string? OfShard(string name)
    {
        Match shard = Shard().Match(name);
        if (!shard.Success) return null;
        string split = shard.Groups[1].Value.Split('-')[^1];
        return Splits.GetValueOrDefault(split, split);
    }

    static string? OfName(string name) => Word().Matches(name).Select(word => Splits.GetValueOrDefault(word.Value)).FirstOrDefault(s => s is not null);

    [GeneratedRegex(@"^(.+)-\d{5}-of-\d{5}")]
    private static partial Regex Shard();

    [GeneratedRegex("[A-Za-z]+")]
    private static partial Regex Word();
}

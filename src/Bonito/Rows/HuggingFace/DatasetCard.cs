using YamlDotNet.Core;

namespace Bonito.Rows.HuggingFace;

/// <summary>The YAML at the head of a dataset's README.md: <c>configs</c> say which files are which split, <c>dataset_info</c> what their columns hold.</summary>
sealed class DatasetCard
{
    readonly string file;
    readonly Row head;

    DatasetCard(string file, Row head) => (this.file, this.head) = (file, head);

    public IReadOnlyList<Row> Configurations => head.GetValueOrDefault("configs") is IReadOnlyList<object?> list ? [.. list.OfType<Row>().Where(c => c.GetValueOrDefault("data_files") is not null)] : [];

    /// <summary>The card of a folder; null when it has none.</summary>
    /// <exception cref="BonitoException">Its head is not YAML.</exception>
    public static DatasetCard? Read(string folder)
    {
        string file = Path.Combine(folder, "README.md");
        if (!File.Exists(file)) return null;
        using Stream content = SourceStreams.OpenFile(new SourceFile(file, file));
        string text = Utf8Text.All(new SourceStream(file, file, content));
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        int end = lines.Length > 0 && lines[0].TrimEnd() == "---" ? Array.FindIndex(lines, 1, line => line.TrimEnd() == "---") : -1;
        if (end < 0) return null;
        try
        {
            return YamlValues.Read(string.Join('\n', lines[1..end])) is Row head ? new DatasetCard(file, head) : null;
        }
        catch (YamlException e)
        {
            throw new BonitoException($"{file}:{e.Start.Line + 1}: broken YAML at the head of the card: {e.Message}", e);
        }
    }

    /// <summary>The names of a configuration's labels.</summary>
    public IReadOnlyDictionary<string, ColumnLabels> Labels(string configuration)
    {
        object? info = head.GetValueOrDefault("dataset_info");
        IEnumerable<Row> infos = info is Row one ? [one] : info is IReadOnlyList<object?> list ? list.OfType<Row>() : [];
        Row? own = infos.FirstOrDefault(i => (i.GetValueOrDefault("config_name") as string ?? configuration) == configuration);
        return LabelNames.OfCard(own?.GetValueOrDefault("features"));
    }

    /// <summary>What the card says of a folder.</summary>
    /// <exception cref="BonitoException">It names files outside of the folder, or none.</exception>
    public HuggingFaceFolder Folder(string folder)
    {
        var configurations = new List<DatasetConfiguration>();
        foreach (Row entry in Configurations)
        {
            string name = entry.GetValueOrDefault("config_name") as string ?? DatasetConfiguration.Default;
            var splits = new List<DatasetSplit>();
            foreach ((string split, string[] patterns) in Splits(entry.GetValueOrDefault("data_files"), name))
            {
                string prefix = entry.GetValueOrDefault("data_dir") is string directory ? Inside(directory).TrimEnd('/') + "/" : "";
                var source = new RowSource { Files = [.. patterns.Select(p => prefix + Inside(p))] };
                splits.Add(new DatasetSplit(split, source, source.Find([folder])));
            }
            configurations.Add(new DatasetConfiguration(name, splits, DatasetInfos.Labels(folder, this, name, splits)));
        }
        HashSet<string> used = [.. configurations.SelectMany(c => c.Splits).SelectMany(s => s.Found.Files).Select(f => f.Name)];
        return new HuggingFaceFolder(configurations, [.. FileNameLayout.DataFiles(folder).Where(f => !used.Contains(f))]);
    }

    IEnumerable<(string Split, string[] Patterns)> Splits(object? files, string configuration)
    {
        switch (files)
        {
            case string pattern:
                return [("train", [pattern])];
            case IReadOnlyList<object?> list when list.All(item => item is string):
                return [("train", [.. list.Cast<string>()])];
            case IReadOnlyList<object?> list when list.All(item => item is Row):
                return list.Cast<Row>().Select(item => (item.GetValueOrDefault("split") as string ?? "train", Patterns(item.GetValueOrDefault("path"), configuration)));
            case Row bySplit:
                return bySplit.Select(item => (item.Key, Patterns(item.Value, configuration)));
            default:
                throw Broken(configuration);
        }
    }

    string[] Patterns(object? path, string configuration) => path switch
    {
        string pattern => [pattern],
        IReadOnlyList<object?> list when list.All(item => item is string) => [.. list.Cast<string>()],
        _ => throw Broken(configuration),
    };

    BonitoException Broken(string configuration) =>
        new($"{file}: data_files of the configuration '{configuration}' are not understood; expected a path, a list of paths, or a list of split and path.");

    // A card is other people's text: it names files of its folder, no others.
    string Inside(string pattern)
    {
        string path = pattern.StartsWith("./", StringComparison.Ordinal) ? pattern[2..] : pattern;
        if (path.Split('/', '\\').Contains("..") || Path.IsPathRooted(path))
            throw new BonitoException($"{file}: the path '{pattern}' leaves the folder; expected one below it.");
        return path;
    }
}

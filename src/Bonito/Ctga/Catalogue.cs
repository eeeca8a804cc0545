using Bonito.Rows;
using Bonito.Tasks;
using Bonito.Templates;

namespace Bonito.Ctga;

/// <summary>The source sets that catalogue files declare, as documented at the head of <c>sources.yaml</c>.</summary>
internal sealed class Catalogue
{
    const string DefaultContext = "{{ context }}";

    static readonly Dictionary<string, (RowFormat Format, string RowsPath, DocumentLayout? Documents)> Formats = new(StringComparer.Ordinal)
    {
        ["auto"] = (RowFormat.Auto, "", null),
        ["jsonl"] = (RowFormat.JsonLines, "", null),
        ["json"] = (RowFormat.Json, "", null),
        ["json_columns"] = (RowFormat.JsonColumns, "", null),
        ["squad"] = (RowFormat.Json, "data.*.paragraphs.*.qas.*", null),
        ["csv"] = (RowFormat.Csv, "", null),
        ["tsv"] = (RowFormat.Tsv, "", null),
        ["lines"] = (RowFormat.Lines, "", null),
        ["pairs"] = (RowFormat.Pairs, "", null),
        ["files"] = (RowFormat.Files, "", null),
        ["xml"] = (RowFormat.Xml, "", null),
        ["parquet"] = (RowFormat.Parquet, "", null),
        ["arrow"] = (RowFormat.Arrow, "", null),
        ["text"] = (RowFormat.Files, "", DocumentLayout.WholeFiles),
        ["wikiextractor"] = (RowFormat.Lines, "", DocumentLayout.WikiExtractor),
    };

    Catalogue(string source, string text, IReadOnlyList<SourceSet> sets) =>
        (Source, Hash, Sets) = (source, Fingerprint.Hex(text), sets);

    /// <summary>The file, or <c>builtin</c>.</summary>
    public string Source { get; }

    /// <summary>SHA-256 of the file's text.</summary>
    public string Hash { get; }

    public IReadOnlyList<SourceSet> Sets { get; }

    /// <summary>Reads a file, or the catalogue that ships with Bonito when <paramref name="file"/> is null.</summary>
    /// <exception cref="BonitoException">The file cannot be read or breaks the format.</exception>
    public static Catalogue Load(string? file = null) =>
        file is null ? Parse("builtin", BuiltinFile.Read("sources.yaml")) : Parse(file, BuiltinFile.ReadUser(file));

    /// <summary>Reads the text of a catalogue; <paramref name="source"/> names it in errors.</summary>
    /// <exception cref="BonitoException">The text breaks the format.</exception>
    public static Catalogue Parse(string source, string text)
    {
        YamlFields root = YamlFields.Parse(source, text);
        var sets = new List<SourceSet>();
        foreach (YamlFields item in root.Items("sets", "a set"))
        {
            string name = item.Text("name");
            item.What = $"set '{name}'";
            if (sets.Any(s => s.Name == name)) throw item.Error("the name is used twice.");
            if (name.AsSpan().IndexOfAny('/', '\\') >= 0) throw item.Error("the name must do as a file's name; use no '/' and no '\\'.");
            sets.Add(ReadSet(item, name));
        }
        root.Finish();
        if (sets.Count == 0) throw new BonitoException($"{source}: the list 'sets' is empty.");
        return new Catalogue(source, text, sets);
    }

    static SourceSet ReadSet(YamlFields item, string name)
    {
        string dataset = item.TextOrNull("dataset") ?? name;
        string? configuration = item.TextOrNull("configuration");
        List<SourcePart> parts = item.Has("parts") ? [.. item.Items("parts", $"set '{name}', a part").Select(ReadPart)] : [];
        parts.Insert(0, PublishedForm(dataset, configuration, item.TextOrNull("split") ?? "train", item.Where));
        var set = new SourceSet(
            name, dataset, configuration, item.Text("licence"), item.Flag("commercial"), item.TextOrNull("context") ?? DefaultContext,
            ReadTemplates(item), ReadRoles(item), ReadTasks(item), parts, item.Where);
        item.Finish();
        bool rows = parts.Count == 1 || parts.Skip(1).Any(p => p.Documents is null);
        if (!rows && set.Tasks.Count + set.Roles.Count > 0)
            throw item.Error("plain text takes its task types and roles from the text rules; remove 'roles' and 'tasks'.");
        if (set.Tasks.Count > 0 && !set.Roles.Names.Contains(Roles.Context) && parts.All(p => !p.Roles.Names.Contains(Roles.Context)))
            throw item.Error($"field 'tasks' needs the role '{Roles.Context}'; add it to 'roles'.");
        if (rows && set.Tasks.Count == 0 && set.TemplateTaskTypes.Count == 0 && item.TextOrNull("context") is null)
            throw item.Error("no template could be used: add 'roles' and 'tasks' for templates over roles, or 'context' for templates over columns.");
        return set;
    }

    /// <summary>Where every set is looked for in its published form, besides the files that its entry names.</summary>
    static SourcePart PublishedForm(string dataset, string? configuration, string split, string where)
    {
        string[] folders = configuration is null ? [dataset, $"{dataset}/default", $"{dataset}/data"] : [$"{dataset}/{configuration}", $"{dataset}/data/{configuration}"];
        string[] names = [$"{split}-*.parquet", $"{split}.parquet", $"*-{split}.parquet", $"*-{split}-*.parquet", $"{split}/*.arrow", $"*-{split}.arrow", $"*-{split}-*.arrow"];
        return new SourcePart(
            new RowSource { Files = [.. folders.SelectMany(folder => names.Select(name => $"{folder}/{name}"))] },
            null, [], ColumnMap.None, ColumnMap.None, where);
    }

    static SourcePart ReadPart(YamlFields item)
    {
        string formatName = item.Text("format");
        if (!Formats.TryGetValue(formatName, out (RowFormat Format, string RowsPath, DocumentLayout? Documents) format))
            throw item.Error($"unknown format '{formatName}'; known: {string.Join(", ", Formats.Keys)}.");
        var source = new RowSource
        {
            Files = item.Texts("files"),
            Members = item.Texts("members"),
            Format = format.Format,
            RowsPath = item.TextOrNull("rows") ?? format.RowsPath,
            Columns = item.Texts("header"),
            Lists = item.Texts("lists"),
            Latin1 = item.TextOrNull("encoding") switch
            {
                null or "utf-8" => false,
                "latin-1" => true,
                string other => throw item.Error($"field 'encoding': expected utf-8 or latin-1, got '{other}'."),
            },
        };
        var part = new SourcePart(source, format.Documents, item.Texts("clean"), ColumnMap.Read(item, "columns"), ReadRoles(item), item.Where);
        item.Finish();
        if (source.Files.Count == 0) throw item.Error("field 'files' is missing or empty.");
        if (part.Clean.FirstOrDefault(step => !TextCleaning.Names.Contains(step)) is { } unknown)
            throw item.Error($"unknown cleaning '{unknown}'; known: {string.Join(", ", TextCleaning.Names)}.");
        if (part.Documents is not null && part.Columns.Count + part.Roles.Count > 0)
            throw item.Error($"format '{formatName}' holds plain text, which the text rules make rows of; remove 'columns' and 'roles'.");
        return part;
    }

    static Dictionary<string, TaskType> ReadTemplates(YamlFields item)
    {
        var types = new Dictionary<string, TaskType>(StringComparer.Ordinal);
        if (item.MapOrNull("templates") is not { } map) return types;
        foreach (string typeName in map.Keys)
        {
            TaskType taskType = FindTaskType(map, typeName);
            foreach (string template in map.Texts(typeName))
            {
                if (!types.TryAdd(template, taskType)) throw map.Error($"the template '{template}' is named twice.");
            }
        }
        return types;
    }

    static List<SourceTask> ReadTasks(YamlFields item)
    {
        if (!item.IsMap("tasks")) return [.. item.Texts("tasks").Select(name => new SourceTask(FindTaskType(item, name), null))];
        YamlFields map = item.MapOrNull("tasks")!;
        return [.. map.Keys.Select(name => new SourceTask(
            FindTaskType(map, name),
            map.TextOrNull(name) is { } condition ? RowExpression.Parse($"{map.Where}: {map.What} '{name}'", condition) : null))];
    }

    static ColumnMap ReadRoles(YamlFields item)
    {
        ColumnMap roles = ColumnMap.Read(item, "roles");
        return roles.Names.FirstOrDefault(name => !Roles.All.Contains(name)) is { } unknown
            ? throw item.Error($"unknown role '{unknown}'; known: {string.Join(", ", Roles.All)}.")
            : roles;
    }

    static TaskType FindTaskType(YamlFields item, string name) => TaskType.TryParse(name, out TaskType? taskType)
        ? taskType
        : throw item.Error($"unknown task type '{name}'; known: {string.Join(", ", TaskType.All.Select(t => t.ShortName))}.");
}

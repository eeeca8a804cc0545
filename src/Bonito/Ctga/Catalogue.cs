using System.Text.RegularExpressions;
using Bonito.Tasks;
using Bonito.Templates;

namespace Bonito.Ctga;

/// <summary>The source sets of one catalogue file, as declared in <c>sources.yaml</c>.</summary>
internal sealed class Catalogue
{
    static readonly Dictionary<string, (SourceFormat Format, string Rows)> Formats = new(StringComparer.Ordinal)
    {
        ["jsonl"] = (SourceFormat.JsonLines, ""),
        ["json"] = (SourceFormat.Json, "*"),
        ["squad"] = (SourceFormat.Json, "data.*.paragraphs.*.qas.*"),
        ["csv"] = (SourceFormat.Csv, ""),
        ["tsv"] = (SourceFormat.Tsv, ""),
        ["lines"] = (SourceFormat.Lines, ""),
        ["files"] = (SourceFormat.Files, ""),
        ["wikiextractor"] = (SourceFormat.WikiExtractor, ""),
        ["text"] = (SourceFormat.Text, ""),
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
    public static Catalogue Parse(string source, string text)
    {
        YamlFields root = YamlFields.Parse(source, text);
        var sets = new List<SourceSet>();
        foreach (YamlFields item in root.Items("sets", "a set"))
        {
            string name = item.Text("name");
            item.What = $"set '{name}'";
            if (sets.Any(s => s.Name == name)) throw item.Error("the name is used twice.");
            sets.Add(new SourceSet(
                name, item.Text("licence"), item.Flag("commercial"),
                [.. item.Items("parts", $"set '{name}', a part").Select(Part)]));
            item.Finish();
        }
        root.Finish();
        if (sets.Count == 0) throw new BonitoException($"{source}: the list 'sets' is empty.");
        return new Catalogue(source, text, sets);
    }

    static SourcePart Part(YamlFields item)
    {
        string formatName = item.Text("format");
        if (!Formats.TryGetValue(formatName, out (SourceFormat Format, string Rows) format))
        {
            throw item.Error($"unknown format '{formatName}'; known: {string.Join(", ", Formats.Keys)}.");
        }
        var part = new SourcePart(
            item.Texts("files"), item.Texts("members"), format.Format,
            new RowsPath(item.TextOrNull("rows") ?? format.Rows), item.Texts("columns"), item.Texts("clean"),
            ReadRoles(item, "roles"), ReadTasks(item));
        item.Finish();
        if (part.Files.Count == 0) throw item.Error("field 'files' is missing or empty.");
        if (part.Clean.FirstOrDefault(step => !TextCleaning.Names.Contains(step)) is { } unknown)
        {
            throw item.Error($"unknown cleaning '{unknown}'; known: {string.Join(", ", TextCleaning.Names)}.");
        }
        if (part.IsText && part.Roles.Count + part.Tasks.Count > 0)
        {
            throw item.Error($"format '{formatName}' takes its task types and roles from the text rules; remove 'roles' and 'tasks'.");
        }
        if (!part.IsText && part.Tasks.Count == 0) throw item.Error("field 'tasks' is missing or empty.");
        foreach (SourceTask task in part.Tasks)
        {
            if (!part.Roles.ContainsKey(Roles.Context) && !task.Roles.ContainsKey(Roles.Context))
            {
                throw item.Error($"task type '{task.TaskType}' has no role '{Roles.Context}'.");
            }
        }
        return part;
    }

    static List<SourceTask> ReadTasks(YamlFields item)
    {
        var none = new Dictionary<string, IReadOnlyList<string>>();
        if (!item.IsMap("tasks"))
        {
            return [.. item.Texts("tasks").Select(name =>
                new SourceTask(FindTaskType(item, name), new Dictionary<string, RoleExpression>(), none, none))];
        }
        YamlFields map = item.MapOrNull("tasks")!;
        var tasks = new List<SourceTask>();
        foreach (string name in map.Keys)
        {
            TaskType taskType = FindTaskType(item, name);
            YamlFields? body = map.MapOrNull(name);
            tasks.Add(body is null
                ? new SourceTask(taskType, new Dictionary<string, RoleExpression>(), none, none)
                : new SourceTask(taskType, ReadRoles(body, "roles"), ReadValues(body, "where"), ReadValues(body, "unless")));
            body?.Finish();
        }
        return tasks;
    }

    static TaskType FindTaskType(YamlFields item, string name) => TaskType.TryParse(name, out TaskType? taskType)
        ? taskType
        : throw item.Error($"unknown task type '{name}'; known: {string.Join(", ", TaskType.All.Select(t => t.ShortName))}.");

    static Dictionary<string, IReadOnlyList<string>> ReadValues(YamlFields item, string field)
    {
        var values = new Dictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal);
        if (item.MapOrNull(field) is not { } map) return values;
        foreach (string role in map.Keys)
        {
            CheckRole(map, role);
            values.Add(role, map.Texts(role));
        }
        return values;
    }

    static Dictionary<string, RoleExpression> ReadRoles(YamlFields item, string field)
    {
        var roles = new Dictionary<string, RoleExpression>(StringComparer.Ordinal);
        if (item.MapOrNull(field) is not { } map) return roles;
        foreach (string role in map.Keys)
        {
            CheckRole(map, role);
            roles.Add(role, map.IsMap(role)
                ? Expression(map.MapOrNull(role)!)
                : new RoleExpression { Paths = map.Texts(role) });
        }
        return roles;
    }

    static void CheckRole(YamlFields map, string role)
    {
        if (!Roles.All.Contains(role))
        {
            throw map.Error($"unknown role '{role}'; known: {string.Join(", ", Roles.All)}.");
        }
    }

    static RoleExpression Expression(YamlFields map)
    {
        string? pattern = map.TextOrNull("match");
        Regex? match = null;
        if (pattern is not null)
        {
            try
            {
                match = new Regex(pattern, RegexOptions.Singleline | RegexOptions.CultureInvariant, TimeSpan.FromSeconds(5));
            }
            catch (ArgumentException e)
            {
                throw map.Error($"field 'match': not a regular expression: {e.Message}");
            }
            if (match.GetGroupNumbers().Length < 2) throw map.Error("field 'match': needs a group in parentheses, the part to take.");
        }
        string? pick = map.TextOrNull("pick");
        var expression = new RoleExpression
        {
            Paths = pick is null ? map.Texts("path") : [pick],
            Value = map.TextOrNull("value"),
            Text = map.TextOrNull("text"),
            Match = match,
            Words = map.PairsOrNull("words"),
            Pick = pick is not null,
            PickFrom = map.NumberOrNull("from") ?? 0,
            Suffix = map.TextOrNull("suffix"),
        };
        int sources = (expression.Paths.Count > 0 ? 1 : 0) + (expression.Value is null ? 0 : 1) + (expression.Text is null ? 0 : 1);
        if (sources != 1) throw map.Error("expected exactly one of 'path', 'pick', 'value' and 'text'.");
        map.Finish();
        return expression;
    }
}

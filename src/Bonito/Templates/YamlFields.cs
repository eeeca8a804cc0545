using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Bonito.Templates;

/// <summary>
/// One mapping of a YAML file read field by field, so that every complaint names the file, the line and what was
/// being read. <see cref="Finish"/> refuses fields that nobody asked for: a misspelt field is never ignored.
/// </summary>
internal sealed class YamlFields
{
    readonly YamlMappingNode _map;
    readonly HashSet<string> _known = new(StringComparer.Ordinal);

    YamlFields(string file, string what, YamlMappingNode map) => (File, What, _map) = (file, what, map);

    /// <summary>The file's name as shown in errors.</summary>
    public string File { get; }

    /// <summary>What this mapping describes, for example <c>set 'squad'</c>.</summary>
    public string What { get; set; }

    /// <summary>File and line, as errors begin.</summary>
    public string Where => $"{File}:{_map.Start.Line}";

    /// <summary>The root mapping of a YAML text.</summary>
    /// <exception cref="BonitoException">The text is not one YAML mapping.</exception>
    public static YamlFields Parse(string file, string text)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new BonitoException($"{file}:{e.Start.Line}:{e.Start.Column}: not valid YAML: {e.Message}", e);
        }
        if (stream.Documents.Count == 0) throw new BonitoException($"{file}: the file is empty; expected a YAML mapping.");
        return Of(file, "the file", stream.Documents[0].RootNode);
    }

    /// <summary>The keys, in the file's order.</summary>
    public IEnumerable<string> Keys => _map.Children.Keys.Select(k => Scalar(k, What));

    /// <summary>The mappings of a required sequence field.</summary>
    public IEnumerable<YamlFields> Items(string field, string what)
    {
        if (Node(field) is not YamlSequenceNode items) throw Wrong(field, "a list");
        return items.Children.Select(node => Of(File, what, node));
    }

    public string Text(string field) =>
        TextOrNull(field) ?? throw Error($"field '{field}' is missing.");

    /// <summary>A text; null when the field is missing, empty or a plain <c>null</c>.</summary>
    public string? TextOrNull(string field) => Node(field) switch
    {
        null => null,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: null or "" or "~" or "null" or "Null" or "NULL" } => null,
        YamlScalarNode scalar => scalar.Value ?? "",
        _ => throw Wrong(field, "text"),
    };

    public bool Flag(string field) => Text(field) switch
    {
        "true" => true,
        "false" => false,
        string other => throw Error($"field '{field}': expected true or false, got '{other}'."),
    };

    public int? NumberOrNull(string field) => TextOrNull(field) switch
    {
        null => null,
        string text when int.TryParse(text, out int number) => number,
        string text => throw Error($"field '{field}': expected a whole number, got '{text}'."),
    };

    /// <summary>A list of texts; a single text counts as a list of one; a missing field as none.</summary>
    public IReadOnlyList<string> Texts(string field) => Node(field) switch
    {
        null => [],
        YamlScalarNode scalar => [scalar.Value ?? ""],
        YamlSequenceNode list => [.. list.Children.Select(n => Scalar(n, $"{What}, field '{field}'"))],
        _ => throw Wrong(field, "a text or a list of texts"),
    };

    /// <summary>A nested mapping; null when the field is missing or empty.</summary>
    public YamlFields? MapOrNull(string field) => Node(field) switch
    {
        null or YamlScalarNode { Value: null or "" } => null,
        YamlMappingNode map => new YamlFields(File, $"{What}, field '{field}'", map),
        _ => throw Wrong(field, "a mapping"),
    };

    /// <summary>Whether the field is there.</summary>
    public bool Has(string field) => Node(field) is not null;

    public bool IsMap(string field) => Node(field) is YamlMappingNode;

    /// <summary>All pairs of a nested mapping of texts; null when the field is missing.</summary>
    public IReadOnlyDictionary<string, string>? PairsOrNull(string field)
    {
        if (MapOrNull(field) is not { } map) return null;
        return map.Keys.ToDictionary(k => k, map.Text, StringComparer.Ordinal);
    }

    /// <summary>Refuses fields that were never read.</summary>
    public void Finish()
    {
        foreach (YamlNode key in _map.Children.Keys)
        {
            string name = Scalar(key, What);
            if (!_known.Contains(name))
            {
                throw new BonitoException(
                    $"{File}:{key.Start.Line}: {What}: unknown field '{name}'; known fields: {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
            }
        }
    }

    /// <summary>An error about this mapping, with its file and line.</summary>
    public BonitoException Error(string message) => new($"{Where}: {What}: {message}");

    BonitoException Wrong(string field, string expected) =>
        Node(field) is { } node
            ? new($"{File}:{node.Start.Line}: {What}: field '{field}': expected {expected}.")
            : Error($"field '{field}' is missing; expected {expected}.");

    YamlNode? Node(string field)
    {
        _known.Add(field);
        return _map.Children.TryGetValue(new YamlScalarNode(field), out YamlNode? node) ? node : null;
    }

    static YamlFields Of(string file, string what, YamlNode node) => node is YamlMappingNode map
        ? new(file, what, map)
        : throw new BonitoException($"{file}:{node.Start.Line}: {what}: expected a mapping.");

    string Scalar(YamlNode node, string what) => node is YamlScalarNode scalar
        ? scalar.Value ?? ""
        : throw new BonitoException($"{File}:{node.Start.Line}: {what}: expected a text.");
}

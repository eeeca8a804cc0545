using System.Text.Json.Nodes;

namespace Bonito.Datasets;

/// <summary>A value that two configurations do not have in common.</summary>
/// <param name="Key">Its path, with dots between the names.</param>
/// <param name="Then">Its JSON in the run folder; null if it was not set.</param>
/// <param name="Now">Its JSON now; null if it is not set.</param>
public sealed record ConfigurationDifference(string Key, string? Then, string? Now)
{
    const int LongestShown = 60;

    /// <summary>Compares value by value; lists are one value.</summary>
    /// <param name="except">A top-level name that may differ.</param>
    public static IReadOnlyList<ConfigurationDifference> Find(JsonObject then, JsonObject now, string except)
    {
        Dictionary<string, string> before = Values(then, except), after = Values(now, except);
        return
        [
            .. before.Keys.Union(after.Keys)
                .Select(key => new ConfigurationDifference(key, before.GetValueOrDefault(key), after.GetValueOrDefault(key)))
                .Where(difference => difference.Then != difference.Now),
        ];
    }

    public override string ToString() => $"{Key}: then {Shown(Then)}, now {Shown(Now)}";

    static string Shown(string? value) =>
        value is null ? "not set" : value.Length <= LongestShown ? value : value[..LongestShown] + "...";

    static Dictionary<string, string> Values(JsonObject configuration, string except)
    {
        Dictionary<string, string> values = [];
        foreach ((string name, JsonNode? value) in configuration)
            if (name != except) Add(values, name, value);
        return values;
    }

    static void Add(Dictionary<string, string> values, string key, JsonNode? value)
    {
        if (value is JsonObject fields)
            foreach ((string name, JsonNode? field) in fields) Add(values, $"{key}.{name}", field);
        else if (value is not null)
            values.Add(key, value.ToJsonString());
    }
}

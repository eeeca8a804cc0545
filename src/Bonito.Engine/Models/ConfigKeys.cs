using System.Text.Json;

namespace Bonito.Engine.Models;

/// <summary>
/// Reads the keys of one JSON object of a configuration. What is missing or of another kind is added to a list of troubles, so that
/// all can be told at once. A null value counts as absent.
/// </summary>
sealed class ConfigKeys(JsonElement root, List<string> troubles, string? parent = null)
{
    const int LongestValue = 80;

    public bool Has(string key) => Find(key) != null;

    public IEnumerable<string> Present => root.EnumerateObject().Where(p => p.Value.ValueKind != JsonValueKind.Null).Select(p => p.Name);

    public JsonElement? Find(string key) =>
        root.TryGetProperty(key, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;

    /// <summary>A whole number; without <paramref name="otherwise"/> the key is required.</summary>
    public int Integer(string key, int? otherwise = null)
    {
        if (Find(key) is not { } value) return otherwise ?? Missing(key);
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int number) ? number : Trouble(key, "a whole number below 2^31", value);
    }

    public int? OptionalInteger(string key) => Has(key) ? Integer(key) : null;

    public double Number(string key, double? otherwise = null)
    {
        if (Find(key) is not { } value) return otherwise ?? Missing(key);
        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) ? number : Trouble(key, "a number", value);
    }

    public bool Flag(string key, bool otherwise = false)
    {
        if (Find(key) is not { } value) return otherwise;
        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False) return value.GetBoolean();
        Trouble(key, "true or false", value);
        return otherwise;
    }

    public string? Text(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.String) return value.GetString();
        Trouble(key, "a string", value);
        return null;
    }

    /// <summary>A list of strings; null where it is absent or something else.</summary>
    public string[]? Texts(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String))
            return [.. value.EnumerateArray().Select(v => v.GetString()!)];
        Trouble(key, "a list of strings", value);
        return null;
    }

    /// <summary>A whole number or a list of them.</summary>
    public TokenIds Ids(string key)
    {
        if (Find(key) is not { } value) return [];
        if (value.ValueKind == JsonValueKind.Number) return [Integer(key)];
        int number = 0;
        if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.Number && v.TryGetInt32(out number)))
            return TokenIds.Create([.. value.EnumerateArray().Select(v => v.GetInt32())]);
        Trouble(key, "a token id or a list of them", value);
        return [];
    }

    /// <summary>The keys of an object inside; null where it is absent or something else.</summary>
    public ConfigKeys? Inside(string key)
    {
        if (Find(key) is not { } value) return null;
        if (value.ValueKind == JsonValueKind.Object) return new ConfigKeys(value, troubles, key);
        Trouble(key, "an object", value);
        return null;
    }

    /// <summary>Refuses a value that this engine does not run.</summary>
    public void Refuse(string key, string supported)
    {
        if (Find(key) is { } value) Trouble(key, supported, value, "this engine runs");
    }

    int Missing(string key)
    {
        troubles.Add($"{Name(key)} is missing");
        return 0;
    }

    int Trouble(string key, string wanted, JsonElement value, string verb = "expected")
    {
        string raw = value.GetRawText();
        troubles.Add($"{Name(key)}: {verb} {wanted}, got {(raw.Length > LongestValue ? raw[..LongestValue] + "..." : raw)}");
        return 0;
    }

    string Name(string key) => parent == null ? key : $"{key} of {parent}";
}

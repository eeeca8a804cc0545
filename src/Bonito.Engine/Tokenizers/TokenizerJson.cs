using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Bonito.Engine.Tokenizers;

/// <summary>Looks at the fields of a tokenizer's JSON; what is not as it must be is refused by the name of the field.</summary>
/// <param name="source">The file, for messages.</param>
internal sealed class TokenizerJson(string source)
{
    public int Id(JsonElement value, string field)
    {
        bool good = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id) && id is >= 0 and < TokenizerFile.IdLimit;
        Expect(good, field, $"an id from 0 to {TokenizerFile.IdLimit - 1}", value);
        return value.GetInt32();
    }

    /// <param name="prefix">What stands before the name in messages.</param>
    /// <param name="otherwise">The value of a field that is not there.</param>
    public bool Flag(JsonElement parent, string prefix, string name, bool otherwise)
    {
        if (!parent.TryGetProperty(name, out JsonElement value))
            return otherwise;
        Expect(value.ValueKind is JsonValueKind.True or JsonValueKind.False, prefix + name, "true or false", value);
        return value.GetBoolean();
    }

    public JsonElement Member(JsonElement parent, string prefix, string name) =>
        parent.TryGetProperty(name, out JsonElement value) ? value : throw Trouble(prefix + name, "a value", "no such field");

    public string Text(JsonElement value, string field)
    {
        Expect(value.ValueKind == JsonValueKind.String, field, "text", value);
        return value.GetString()!;
    }

    /// <summary>The items of an array that is a field of an object.</summary>
    public JsonElement[] Items(JsonElement parent, string prefix, string name)
    {
        JsonElement items = Member(parent, prefix, name);
        Expect(items.ValueKind == JsonValueKind.Array, prefix + name, "an array", items);
        return [.. items.EnumerateArray()];
    }

    /// <summary>The field <c>type</c> of a component, which must be an object.</summary>
    public string TypeOf(JsonElement component, string field)
    {
        Expect(component.ValueKind == JsonValueKind.Object, field, "an object", component);
        return Text(Member(component, field + ".", "type"), field + ".type");
    }

    /// <summary>The components of a Sequence, or the one that is none; each with its field.</summary>
    /// <param name="list">The field in which a Sequence of this sort has its components.</param>
    public List<(JsonElement Component, string Field)> Steps(JsonElement component, string field, string list)
    {
        if (TypeOf(component, field) != "Sequence")
            return [(component, field)];
        return [.. Items(component, field + ".", list).SelectMany((step, i) => Steps(step, $"{field}.{list}[{i}]", list))];
    }

    /// <summary>The text of a pattern that is not a regular expression: <c>{"String": "..."}</c>.</summary>
    public string StringPattern(JsonElement parent, string prefix)
    {
        JsonElement pattern = Member(parent, prefix, "pattern");
        bool good = pattern.ValueKind == JsonValueKind.Object && pattern.TryGetProperty("String", out JsonElement text) && text.ValueKind == JsonValueKind.String;
        Expect(good, prefix + "pattern", "{\"String\": ...}", pattern);
        return pattern.GetProperty("String").GetString()!;
    }

    public void Expect([DoesNotReturnIf(false)] bool condition, string field, string expected, JsonElement got)
    {
        if (!condition)
            throw Trouble(field, expected, Excerpt(got));
    }

    public EngineException Trouble(string field, string expected, string got) =>
        new($"Cannot read the tokenizer {source}: {field}: expected {expected}, got {got}.");

    public static bool IsNothing(JsonElement value) => value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null;

    public static string Excerpt(JsonElement value)
    {
        const int Limit = 300;
        string text = value.ValueKind == JsonValueKind.Undefined ? "nothing" : value.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= Limit ? text : text[..Limit] + "...";
    }
}

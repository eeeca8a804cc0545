using System.Text.Json;
using System.Text.RegularExpressions;

namespace Bonito.Ctga;

/// <summary>
/// How the value of a role comes from a row: from one column, several, a fixed value, or a text around columns;
/// then optionally a part of it, a word for it, or the choice it points at. The members are the fields of
/// <c>sources.yaml</c>, where they are documented.
/// </summary>
internal sealed partial record RoleExpression
{
    public IReadOnlyList<string> Paths { get; init; } = [];

    public string? Value { get; init; }

    public string? Text { get; init; }

    public Regex? Match { get; init; }

    public IReadOnlyDictionary<string, string>? Words { get; init; }

    /// <summary>The value is the number (from <see cref="PickFrom"/>) or letter of a choice.</summary>
    public bool Pick { get; init; }

    public int PickFrom { get; init; }

    public string? Suffix { get; init; }

    /// <summary>All columns the expression reads.</summary>
    public IEnumerable<string> Columns =>
        Text is null ? Paths : Column().Matches(Text).Select(m => m.Groups[1].Value);

    /// <summary>The role's value, or null when a column is missing, null or empty, or has no word.</summary>
    /// <param name="row">The row.</param>
    /// <param name="clean">Tidies each text taken from the row.</param>
    /// <param name="choices">The row's choices, for <see cref="Pick"/>.</param>
    public string? Evaluate(SourceRow row, Func<string, string> clean, string[] choices)
    {
        string? value = Raw(row, clean);
        if (value is null) return null;
        if (Match is not null)
        {
            Match match = Match.Match(value);
            if (!match.Success) return null;
            value = match.Groups[1].Value.Trim();
        }
        if (Pick)
        {
            int index = int.TryParse(value, out int number) ? number - PickFrom
                : value.Length == 1 ? char.ToUpperInvariant(value[0]) - 'A' : -1;
            value = index >= 0 && index < choices.Length ? choices[index] : null;
        }
        if (value is not null && Words is not null) value = Words.GetValueOrDefault(value);
        if (value is not null && Suffix is not null && !value.EndsWith(Suffix, StringComparison.Ordinal)) value += Suffix;
        return string.IsNullOrWhiteSpace(value) ? null : value;
    }

    string? Raw(SourceRow row, Func<string, string> clean)
    {
        if (Value is not null) return Value;
        if (Text is not null)
        {
            bool missing = false;
            string text = Column().Replace(Text, m =>
            {
                string? part = Show(row.Find(m.Groups[1].Value), clean);
                missing |= part is null;
                return part ?? "";
            });
            return missing ? null : text;
        }
        if (Paths.Count == 1) return Show(row.Find(Paths[0]), clean);
        string?[] parts = [.. Paths.Select(path => Flat(Show(row.Find(path), clean)))];
        return parts.Contains(null) ? null : string.Join('\n', parts);
    }

    static string? Show(JsonElement? found, Func<string, string> clean) => found is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.Null or JsonValueKind.Undefined => null,
        JsonValueKind.String => clean(value.GetString()!),
        JsonValueKind.Array => Lines(value.EnumerateArray(), clean),
        JsonValueKind.Object => Lines(value.EnumerateObject().Select(p => p.Value), clean),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => value.GetRawText(),
    };

    static string Lines(IEnumerable<JsonElement> items, Func<string, string> clean) =>
        string.Join('\n', items.Select(item => Flat(Show(item, clean)) ?? ""));

    static string? Flat(string? value) => value?.Replace('\n', ' ');

    [GeneratedRegex(@"\{([^{}]+)\}")]
    private static partial Regex Column();
}

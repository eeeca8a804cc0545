using System.Globalization;
using System.Text.Json;

namespace Bonito.Adaptation.Reports;

/// <summary>Names and values under a heading.</summary>
sealed record Section(string Title, IReadOnlyList<Entry> Entries)
{
    /// <summary>All of an object, whatever is in it: its own values first, then a section for each object within.</summary>
    /// <param name="title">Of its own values.</param>
    public static IReadOnlyList<Section> Of(string title, JsonElement content)
    {
        List<Section> sections = [];
        List<Entry> own = [];
        foreach (JsonProperty property in content.EnumerateObject())
            if (property.Value.ValueKind == JsonValueKind.Object) sections.AddRange(Flat(property.Name, property.Value));
            else Add(own, property.Name, property.Value);
        return own.Count == 0 ? sections : [new Section(title, own), .. sections];
    }

    /// <summary>All of an object in one section; none if it is empty.</summary>
    public static IReadOnlyList<Section> Flat(string title, JsonElement content)
    {
        List<Entry> entries = [];
        foreach (JsonProperty property in content.EnumerateObject()) Add(entries, property.Name, property.Value);
        return entries.Count == 0 ? [] : [new Section(title, entries)];
    }

    /// <summary>The same section for reading rather than for looking up: names in words, thousands apart.</summary>
    public Section InWords() => this with
    {
        Entries = [.. Entries.Select(e => new Entry(
            e.Name.Replace(".", ": ", StringComparison.Ordinal).Replace('_', ' '),
            long.TryParse(e.Value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number) ? Figures.Number(number) : e.Value))],
    };

    static void Add(List<Entry> entries, string name, JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Object)
            foreach (JsonProperty inner in value.EnumerateObject()) Add(entries, $"{name}.{inner.Name}", inner.Value);
        else if (value.ValueKind == JsonValueKind.Array && value.EnumerateArray().Any(item => item.ValueKind is JsonValueKind.Object or JsonValueKind.Array))
            foreach ((int i, JsonElement item) in value.EnumerateArray().Index()) Add(entries, $"{name}[{i}]", item);
        else
            entries.Add(new Entry(name, Text(value)));
    }

    static string Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Null => "none",
        JsonValueKind.True => "yes",
        JsonValueKind.False => "no",
        JsonValueKind.Array => string.Join(", ", value.EnumerateArray().Select(Text)),
        _ => value.ToString(),
    };
}

/// <summary>A name and its value, as people read them.</summary>
sealed record Entry(string Name, string Value);

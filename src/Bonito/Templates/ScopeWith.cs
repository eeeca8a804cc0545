using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Bonito.Templates;

/// <summary>Variables with one more, which hides another of its name.</summary>
internal sealed class ScopeWith(IReadOnlyDictionary<string, object?> others, string name, object? value) : IReadOnlyDictionary<string, object?>
{
    public IEnumerable<string> Keys => others.Keys.Where(key => key != name).Append(name);

    public IEnumerable<object?> Values => Keys.Select(key => this[key]);

    public int Count => others.ContainsKey(name) ? others.Count : others.Count + 1;

    public object? this[string key] => key == name ? value : others[key];

    public bool ContainsKey(string key) => key == name || others.ContainsKey(key);

    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? found)
    {
        if (key != name) return others.TryGetValue(key, out found);
        found = value;
        return true;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => Keys.Select(key => new KeyValuePair<string, object?>(key, this[key])).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

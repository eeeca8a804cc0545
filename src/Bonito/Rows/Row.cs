using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace Bonito.Rows;

/// <summary>
/// A row of a dataset, or a struct inside one: values by column name, in the order of the columns, read-only.
/// </summary>
/// <remarks>
/// Values are <see langword="null"/>, <see cref="bool"/>, <see cref="long"/>, <see cref="double"/>, <see cref="string"/>,
/// <see cref="IReadOnlyList{T}"/> of such values (with T = object?), or another <see cref="Row"/>; nothing else. Every reader
/// gives these, templates are rendered over these, every writer takes these. Types that text data rarely has are
/// text here: dates and times in ISO 8601, decimals and UUIDs as they are printed, bytes as UTF-8.
/// </remarks>
[SuppressMessage("Naming", "CA1710", Justification = "Row is the word for it; it is looked up like a dictionary.")]
public sealed class Row : IReadOnlyDictionary<string, object?>
{
    readonly string[] names;
    readonly object?[] values;

    /// <summary>A row over the two arrays, which it keeps: names can be shared by all rows of a file.</summary>
    /// <param name="names">Column names, each once.</param>
    /// <param name="values">A value for each name.</param>
    /// <exception cref="ArgumentException">The arrays differ in length.</exception>
    public Row(string[] names, object?[] values)
    {
        if (names.Length != values.Length)
            throw new ArgumentException($"{names.Length} names for {values.Length} values.", nameof(values));
        (this.names, this.values) = (names, values);
    }

    public int Count => names.Length;

    // For readers that put rows together: rows of one file share the array of names.
    internal string[] NameArray => names;

    internal object?[] ValueArray => values;

    public IEnumerable<string> Keys => names;

    public IEnumerable<object?> Values => values;

    /// <exception cref="KeyNotFoundException">There is no such column.</exception>
    public object? this[string key] => TryGetValue(key, out object? value)
        ? value
        : throw new KeyNotFoundException($"No column '{key}'; columns there: {string.Join(", ", names)}.");

    public bool ContainsKey(string key) => Array.IndexOf(names, key) >= 0;

    // Rows have few columns: looking along the names is quicker than hashing, and needs no table per row.
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out object? value)
    {
        int index = Array.IndexOf(names, key);
        value = index < 0 ? null : values[index];
        return index >= 0;
    }

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (int i = 0; i < names.Length; i++) yield return new(names[i], values[i]);
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

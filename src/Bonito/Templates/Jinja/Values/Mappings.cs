using System.Collections;
using System.Diagnostics.CodeAnalysis;
using Bonito.Templates.Jinja.Rendering;

namespace Bonito.Templates.Jinja.Values;

/// <summary>A dictionary, made by a template or a part of a row.</summary>
internal interface IMapping
{
    int Count { get; }

    IEnumerable<object?> Keys { get; }

    IEnumerable<object?> Values { get; }

    bool TryGet(object? key, out object? value);
}

/// <summary>Tells which values are dictionaries.</summary>
internal static class Mapping
{
    public static IMapping? Of(object? value) => value switch
    {
        IMapping mapping => mapping,
        IReadOnlyDictionary<string, object?> row => new RowMapping(row),
        _ => null,
    };

    /// <summary>The pairs, as tuples.</summary>
    public static IEnumerable<object?> Pairs(this IMapping mapping) =>
        mapping.Keys.Zip(mapping.Values, object? (key, value) => new PythonTuple([key, value]));

    sealed class RowMapping(IReadOnlyDictionary<string, object?> row) : IMapping
    {
        public int Count => row.Count;

        public IEnumerable<object?> Keys => row.Keys;

        public IEnumerable<object?> Values => row.Values;

        public bool TryGet(object? key, out object? value)
        {
            value = null;
            return key is string name ? row.TryGetValue(name, out value) : Key.Of(key) is null;
        }
    }
}

/// <summary>A dictionary that a template made, in the order in which keys were added.</summary>
internal sealed class PythonDictionary : IMapping
{
    // By keys that are equal when Python's are; the key that was added first is the one that is shown.
    readonly OrderedDictionary<object, (object? Key, object? Value)> items = [];

    public int Count => items.Count;

    public IEnumerable<object?> Keys
    {
        get
        {
            for (int i = 0; i < items.Count; i++) yield return items.GetAt(i).Value.Key;
        }
    }

    public IEnumerable<object?> Values
    {
        get
        {
            for (int i = 0; i < items.Count; i++) yield return items.GetAt(i).Value.Value;
        }
    }

    public bool TryGet(object? key, out object? value)
    {
        bool found = items.TryGetValue(Key.Of(key), out var item);
        value = item.Value;
        return found;
    }

    public void Set(object? key, object? value)
    {
        object wanted = Key.Of(key);
        items[wanted] = (items.TryGetValue(wanted, out var item) ? item.Key : key, value);
    }

    public bool Remove(object? key, out object? value)
    {
        bool found = items.Remove(Key.Of(key), out var item);
        value = item.Value;
        return found;
    }

    public (object? Key, object? Value) RemoveLast()
    {
        var last = items.GetAt(items.Count - 1).Value;
        items.RemoveAt(items.Count - 1);
        return last;
    }

    public void Clear() => items.Clear();

    public void SetAll(IMapping other)
    {
        foreach (var (key, value) in other.Keys.Zip(other.Values).ToArray()) Set(key, value);
    }

    public static PythonDictionary Copy(IMapping other)
    {
        PythonDictionary copy = new();
        copy.SetAll(other);
        return copy;
    }
}

/// <summary>What <c>keys()</c>, <c>values()</c> and <c>items()</c> give: a view of a dictionary as it is when it is looked at.</summary>
internal sealed class DictionaryView(IMapping mapping, string name, Func<IMapping, IEnumerable<object?>> items) : IEnumerable<object?>
{
    public int Count => mapping.Count;

    /// <summary>As Python prints it: <c>dict_keys</c>, <c>dict_values</c>, <c>dict_items</c>.</summary>
    public string Name => name;

    public IEnumerator<object?> GetEnumerator() => items(mapping).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Values as keys of .NET's dictionaries: equal when Python holds them equal.</summary>
internal static class Key
{
    static readonly object None = new(), Undefined = new();

    /// <exception cref="RenderFailure">The value cannot be a key.</exception>
    public static object Of(object? value) => value switch
    {
        string => value,
        Markup markup => markup.Text,
        null => None,
        bool flag => flag ? 1L : 0L,
        long => value,
        double number when number == Math.Floor(number) && number is >= long.MinValue and < 9223372036854775808.0 => (long)number,
        double => value,
        PythonTuple { CanBeKey: true } tuple => new TupleKey([.. tuple.Select(Of)]),
        Values.Undefined => Undefined,
        PythonTuple => throw new RenderFailure("the tuple is too large for a key."),
        _ when Kind.IsHashable(value) => value,
        _ => throw new RenderFailure($"a key or item of a set cannot be a {Kind.Of(value)}, which can change."),
    };

    readonly struct TupleKey(object[] items) : IEquatable<TupleKey>
    {
        readonly object[] items = items;

        public bool Equals(TupleKey other) => items.AsSpan().SequenceEqual(other.items);

        public override bool Equals([NotNullWhen(true)] object? obj) => obj is TupleKey other && Equals(other);

        public override int GetHashCode()
        {
            HashCode hash = default;
            foreach (object item in items) hash.Add(item);
            return hash.ToHashCode();
        }
    }
}

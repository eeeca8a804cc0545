using System.Collections;
using Bonito.Templates.Jinja.Rendering;

namespace Bonito.Templates.Jinja.Values;

/// <summary>A list that a template made, and can change. Lists of rows are not of this type: they are shared, and stay as they are.</summary>
internal sealed class PythonList : IReadOnlyList<object?>
{
    public PythonList(List<object?> items) => Items = items;

    public PythonList(IEnumerable<object?> items) => Items = [.. items];

    public List<object?> Items { get; }

    public int Count => Items.Count;

    public object? this[int index] => Items[index];

    // By index, so that items added meanwhile are seen, as in Python.
    public IEnumerator<object?> GetEnumerator()
    {
        for (int i = 0; i < Items.Count; i++) yield return Items[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>A tuple. It can be a key.</summary>
internal sealed class PythonTuple : IReadOnlyList<object?>
{
    const int MostInKey = 10_000, MostLevelsInKey = 50;

    readonly object?[] items;

    // Items with those of tuples inside, and levels of them. Large tuples cannot be keys: comparing them could take for ever.
    readonly int size, levels;

    public PythonTuple(object?[] items)
    {
        this.items = items;
        (size, levels) = (1, 1);
        foreach (object? item in items)
        {
            size = Math.Min(size + ((item as PythonTuple)?.size ?? 1), MostInKey + 1);
            levels = Math.Max(levels, 1 + ((item as PythonTuple)?.levels ?? 0));
        }
    }

    /// <summary>Names of the items, for the groups of <c>groupby</c>.</summary>
    public string[]? Names { get; init; }

    public int Count => items.Length;

    public object? this[int index] => items[index];

    public bool CanBeKey => size <= MostInKey && levels <= MostLevelsInKey;

    public IEnumerator<object?> GetEnumerator() => ((IEnumerable<object?>)items).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => items.GetEnumerator();
}

/// <summary>What <c>range</c> gives: whole numbers that are not held in memory.</summary>
internal sealed class PythonRange : IReadOnlyList<object?>
{
    public PythonRange(long start, long stop, long step)
    {
        (Start, Stop, Step) = (start, stop, step);
        Int128 distance = step > 0 ? (Int128)stop - start : (Int128)start - stop, width = step > 0 ? step : -(Int128)step;
        Int128 count = distance <= 0 ? 0 : (distance + width - 1) / width;
        if (count > int.MaxValue) throw new RenderFailure($"range({start}, {stop}, {step}) has {count} numbers; at most {int.MaxValue} are supported.");
        Count = (int)count;
    }

    public long Start { get; }

    public long Stop { get; }

    public long Step { get; }

    public int Count { get; }

    public object? this[int index] => Start + index * Step;

    public bool Contains(long number)
    {
        Int128 distance = (Int128)number - Start;
        return distance % Step == 0 && distance / Step is var index && index >= 0 && index < Count;
    }

    public IEnumerator<object?> GetEnumerator()
    {
        for (int i = 0; i < Count; i++) yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Items that are made as they are asked for, once: what Python calls a generator or iterator.</summary>
/// <param name="name">What Python calls it, for failures.</param>
internal sealed class OneShot(IEnumerable<object?> items, string name) : IEnumerable<object?>
{
    readonly IEnumerator<object?> items = items.GetEnumerator();

    public string Name => name;

    public IEnumerator<object?> GetEnumerator()
    {
        while (items.MoveNext()) yield return items.Current;
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

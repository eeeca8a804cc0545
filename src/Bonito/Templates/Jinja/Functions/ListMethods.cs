using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Values;
using static Bonito.Templates.Jinja.Functions.FunctionParameter;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>Methods of lists, and those of them that tuples have.</summary>
internal static class ListMethods
{
    static readonly FunctionParameter Self = Required("self");

    public static IEnumerable<Function> Reading { get; } =
    [
        new("index", [Self, Required("value"), Optional("start", 0L), Optional("stop", long.MaxValue)], (c, v) => Index(c, v)),
        new("count", [Self, Required("value")], (c, v) => (long)((IReadOnlyList<object?>)v[0]!).Count(item => Equals(c, item, v[1]))),
    ];

    public static IEnumerable<Function> All { get; } =
    [
        .. Reading,
        new("copy", [Self], (c, v) => new PythonList(Kind.ItemList(c, v[0]))),
        new("append", [Self, Required("object")], (c, v) =>
        {
            c.Step();
            Changeable(c, v[0]).Add(v[1]);
            return null;
        }),
        new("extend", [Self, Required("iterable")], (c, v) =>
        {
            Changeable(c, v[0]).AddRange(Kind.ItemList(c, v[1]));
            return null;
        }),
        new("insert", [Self, Required("index"), Required("object")], (c, v) =>
        {
            List<object?> list = Changeable(c, v[0]);
            long index = Numbers.Integer(v[1], "the index");
            if (index < 0) index += list.Count;
            int at = (int)Math.Clamp(index, 0, list.Count);
            c.StepMany(list.Count - at + 1);
            list.Insert(at, v[2]);
            return null;
        }),
        new("pop", [Self, Optional("index", -1L)], Pop),
        new("remove", [Self, Required("value")], (c, v) =>
        {
            List<object?> list = Changeable(c, v[0]);
            int at = list.FindIndex(item => Equals(c, item, v[1]));
            if (at < 0) throw new RenderFailure("the list does not contain the value to remove.");
            list.RemoveAt(at);
            return null;
        }),
        new("clear", [Self], (c, v) =>
        {
            Changeable(c, v[0]).Clear();
            return null;
        }),
        new("reverse", [Self], (c, v) =>
        {
            List<object?> list = Changeable(c, v[0]);
            c.StepMany(list.Count);
            list.Reverse();
            return null;
        }),
        new("sort", [Self, Optional("reverse", false)], (c, v) =>
        {
            List<object?> list = Changeable(c, v[0]);
            List<object?> sorted = Sorting.Sort(c, list, item => item, Kind.IsTrue(v[1]));
            list.Clear();
            list.AddRange(sorted);
            return null;
        }),
    ];

    static bool Equals(RenderContext context, object? item, object? value)
    {
        context.Step();
        return Comparing.AreEqual(context, item, value);
    }

    /// <exception cref="RenderFailure">The list is not the template's own.</exception>
    static List<object?> Changeable(RenderContext context, object? list)
    {
        if (context.Syntax.IsChat) throw new RenderFailure("chat templates cannot change lists; make a new one with '+'.");
        return list is PythonList own ? own.Items : throw new RenderFailure("a list of the row cannot be changed; copy it with the filter 'list' before.");
    }

    static long Index(RenderContext context, object?[] values)
    {
        var list = (IReadOnlyList<object?>)values[0]!;
        long start = Bound(values[2]), stop = Math.Min(Bound(values[3]), list.Count);
        for (long i = start; i < stop; i++)
        {
            if (Equals(context, list[(int)i], values[1])) return i;
        }
        throw new RenderFailure($"{Shown(context, values[1])} is not in the list.");

        long Bound(object? value)
        {
            long bound = Numbers.Integer(value, "the bound");
            return bound < 0 ? Math.Max(bound + list.Count, 0) : bound;
        }
    }

    static string Shown(RenderContext context, object? value)
    {
        string text = Printing.Representation(context, value);
        return text.Length <= 40 ? text : text[..40] + "...";
    }

    static object? Pop(RenderContext context, object?[] values)
    {
        List<object?> list = Changeable(context, values[0]);
        long index = Numbers.Integer(values[1], "the index");
        if (index < 0) index += list.Count;
        if (index < 0 || index >= list.Count) throw new RenderFailure(list.Count == 0 ? "there is nothing to pop, the list is empty." : $"there is no item {values[1]} to pop, the list has {list.Count}.");
        object? item = list[(int)index];
        context.StepMany(list.Count - index);
        list.RemoveAt((int)index);
        return item;
    }
}

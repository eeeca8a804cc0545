using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Syntax;
using Bonito.Templates.Jinja.Values;
using static Bonito.Templates.Jinja.Functions.FunctionParameter;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>Filters on lists and dictionaries as wholes.</summary>
internal static class ListFilters
{
    static readonly FunctionParameter Value = Required("value");

    static readonly FunctionParameter[] Extremes = [Value, Optional("case_sensitive", false), Optional("attribute", null)];

    public static IEnumerable<Function> All { get; } =
    [
        new("default", [Value, Optional("default_value", ""), Optional("boolean", false)], (_, v) =>
            v[0] is Undefined || Kind.IsTrue(v[2]) && !Kind.IsTrue(v[0]) ? v[1] : v[0]),
        new("length", [Required("obj")], (_, v) => Length(v[0])),
        new("join", [Value, Optional("d", ""), Optional("attribute", null)], Join),
        new("first", [Required("seq")], (_, v) => Kind.Items(v[0]).FirstOrDefault(new Undefined("there is no first item, the list is empty."))),
        new("last", [Required("seq")], Last),
        new("list", [Value], (c, v) => new PythonList(Kind.ItemList(c, v[0]))),
        new("reverse", [Value], Reverse),
        new("sort", [Value, Optional("reverse", false), Optional("case_sensitive", false), Optional("attribute", null)], (c, v) =>
            new PythonList(Sorting.Sort(c, Kind.ItemList(c, v[0]), Attributes.ListGetter(c, v[3], !Kind.IsTrue(v[2])), Kind.IsTrue(v[1])))),
        new("unique", [Value, Optional("case_sensitive", false), Optional("attribute", null)], (c, v) => new OneShot(Unique(c, v), "generator")),
        new("min", Extremes, (c, v) => Extreme(c, v, "<")),
        new("max", Extremes, (c, v) => Extreme(c, v, ">")),
        new("sum", [Required("iterable"), Optional("attribute", null), Optional("start", 0L)], Sum),
        new("batch", [Value, Required("linecount"), Optional("fill_with", null)], (c, v) => new OneShot(Batch(c, v), "generator")),
        new("slice", [Value, Required("slices"), Optional("fill_with", null)], (c, v) => new OneShot(Slices(c, v), "generator")),
        new("items", [Value], (_, v) => new OneShot(Items(v[0]), "generator")),
        new("dictsort", [Value, Optional("case_sensitive", false), Optional("by", "key"), Optional("reverse", false)], SortDictionary),
        new("groupby", [Value, Required("attribute"), Optional("default", null), Optional("case_sensitive", false)], Group),
        new("random", [Required("seq")], (c, v) => Pick(c, v[0]) is { } picked ? picked.Value : new Undefined("there is no random item, the list is empty.")),
        new("attr", [Required("obj"), Required("name")], (_, v) => v[1] is string name
            ? Access.Own(v[0], name) is { } own ? own.Value : new Undefined($"a {Kind.Of(v[0])} has no attribute '{name}'.")
            : throw new RenderFailure("the name of an attribute must be a text.")),
    ];

    static long Length(object? value) => Kind.Count(value) is var count and >= 0 ? count : throw new RenderFailure($"a {Kind.Of(value)} has no length.");

    static string Join(RenderContext context, object?[] values)
    {
        Func<object?, object?> item = Attributes.Getter(context, values[2]);
        string separator = Printing.Text(context, values[1]);
        var joined = new System.Text.StringBuilder();
        bool first = true;
        foreach (object? value in Kind.Items(values[0]))
        {
            context.Step();
            string text = Printing.Text(context, item(value));
            if (!first)
            {
                context.Claim(separator.Length);
                joined.Append(separator);
            }
            first = false;
            context.Claim(text.Length);
            joined.Append(text);
        }
        return joined.ToString();
    }

    static object? Last(RenderContext context, object?[] values)
    {
        switch (values[0])
        {
            case IReadOnlyList<object?> { Count: > 0 } list: return list[list.Count - 1];
            case string { Length: > 0 } text: return text[^Characters.CodePointBefore(text, text.Length).Length..];
            case IReadOnlyList<object?> or string or Undefined: return new Undefined("there is no last item, the list is empty.");
            case OneShot: throw new RenderFailure("a generator has no last item; use the filter 'list' before.");
            default: return Kind.ItemList(context, values[0]).LastOrDefault(new Undefined("there is no last item, it is empty."));
        }
    }

    static object? Reverse(RenderContext context, object?[] values)
    {
        if (values[0] is Markup markup) values[0] = markup.Text;
        List<object?> items = Kind.ItemList(context, values[0]);
        items.Reverse();
        if (values[0] is string) return context.Made(string.Concat(items));
        // Python walks backwards over what has an order, and makes a list of the rest.
        return values[0] is OneShot ? new PythonList(items) : new OneShot(items, "reversed list");
    }

    static IEnumerable<object?> Unique(RenderContext context, object?[] values)
    {
        Func<object?, object?> key = Attributes.Getter(context, values[2], !Kind.IsTrue(values[1]));
        HashSet<object> seen = [];
        foreach (object? item in Kind.Items(values[0]))
        {
            context.Step();
            if (seen.Add(Key.Of(key(item)))) yield return item;
        }
    }

    static object? Extreme(RenderContext context, object?[] values, string symbol)
    {
        Func<object?, object?> key = Attributes.Getter(context, values[2], !Kind.IsTrue(values[1]));
        int wanted = symbol == "<" ? -1 : 1;
        bool any = false;
        object? best = null, bestKey = null;
        foreach (object? item in Kind.Items(values[0]))
        {
            context.Step();
            object? itemKey = key(item);
            if (any && Comparing.Compare(context, itemKey, bestKey, symbol) is var order && (order is null || Math.Sign(order.Value) != wanted)) continue;
            (any, best, bestKey) = (true, item, itemKey);
        }
        return any ? best : new Undefined("there is nothing to choose from, the list is empty.");
    }

    static object? Sum(RenderContext context, object?[] values)
    {
        Func<object?, object?> get = Attributes.Getter(context, values[1]);
        object? sum = values[2];
        if (sum is string) throw new RenderFailure("'sum' does not add texts; use 'join'.");
        foreach (object? item in Kind.Items(values[0]))
        {
            context.Step();
            sum = Operations.Arithmetic(context, ArithmeticOperator.Add, sum, get(item));
        }
        return sum;
    }

    static IEnumerable<object?> Batch(RenderContext context, object?[] values)
    {
        long size = values[1] is double number ? number == Math.Floor(number) ? (long)number : -1 : Numbers.Integer(values[1], "the size of a batch");
        List<object?> batch = [];
        foreach (object? item in Kind.Items(values[0]))
        {
            context.Step();
            if (batch.Count == size)
            {
                yield return new PythonList(batch);
                batch = [];
            }
            batch.Add(item);
        }
        if (batch.Count == 0) yield break;
        if (values[2] is not null && batch.Count < size)
        {
            context.StepMany(size - batch.Count);
            batch.AddRange(Enumerable.Repeat(values[2], (int)(size - batch.Count)));
        }
        yield return new PythonList(batch);
    }

    static IEnumerable<object?> Slices(RenderContext context, object?[] values)
    {
        List<object?> items = Kind.ItemList(context, values[0]);
        long count = Numbers.Integer(values[1], "the number of slices");
        if (count == 0) throw new RenderFailure("division by zero: 'slice' needs at least one slice.");
        if (count < 0) yield break;
        long each = items.Count / count, longer = items.Count % count;
        int start = 0;
        for (long i = 0; i < count; i++)
        {
            context.Step();
            int size = (int)(each + (i < longer ? 1 : 0));
            List<object?> slice = items.GetRange(start, size);
            start += size;
            if (values[2] is not null && i >= longer) slice.Add(values[2]);
            yield return new PythonList(slice);
        }
    }

    static IEnumerable<object?> Items(object? value)
    {
        if (value is Undefined) return [];
        return Mapping.Of(value)?.Pairs() ?? throw new RenderFailure($"'items' takes a dictionary, got a {Kind.Of(value)}.");
    }

    static PythonList SortDictionary(RenderContext context, object?[] values)
    {
        if (values[0] is Undefined undefined) throw undefined.Failure();
        int part = values[2] switch { "key" => 0, "value" => 1, _ => throw new RenderFailure("'dictsort' sorts by 'key' or 'value'.") };
        IMapping mapping = Mapping.Of(values[0]) ?? throw new RenderFailure($"'dictsort' takes a dictionary, got a {Kind.Of(values[0])}.");
        context.StepMany(mapping.Count);
        return new PythonList(Sorting.Sort(context, [.. mapping.Pairs()], Attributes.Getter(context, (long)part, !Kind.IsTrue(values[1])), Kind.IsTrue(values[3])));
    }

    static PythonList Group(RenderContext context, object?[] values)
    {
        bool caseSensitive = Kind.IsTrue(values[3]);
        Func<object?, object?> key = Attributes.Getter(context, values[1], !caseSensitive, values[2]), shown = Attributes.Getter(context, values[1], false, values[2]);
        List<object?> groups = [], group = [];
        object? current = null;
        foreach (object? item in Sorting.Sort(context, Kind.ItemList(context, values[0]), key, reverse: false))
        {
            object? itemKey = key(item);
            if (group.Count > 0 && !Comparing.AreEqual(context, current, itemKey)) Close();
            current = itemKey;
            group.Add(item);
        }
        if (group.Count > 0) Close();
        return new PythonList(groups);

        void Close()
        {
            groups.Add(new PythonTuple([shown(group[0]), new PythonList(group)]) { Names = ["grouper", "list"] });
            group = [];
        }
    }

    /// <summary>An item taken at random; null when there is none.</summary>
    public static Rendering.Evaluation? Pick(RenderContext context, object? value)
    {
        int count = value is IReadOnlyList<object?> or string ? Kind.Count(value)
            : value is Undefined ? 0 : throw new RenderFailure($"an item of a {Kind.Of(value)} cannot be taken at random.");
        return count == 0 ? null : new Rendering.Evaluation(Access.Item(context, value, (long)context.Pick(count)));
    }
}

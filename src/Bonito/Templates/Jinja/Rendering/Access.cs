using Bonito.Templates.Jinja.Functions;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Rendering;

/// <summary>Attributes, items and slices of values.</summary>
internal static class Access
{
    /// <summary><c>value.name</c>: an attribute of that name, else an item, else undefined.</summary>
    public static object? Attribute(object? value, string name) =>
        Own(value, name) is { } own ? own.Value
        : Mapping.Of(value) is { } mapping && mapping.TryGet(name, out object? item) ? item
        : MissingAttribute(value, name);

    /// <summary><c>value[key]</c>: an item, else an attribute of that name, else undefined.</summary>
    public static object? Item(RenderContext context, object? value, object? key)
    {
        switch (value)
        {
            case Undefined undefined: throw undefined.Failure();
            case string text when key is long or bool:
                return CodePoint(text, Numbers.Integer(key, "the index")) ?? (object)MissingItem(context, value, key);
            case Markup markup when key is long or bool:
                return CodePoint(markup.Text, Numbers.Integer(key, "the index")) is { } found ? new Markup(found) : MissingItem(context, value, key);
            case IReadOnlyList<object?> list when key is long or bool:
                long index = Numbers.Integer(key, "the index");
                if (index < 0) index += list.Count;
                return index >= 0 && index < list.Count ? list[(int)index] : MissingItem(context, value, key);
            case IReadOnlyDictionary<string, object?> row when key is string name && row.TryGetValue(name, out object? column):
                return column;
        }
        if (Mapping.Of(value) is { } mapping && (key is string or null or bool or long or double or PythonTuple || Kind.IsHashable(key)) && mapping.TryGet(key, out object? item)) return item;
        return key is string attribute && Own(value, attribute) is { } own ? own.Value : MissingItem(context, value, key);
    }

    /// <summary>An attribute that is no item; null when there is none of this name.</summary>
    public static Evaluation? Own(object? value, string name)
    {
        switch (value)
        {
            case Undefined undefined:
                // What begins with two underscores is asked of Python's objects by Python itself, and is not there.
                return name.StartsWith("__", StringComparison.Ordinal) ? null : throw undefined.Failure();
            case LoopValue loop: return loop.Attribute(name);
            case MacroValue macro: return macro.Attribute(name);
            case NamespaceValue names: return names.Attributes.TryGet(name, out object? attribute) ? new Evaluation(attribute) : null;
            case CyclerValue cycler: return cycler.Attribute(name);
            case PythonTuple { Names: { } items } tuple when Array.IndexOf(items, name) is var index and >= 0: return new Evaluation(tuple[index]);
            default: return Methods.Find(value, name) is { } method ? new Evaluation(new BoundMethod(method, value)) : null;
        }
    }

    static Undefined MissingAttribute(object? value, string name) => new($"a {Kind.Of(value)} has no attribute '{name}'.");

    static Undefined MissingItem(RenderContext context, object? value, object? key) =>
        new($"a {Kind.Of(value)} has no item {(key is string or long ? Printing.Representation(context, key) : "of this key")}.");

    static string? CodePoint(string text, long index)
    {
        if (Characters.AreUnits(text))
        {
            if (index < 0) index += text.Length;
            return index >= 0 && index < text.Length ? Characters.Single(text[(int)index]) : null;
        }
        int count = Characters.Count(text);
        if (index < 0) index += count;
        if (index < 0 || index >= count) return null;
        int offset = Characters.Offset(text, (int)index);
        return text.Substring(offset, Characters.CodePointAt(text, offset).Length);
    }

    /// <summary><c>value[from:to:step]</c>; bounds are null where they are left out.</summary>
    public static object? Slice(RenderContext context, object? value, object? from, object? to, object? step)
    {
        if (value is Undefined undefined) throw undefined.Failure();
        if (value is Markup markup) return new Markup((string)Slice(context, markup.Text, from, to, step)!);
        bool isText = value is string;
        if (!isText && value is not IReadOnlyList<object?>) throw new RenderFailure($"a {Kind.Of(value)} cannot be sliced.");
        int count = Kind.Count(value);
        long? first = Bound(from), last = Bound(to), width = Bound(step);
        if (width == 0) throw new RenderFailure("the step of a slice cannot be zero.");
        long stride = width ?? 1;
        long begin = Clip(first, count, stride, stride > 0 ? 0 : count - 1), end = Clip(last, count, stride, stride > 0 ? count : -1);
        if (value is string text && stride == 1)
        {
            if (end <= begin) return "";
            int start = Characters.Offset(text, (int)begin), stop = end == count ? text.Length : Characters.Offset(text, (int)end);
            return context.Made(text[start..stop]);
        }
        if (value is PythonRange range) return SliceRange(range, begin, end, stride);
        List<object?> items = isText ? [.. Characters.Split((string)value!)] : [];
        IReadOnlyList<object?> source = isText ? items : (IReadOnlyList<object?>)value!;
        var taken = new List<object?>();
        for (long i = begin; stride > 0 ? i < end : i > end; i += stride)
        {
            taken.Add(source[(int)i]);
            if (long.MaxValue - Math.Abs(stride) < Math.Abs(i)) break;
        }
        context.StepMany(taken.Count);
        return isText ? context.Made(string.Concat(taken)) : value is PythonTuple ? new PythonTuple([.. taken]) : new PythonList(taken);
    }

    static PythonRange SliceRange(PythonRange range, long begin, long end, long stride) =>
        new(Narrow(range.Start + (Int128)begin * range.Step), Narrow(range.Start + (Int128)end * range.Step), Narrow((Int128)range.Step * stride));

    static long Narrow(Int128 value) => value >= long.MinValue && value <= long.MaxValue ? (long)value : throw new RenderFailure("the bounds of the range do not fit 64 bits.");

    static long? Bound(object? value) => value is null ? null : Numbers.Integer(value, "the bound of a slice");

    static long Clip(long? bound, int count, long stride, long missing)
    {
        if (bound is not { } index) return missing;
        if (index < 0) index += count;
        return stride > 0 ? Math.Clamp(index, 0, count) : Math.Clamp(index, -1, count - 1);
    }
}

using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Values;
using static Bonito.Templates.Jinja.Functions.FunctionParameter;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>Methods of dictionaries.</summary>
internal static class DictionaryMethods
{
    static readonly FunctionParameter Self = Required("self");

    static readonly object NotGiven = new();

    public static IEnumerable<Function> All { get; } =
    [
        new("keys", [Self], (_, v) => new DictionaryView(Of(v[0]), "dict_keys", m => m.Keys)),
        new("values", [Self], (_, v) => new DictionaryView(Of(v[0]), "dict_values", m => m.Values)),
        new("items", [Self], (_, v) => new DictionaryView(Of(v[0]), "dict_items", m => m.Pairs())),
        new("get", [Self, Required("key"), Optional("default", null)], (_, v) => Of(v[0]).TryGet(v[1], out object? value) ? value : v[2]),
        new("copy", [Self], (c, v) =>
        {
            c.StepMany(Of(v[0]).Count);
            return PythonDictionary.Copy(Of(v[0]));
        }),
        new("pop", [Self, Required("key"), Optional("default", NotGiven)], Pop),
        new("popitem", [Self], (c, v) => Changeable(c, v[0]) is { Count: > 0 } own && own.RemoveLast() is var (key, value)
            ? new PythonTuple([key, value]) : throw new RenderFailure("there is nothing to pop, the dictionary is empty.")),
        new("setdefault", [Self, Required("key"), Optional("default", null)], (c, v) =>
        {
            PythonDictionary own = Changeable(c, v[0]);
            if (own.TryGet(v[1], out object? value)) return value;
            c.Step();
            own.Set(v[1], v[2]);
            return v[2];
        }),
        new("update", [Self], Update) { TakesRest = true, TakesNamedRest = true },
        new("clear", [Self], (c, v) =>
        {
            Changeable(c, v[0]).Clear();
            return null;
        }),
    ];

    static IMapping Of(object? value) => Mapping.Of(value)!;

    /// <exception cref="RenderFailure">The dictionary is not the template's own.</exception>
    static PythonDictionary Changeable(RenderContext context, object? value)
    {
        if (context.Syntax.IsChat) throw new RenderFailure("chat templates cannot change dictionaries; make a new one.");
        return value as PythonDictionary ?? throw new RenderFailure("a dictionary of the row cannot be changed; copy it with dict() before.");
    }

    static object? Pop(RenderContext context, object?[] values)
    {
        PythonDictionary own = Changeable(context, values[0]);
        context.StepMany(own.Count);
        if (own.Remove(values[1], out object? value)) return value;
        return ReferenceEquals(values[2], NotGiven) ? throw new RenderFailure($"the dictionary has no key {Printing.Representation(context, values[1])}.") : values[2];
    }

    static object? Update(RenderContext context, object?[] values)
    {
        PythonDictionary own = Changeable(context, values[0]);
        var given = (PythonTuple)values[1]!;
        if (given.Count > 1) throw new RenderFailure($"'update' takes one dictionary, got {given.Count} values.");
        if (given.Count == 1) Fill(context, own, given[0]);
        Fill(context, own, values[2]);
        return null;
    }

    /// <summary>Adds the pairs of a dictionary, or of a list of pairs.</summary>
    public static void Fill(RenderContext context, PythonDictionary target, object? source)
    {
        if (Mapping.Of(source) is { } mapping)
        {
            context.StepMany(mapping.Count);
            target.SetAll(mapping);
            return;
        }
        foreach (object? item in Kind.ItemList(context, source))
        {
            List<object?> pair = Kind.ItemList(context, item);
            if (pair.Count != 2) throw new RenderFailure($"a dictionary is made of pairs, got an item with {pair.Count} parts.");
            target.Set(pair[0], pair[1]);
        }
    }
}

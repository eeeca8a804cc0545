using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Values;
using static Bonito.Templates.Jinja.Functions.FunctionParameter;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>Filters that apply a filter or a test to every item: map, select, reject, selectattr, rejectattr.</summary>
internal static class SelectingFilters
{
    public static IEnumerable<Function> All { get; } =
    [
        Lazy("map", Map),
        Lazy("select", (c, v) => Select(c, v, byAttribute: false, wanted: true)),
        Lazy("reject", (c, v) => Select(c, v, byAttribute: false, wanted: false)),
        Lazy("selectattr", (c, v) => Select(c, v, byAttribute: true, wanted: true)),
        Lazy("rejectattr", (c, v) => Select(c, v, byAttribute: true, wanted: false)),
    ];

    static Function Lazy(string name, Func<RenderContext, object?[], IEnumerable<object?>> items) =>
        new(name, [Required("value")], (c, v) => new OneShot(items(c, v), "generator")) { TakesRest = true, TakesNamedRest = true };

    static IEnumerable<object?> Map(RenderContext context, object?[] values)
    {
        if (!Kind.IsTrue(values[0])) yield break;
        var given = (PythonTuple)values[1]!;
        var named = (PythonDictionary)values[2]!;
        Func<object?, object?> change;
        if (given.Count == 0 && named.TryGet("attribute", out object? attribute))
        {
            named.TryGet("default", out object? replacement);
            if (named.Keys.FirstOrDefault(k => k is not ("attribute" or "default")) is { } other) throw new RenderFailure($"'map' has no parameter '{other}' beside 'attribute' and 'default'.");
            change = Attributes.Getter(context, attribute, replacement: replacement);
        }
        else
        {
            if (given.Count == 0) throw new RenderFailure("'map' needs the name of a filter, or attribute=.");
            string name = Name(given[0], "filter");
            Function filter = Filters.Find(name, context.Syntax) ?? throw new RenderFailure($"there is no filter '{name}'.");
            CallArguments arguments = new([.. given.Skip(1)], named);
            change = item => filter.CallOn(context, item, arguments);
        }
        foreach (object? item in Kind.Items(values[0]))
        {
            context.Step();
            yield return change(item);
        }
    }

    static IEnumerable<object?> Select(RenderContext context, object?[] values, bool byAttribute, bool wanted)
    {
        if (!Kind.IsTrue(values[0])) yield break;
        List<object?> given = [.. (PythonTuple)values[1]!];
        Func<object?, object?> get = item => item;
        if (byAttribute)
        {
            if (given.Count == 0) throw new RenderFailure("the name of the attribute is missing.");
            get = Attributes.Getter(context, given[0]);
            given.RemoveAt(0);
        }
        Func<object?, object?> test = item => item;
        if (given.Count > 0)
        {
            string name = Name(given[0], "test");
            Function found = Tests.Find(name) ?? throw new RenderFailure($"there is no test '{name}'.");
            CallArguments arguments = new([.. given.Skip(1)], (PythonDictionary)values[2]!);
            test = item => found.CallOn(context, item, arguments);
        }
        foreach (object? item in Kind.Items(values[0]))
        {
            context.Step();
            if (Kind.IsTrue(test(get(item))) == wanted) yield return item;
        }
    }

    static string Name(object? value, string what) => value as string ?? throw new RenderFailure($"the name of a {what} must be a text, got a {Kind.Of(value)}.");
}

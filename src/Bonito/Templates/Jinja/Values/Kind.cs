using Bonito.Templates.Jinja.Functions;
using Bonito.Templates.Jinja.Rendering;

namespace Bonito.Templates.Jinja.Values;

/// <summary>Python's names of the types of values, and what sorts of values there are.</summary>
internal static class Kind
{
    public static string Of(object? value) => value switch
    {
        null => "NoneType",
        bool => "bool",
        long => "int",
        double => "float",
        string or Markup => "str",
        Undefined => "Undefined",
        PythonTuple => "tuple",
        PythonRange => "range",
        IReadOnlyList<object?> => "list",
        IMapping or IReadOnlyDictionary<string, object?> => "dict",
        DictionaryView view => view.Name,
        OneShot shot => shot.Name,
        NamespaceValue => "namespace",
        LoopValue => "loop",
        CyclerValue => "cycler",
        ICallable => "function",
        _ => throw new RenderFailure($"the row holds a value of the .NET type {value.GetType().Name}; rows hold null, bool, long, double, string, lists and rows."),
    };

    public static bool IsHashable(object? value) => value is PythonRange or OneShot or ICallable or NamespaceValue or CyclerValue;

    public static bool IsNumber(object? value) => value is long or double or bool;

    /// <summary>Whether Python holds the value true.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or Undefined => false,
        bool flag => flag,
        string text => text.Length > 0,
        long number => number != 0,
        double number => number != 0,
        _ => Count(value) is not 0,
    };

    /// <summary>The number of items; -1 for what has none.</summary>
    public static int Count(object? value) => value switch
    {
        string text => Characters.Count(text),
        Markup markup => Characters.Count(markup.Text),
        IReadOnlyList<object?> list => list.Count,
        IMapping mapping => mapping.Count,
        IReadOnlyDictionary<string, object?> row => row.Count,
        DictionaryView view => view.Count,
        LoopValue loop => loop.Length,
        Undefined => 0,
        _ => -1,
    };

    /// <summary>The items of what can be looped over; null for what cannot.</summary>
    public static IEnumerable<object?>? ItemsOrNull(object? value) => value switch
    {
        IReadOnlyList<object?> list => list,
        string text => Characters.Split(text),
        Markup markup => Characters.Split(markup.Text),
        IReadOnlyDictionary<string, object?> row => row.Keys,
        IMapping mapping => mapping.Keys,
        DictionaryView or OneShot => (IEnumerable<object?>)value,
        LoopValue loop => loop.Remaining(),
        Undefined => [],
        _ => null,
    };

    /// <exception cref="RenderFailure">The value has no items.</exception>
    public static IEnumerable<object?> Items(object? value) =>
        ItemsOrNull(value) ?? throw new RenderFailure($"expected a list, a text or a dictionary, got a {Of(value)}.");

    /// <summary>The items as an array of its own, counted as steps.</summary>
    public static List<object?> ItemList(RenderContext context, object? value)
    {
        int count = Count(value);
        if (count > 0) context.StepMany(count);
        var list = new List<object?>(Math.Max(count, 0));
        foreach (object? item in Items(value))
        {
            if (count < 0) context.Step();
            list.Add(item);
        }
        return list;
    }
}

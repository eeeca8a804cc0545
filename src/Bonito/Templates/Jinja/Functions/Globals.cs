using System.Collections.Frozen;
using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Values;
using static Bonito.Templates.Jinja.Functions.FunctionParameter;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>Functions that templates can call by name, unless the row has a column of that name.</summary>
internal static class Globals
{
    static readonly Function[] Common =
    [
        new("range", [Required("start"), Optional("stop", null), Optional("step", 1L)], Range),
        new("dict", [], (c, v) => Filled(c, v)) { TakesRest = true, TakesNamedRest = true },
        new("namespace", [], (c, v) => new NamespaceValue(Filled(c, v))) { TakesRest = true, TakesNamedRest = true },
        new("cycler", [], (_, v) => new CyclerValue((PythonTuple)v[0]!)) { TakesRest = true },
        new("joiner", [Optional("sep", ", ")], (_, v) => new JoinerValue(v[0])),
        new("lipsum", [], (_, _) => throw new RenderFailure("'lipsum' makes random text, which is not supported.")) { TakesRest = true, TakesNamedRest = true },
    ];

    static readonly FrozenDictionary<string, Function> Prompt = Table([.. Common, new Function("zip", [], Zip) { TakesRest = true }]);

    static readonly FrozenDictionary<string, Function> Chat = Table(
    [
        .. Common,
        new Function("raise_exception", [Required("message")], (c, v) => throw new RenderFailure($"the template raises: {Printing.Text(c, v[0])}")),
        new Function("strftime_now", [Required("format")], (c, v) => c.Made(DateText.Format(
            v[0] as string ?? throw new RenderFailure("the format of 'strftime_now' must be a text."), c.Settings.Clock.GetLocalNow()))),
    ]);

    static FrozenDictionary<string, Function> Table(IEnumerable<Function> functions) => functions.ToFrozenDictionary(f => f.Name);

    public static Function? Find(string name, JinjaSyntax syntax) => (syntax.IsChat ? Chat : Prompt).GetValueOrDefault(name);

    static PythonRange Range(RenderContext context, object?[] values)
    {
        long first = Numbers.Integer(values[0], "the bound of 'range'");
        long step = Numbers.Integer(values[2], "the step of 'range'");
        if (step == 0) throw new RenderFailure("the step of 'range' cannot be zero.");
        return values[1] is null ? new PythonRange(0, first, step) : new PythonRange(first, Numbers.Integer(values[1], "the bound of 'range'"), step);
    }

    static PythonDictionary Filled(RenderContext context, object?[] values)
    {
        var given = (PythonTuple)values[0]!;
        if (given.Count > 1) throw new RenderFailure($"expected one dictionary and name=value, got {given.Count} values.");
        PythonDictionary filled = new();
        if (given.Count == 1) DictionaryMethods.Fill(context, filled, given[0]);
        DictionaryMethods.Fill(context, filled, values[1]);
        return filled;
    }

    static OneShot Zip(RenderContext context, object?[] values)
    {
        IEnumerable<object?>[] lists = [.. ((PythonTuple)values[0]!).Select(Kind.Items)];
        return new OneShot(Tuples(), "zip");

        IEnumerable<object?> Tuples()
        {
            if (lists.Length == 0) yield break;
            IEnumerator<object?>[] items = [.. lists.Select(list => list.GetEnumerator())];
            while (items.All(item => item.MoveNext()))
            {
                context.Step(items.Length);
                yield return new PythonTuple([.. items.Select(item => item.Current)]);
            }
        }
    }
}

/// <summary>What <c>cycler</c> gives: values taken in turn, over and over.</summary>
internal sealed class CyclerValue
{
    readonly PythonTuple items;
    int position;

    public CyclerValue(PythonTuple items)
    {
        if (items.Count == 0) throw new RenderFailure("'cycler' needs at least one value.");
        this.items = items;
    }

    static readonly Function Next = new("next", [Required("self")], (_, v) =>
    {
        CyclerValue cycler = (CyclerValue)v[0]!;
        object? current = cycler.items[cycler.position];
        cycler.position = (cycler.position + 1) % cycler.items.Count;
        return current;
    });

    static readonly Function Reset = new("reset", [Required("self")], (_, v) =>
    {
        ((CyclerValue)v[0]!).position = 0;
        return null;
    });

    /// <summary>An attribute; null when there is none of this name.</summary>
    public Rendering.Evaluation? Attribute(string name) => name switch
    {
        "current" => new(items[position]),
        "next" => new(new BoundMethod(Next, this)),
        "reset" => new(new BoundMethod(Reset, this)),
        "items" => new(items),
        "pos" => new((long)position),
        _ => null,
    };
}

/// <summary>What <c>joiner</c> gives: called, it is empty for the first time and the separator from then on.</summary>
internal sealed class JoinerValue(object? separator) : ICallable
{
    bool used;

    public object? Call(RenderContext context, in CallArguments arguments)
    {
        if (arguments.Positional.Length > 0 || arguments.Named is { Count: > 0 }) throw new RenderFailure("a joiner is called without values.");
        (bool first, used) = (!used, true);
        return first ? "" : separator;
    }
}

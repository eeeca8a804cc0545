using Bonito.Templates.Jinja.Functions;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Rendering;

/// <summary>What a loop's body sees as <c>loop</c>; it also takes the items one by one, so that it can look ahead.</summary>
internal sealed class LoopValue(object? source, IEnumerable<object?> items, int depth, Func<RenderContext, object?, int, object?>? recurse) : ICallable
{
    static readonly object None = new();

    IEnumerator<object?> items = items.GetEnumerator();
    int length = -1;
    object? after = None, current = None, before = None;
    PythonTuple? changed;

    /// <summary>The number of the turn, from 1.</summary>
    public int Index { get; private set; }

    public bool Next()
    {
        object? next = after;
        after = None;
        if (ReferenceEquals(next, None))
        {
            if (!items.MoveNext()) return false;
            next = items.Current;
        }
        (before, current) = (current, next);
        Index++;
        return true;
    }

    public object? Current => current;

    public int Length
    {
        get
        {
            if (length >= 0) return length;
            length = source is OneShot ? -1 : Kind.Count(source);
            if (length >= 0) return length;
            var rest = new List<object?>();
            while (items.MoveNext()) rest.Add(items.Current);
            items = rest.GetEnumerator();
            return length = rest.Count + Index + (ReferenceEquals(after, None) ? 0 : 1);
        }
    }

    object? PeekNext()
    {
        if (ReferenceEquals(after, None) && items.MoveNext()) after = items.Current;
        return after;
    }

    /// <summary>Turns that are still to come, as items: what looping over the loop itself gives.</summary>
    public IEnumerable<object?> Remaining()
    {
        while (Next()) yield return new PythonTuple([current, this]);
    }

    /// <summary>An attribute; null when there is none of this name.</summary>
    public Evaluation? Attribute(string name) => name switch
    {
        "index" => new((long)Index),
        "index0" => new((long)Index - 1),
        "revindex" => new((long)Length - Index + 1),
        "revindex0" => new((long)Length - Index),
        "first" => new(Index == 1),
        "last" => new(ReferenceEquals(PeekNext(), None)),
        "length" => new((long)Length),
        "depth" => new((long)depth + 1),
        "depth0" => new((long)depth),
        "previtem" => new(Index == 1 ? new Undefined("there is no previous item.") : before),
        "nextitem" => new(PeekNext() is var next && ReferenceEquals(next, None) ? new Undefined("there is no next item.") : next),
        "cycle" => new(new BoundMethod(Cycle, this)),
        "changed" => new(new BoundMethod(Changed, this)),
        _ => null,
    };

    static readonly Function Cycle = new("cycle", [FunctionParameter.Required("self")], (_, values) =>
    {
        var items = (PythonTuple)values[1]!;
        return items.Count == 0 ? throw new RenderFailure("'cycle' needs at least one value.") : items[(((LoopValue)values[0]!).Index - 1) % items.Count];
    })
    { TakesRest = true };

    static readonly Function Changed = new("changed", [FunctionParameter.Required("self")], (context, values) =>
    {
        LoopValue loop = (LoopValue)values[0]!;
        var value = (PythonTuple)values[1]!;
        if (loop.changed is not null && Comparing.AreEqual(context, loop.changed, value)) return false;
        loop.changed = value;
        return true;
    })
    { TakesRest = true };

    public object? Call(RenderContext context, in CallArguments arguments)
    {
        if (recurse is null) throw new RenderFailure("only a loop that is marked 'recursive' can be called.");
        if (arguments.Positional.Length != 1 || arguments.Named is not null) throw new RenderFailure("a loop is called with one value: the items to loop over.");
        return recurse(context, arguments.Positional[0], depth + 1);
    }
}

/// <summary>A value, where null would mean that there is none.</summary>
internal readonly record struct Evaluation(object? Value);

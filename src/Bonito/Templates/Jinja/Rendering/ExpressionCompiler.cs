using Bonito.Templates.Jinja.Functions;
using Bonito.Templates.Jinja.Parsing;
using Bonito.Templates.Jinja.Syntax;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Rendering;

/// <summary>Turns expressions into functions of a frame: names become slots, filters and methods are found once.</summary>
internal sealed class ExpressionCompiler(SourceText source, JinjaSyntax syntax)
{
    public Evaluable Compile(Expression expression, Scope scope)
    {
        switch (expression)
        {
            case Constant { Value: var value }: return _ => value;
            case Name name: return Load(name, scope);
            case Syntax.Attribute attribute: return Attribute(attribute, scope);
            case Item { Key: Slice slice } item: return Slice(item, slice, scope);
            case Item item: return Item(item, scope);
            case Call call: return Call(call, scope);
            case Filter filter: return Filter(filter, scope);
            case Test test: return Apply(test, test.Identifier, test.Input, test.Arguments, Tests.Find(test.Identifier), "test", Tests.Names, scope);
            case Not not:
                Evaluable negated = Compile(not.Operand, scope);
                return frame => Kind.IsTrue(negated(frame)) ? False : True;
            case Signed signed: return Sign(signed, scope);
            case Arithmetic arithmetic: return Arithmetic(arithmetic, scope);
            case Logical logical:
                Evaluable left = Compile(logical.Left, scope), right = Compile(logical.Right, scope);
                bool isAnd = logical.IsAnd;
                return frame => left(frame) is var value && Kind.IsTrue(value) == isAnd ? right(frame) : value;
            case Concatenation concatenation: return Concatenate(concatenation, scope);
            case Comparison comparison: return Compare(comparison, scope);
            case Conditional conditional: return Choose(conditional, scope);
            case ListLiteral list:
                Evaluable[] items = All(list.Items, scope);
                return frame => Count(frame, items.Length, new PythonList([.. Evaluate(items, frame)]));
            case TupleLiteral tuple:
                Evaluable[] parts = All(tuple.Items, scope);
                return frame => Count(frame, parts.Length, new PythonTuple(Evaluate(parts, frame)));
            case DictionaryLiteral dictionary: return Dictionary(dictionary, scope);
            case RenderedBody: return frame => frame.Context.Rendered;
            default: throw source.Error(expression.Start, expression.End, "a slice is only possible in [].");
        }
    }

    // Boxed once: tests and comparisons make one at every step.
    internal static readonly object True = true, False = false;

    internal static object Box(bool value) => value ? True : False;

    Evaluable[] All(Sequence<Expression> expressions, Scope scope) => [.. expressions.Select(e => Compile(e, scope))];

    static object?[] Evaluate(Evaluable[] expressions, Frame frame)
    {
        if (expressions.Length == 0) return [];
        object?[] values = new object?[expressions.Length];
        for (int i = 0; i < values.Length; i++) values[i] = expressions[i](frame);
        return values;
    }

    static object? Count(Frame frame, int items, object? made)
    {
        frame.Context.Step(items);
        return made;
    }

    static Evaluable Load(Name name, Scope scope)
    {
        Variable variable = scope.Find(name.Identifier) ?? throw new InvalidOperationException($"No scope knows the name {name.Identifier}.");
        int slot = variable.Slot;
        Undefined undefined = new($"'{name.Identifier}' is undefined.");
        switch (scope.Layout.Depth - variable.Layout.Depth)
        {
            case 0: return frame => frame.Slots[slot] is var value && ReferenceEquals(value, Frame.Missing) ? undefined : value;
            case int hops:
                return frame =>
                {
                    for (int i = 0; i < hops; i++) frame = frame.Outer!;
                    return frame.Slots[slot] is var value && ReferenceEquals(value, Frame.Missing) ? undefined : value;
                };
        }
    }

    Evaluable Attribute(Syntax.Attribute attribute, Scope scope)
    {
        Refuse(attribute, attribute.Identifier);
        Evaluable target = Compile(attribute.Target, scope);
        string name = attribute.Identifier;
        return frame =>
        {
            object? value = target(frame);
            frame.Context.Place = attribute;
            return Access.Attribute(value, name);
        };
    }

    void Refuse(Node place, string attribute)
    {
        if (attribute.StartsWith("__", StringComparison.Ordinal))
            throw source.Error(place.Start, place.End, "names that begin with two underscores belong to Python's objects, which are not there.");
    }

    Evaluable Item(Item item, Scope scope)
    {
        if (item.Key is Constant { Value: string text }) Refuse(item, text);
        Evaluable target = Compile(item.Target, scope), key = Compile(item.Key, scope);
        return frame =>
        {
            object? value = target(frame), index = key(frame);
            frame.Context.Place = item;
            return Access.Item(frame.Context, value, index);
        };
    }

    Evaluable Slice(Item item, Slice slice, Scope scope)
    {
        Evaluable target = Compile(item.Target, scope), from = Bound(slice.From), to = Bound(slice.To), step = Bound(slice.Step);
        return frame =>
        {
            object? value = target(frame), first = from(frame), last = to(frame), width = step(frame);
            frame.Context.Place = item;
            return Access.Slice(frame.Context, value, first, last, width);
        };

        Evaluable Bound(Expression? bound) => bound is null ? _ => null : Compile(bound, scope);
    }

    Evaluable Call(Call call, Scope scope)
    {
        Func<Frame, CallArguments> arguments = Arguments(call.Arguments, scope);
        if (call.Callee is Syntax.Attribute { Identifier: var name } attribute)
        {
            Refuse(attribute, name);
            Evaluable target = Compile(attribute.Target, scope);
            return frame =>
            {
                object? value = target(frame);
                // Without a bound method in between, which most calls of methods need not make.
                if (value is not (Undefined or LoopValue or MacroValue or NamespaceValue or CyclerValue) && Methods.Find(value, name) is { } method)
                {
                    CallArguments methodArguments = arguments(frame);
                    frame.Context.Place = call;
                    return method.CallOn(frame.Context, value, methodArguments);
                }
                frame.Context.Place = attribute;
                object? member = Access.Attribute(value, name);
                return Invoke(frame, call, member, arguments(frame));
            };
        }
        Evaluable callee = Compile(call.Callee, scope);
        return frame =>
        {
            object? function = callee(frame);
            return Invoke(frame, call, function, arguments(frame));
        };
    }

    public static object? Invoke(Frame frame, Call call, object? callee, CallArguments arguments)
    {
        frame.Context.Place = call;
        return callee switch
        {
            ICallable callable => callable.Call(frame.Context, arguments),
            Undefined undefined => throw undefined.Failure(),
            _ => throw new RenderFailure($"a {Kind.Of(callee)} cannot be called."),
        };
    }

    /// <summary>The arguments of a call, evaluated from left to right.</summary>
    public Func<Frame, CallArguments> Arguments(Arguments arguments, Scope scope, Evaluable? caller = null)
    {
        Evaluable[] positional = All(arguments.Positional, scope);
        if (caller is null && arguments is { Named.Count: 0, Rest: null, NamedRest: null })
            return frame => new CallArguments(Evaluate(positional, frame), null);
        string[] names = [.. arguments.Named.Select(n => n.Identifier)];
        Evaluable[] values = [.. arguments.Named.Select(n => Compile(n.Value, scope))];
        Evaluable? rest = arguments.Rest is null ? null : Compile(arguments.Rest, scope);
        Evaluable? namedRest = arguments.NamedRest is null ? null : Compile(arguments.NamedRest, scope);
        return frame =>
        {
            object?[] given = Evaluate(positional, frame);
            if (rest is not null) given = [.. given, .. Kind.ItemList(frame.Context, rest(frame))];
            PythonDictionary named = new();
            for (int i = 0; i < names.Length; i++) named.Set(names[i], values[i](frame));
            if (caller is not null) named.Set("caller", caller(frame));
            if (namedRest is not null)
            {
                object? more = namedRest(frame);
                named.SetAll(Mapping.Of(more) ?? throw new RenderFailure($"after '**' stands a dictionary, got a {Kind.Of(more)}."));
            }
            return new CallArguments(given, named);
        };
    }

    Evaluable Filter(Filter filter, Scope scope) =>
        Apply(filter, filter.Identifier, filter.Input, filter.Arguments, Filters.Find(filter.Identifier, syntax), "filter", Filters.NamesIn(syntax), scope);

    /// <summary>A filter or test applied to its input. Its arguments find their parameters here, unless their number is known only later.</summary>
    Evaluable Apply(Node node, string name, Expression input, Arguments arguments, Function? function, string what, IEnumerable<string> known, Scope scope)
    {
        if (function is null) throw source.Error(node.Start, node.End, $"there is no {what} '{name}'; {what}s: {string.Join(", ", known)}.");
        Evaluable value = Compile(input, scope);
        if (arguments.Rest is not null || arguments.NamedRest is not null || function.TakesRest || function.TakesNamedRest)
        {
            Func<Frame, CallArguments> given = Arguments(arguments, scope);
            return frame =>
            {
                object? receiver = value(frame);
                CallArguments evaluated = given(frame);
                frame.Context.Place = node;
                return function.CallOn(frame.Context, receiver, evaluated);
            };
        }
        Evaluable[] values = Bind(node, value, arguments, function, scope);
        return frame =>
        {
            object?[] evaluated = Evaluate(values, frame);
            frame.Context.Place = node;
            return function.Invoke(frame.Context, evaluated);
        };
    }

    Evaluable[] Bind(Node node, Evaluable input, Arguments arguments, Function function, Scope scope)
    {
        var parameters = function.Parameters;
        Evaluable?[] bound = new Evaluable?[parameters.Count];
        if (arguments.Positional.Count + 1 > parameters.Count) throw source.Error(node.Start, node.End, function.TooMany(arguments.Positional.Count + 1));
        bound[0] = input;
        for (int i = 0; i < arguments.Positional.Count; i++) bound[i + 1] = Compile(arguments.Positional[i], scope);
        foreach (NamedArgument named in arguments.Named)
        {
            int index = function.IndexOf(named.Identifier);
            if (index < 0) throw source.Error(named.Start, named.End, function.Unknown(named.Identifier));
            if (bound[index] is not null) throw source.Error(named.Start, named.End, $"'{named.Identifier}' has a value already.");
            bound[index] = Compile(named.Value, scope);
        }
        for (int i = 0; i < bound.Length; i++)
        {
            if (bound[i] is not null) continue;
            if (parameters[i].IsRequired) throw source.Error(node.Start, node.End, function.Lacks(parameters[i]));
            object? value = parameters[i].Default;
            bound[i] = _ => value;
        }
        return bound!;
    }

    Evaluable Sign(Signed signed, Scope scope)
    {
        Evaluable operand = Compile(signed.Operand, scope);
        return frame =>
        {
            object? value = operand(frame);
            frame.Context.Place = signed;
            if (value is Undefined undefined) throw undefined.Failure();
            if (!Kind.IsNumber(value)) throw new RenderFailure($"a {Kind.Of(value)} has no sign.");
            return signed.Negative ? Numbers.Negate(value!) : value is bool flag ? flag ? 1L : 0L : value;
        };
    }

    Evaluable Arithmetic(Arithmetic arithmetic, Scope scope)
    {
        Evaluable left = Compile(arithmetic.Left, scope), right = Compile(arithmetic.Right, scope);
        return frame =>
        {
            object? first = left(frame), second = right(frame);
            frame.Context.Place = arithmetic;
            return Operations.Arithmetic(frame.Context, arithmetic.Operator, first, second);
        };
    }

    Evaluable Concatenate(Concatenation concatenation, Scope scope)
    {
        Evaluable[] parts = All(concatenation.Parts, scope);
        return frame =>
        {
            string[] texts = new string[parts.Length];
            for (int i = 0; i < texts.Length; i++)
            {
                object? value = parts[i](frame);
                frame.Context.Place = concatenation;
                texts[i] = Printing.Text(frame.Context, value);
            }
            frame.Context.Claim(texts.Sum(t => (long)t.Length));
            return string.Concat(texts);
        };
    }

    Evaluable Compare(Comparison comparison, Scope scope)
    {
        Evaluable first = Compile(comparison.First, scope);
        Evaluable[] others = [.. comparison.Others.Select(o => Compile(o.Value, scope))];
        ComparisonOperator[] operators = [.. comparison.Others.Select(o => o.Operator)];
        return frame =>
        {
            object? left = first(frame);
            for (int i = 0; i < others.Length; i++)
            {
                object? right = others[i](frame);
                frame.Context.Place = comparison;
                if (!Operations.Compare(frame.Context, operators[i], left, right)) return False;
                left = right;
            }
            return True;
        };
    }

    Evaluable Choose(Conditional conditional, Scope scope)
    {
        Evaluable test = Compile(conditional.Test, scope), then = Compile(conditional.Then, scope);
        if (conditional.Else is not null)
        {
            Evaluable otherwise = Compile(conditional.Else, scope);
            return frame => Kind.IsTrue(test(frame)) ? then(frame) : otherwise(frame);
        }
        Undefined undefined = new("the condition of 'if' does not hold and there is no 'else'.");
        return frame => Kind.IsTrue(test(frame)) ? then(frame) : undefined;
    }

    Evaluable Dictionary(DictionaryLiteral dictionary, Scope scope)
    {
        Evaluable[] keys = [.. dictionary.Items.Select(i => Compile(i.Key, scope))], values = [.. dictionary.Items.Select(i => Compile(i.Value, scope))];
        return frame =>
        {
            PythonDictionary made = new();
            for (int i = 0; i < keys.Length; i++)
            {
                object? key = keys[i](frame), value = values[i](frame);
                frame.Context.Place = dictionary;
                made.Set(key, value);
            }
            return Count(frame, keys.Length, made);
        };
    }
}

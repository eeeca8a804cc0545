using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>A value that can be called.</summary>
internal interface ICallable
{
    object? Call(RenderContext context, in CallArguments arguments);
}

/// <summary>The values of a call's arguments.</summary>
internal readonly record struct CallArguments(object?[] Positional, PythonDictionary? Named)
{
    public CallArguments(params object?[] positional) : this(positional, null) { }
}

/// <summary>A parameter of a function.</summary>
/// <param name="IsRequired">Whether a value must be given; otherwise <paramref name="Default"/> is taken.</param>
internal readonly record struct FunctionParameter(string Name, bool IsRequired, object? Default)
{
    public static FunctionParameter Required(string name) => new(name, true, null);

    public static FunctionParameter Optional(string name, object? value) => new(name, false, value);
}

/// <summary>A filter, test, method or global: its parameters by name, the first of a filter, test or method being what it is applied to.</summary>
internal sealed class Function(string name, FunctionParameter[] parameters, Func<RenderContext, object?[], object?> body) : ICallable
{
    public string Name => name;

    public IReadOnlyList<FunctionParameter> Parameters => parameters;

    /// <summary>Whether further positional arguments are taken, as a tuple in a last value.</summary>
    public bool TakesRest { get; init; }

    /// <summary>Whether further named arguments are taken, as a dictionary in a last value.</summary>
    public bool TakesNamedRest { get; init; }

    /// <summary>The number of values that <see cref="Invoke"/> takes.</summary>
    public int ValueCount => parameters.Length + (TakesRest ? 1 : 0) + (TakesNamedRest ? 1 : 0);

    /// <param name="values">A value for each parameter, then the rests that the function takes.</param>
    public object? Invoke(RenderContext context, object?[] values) => body(context, values);

    public object? Call(RenderContext context, in CallArguments arguments) => body(context, Bind(arguments));

    public object? CallOn(RenderContext context, object? receiver, in CallArguments arguments) =>
        body(context, Bind(arguments with { Positional = [receiver, .. arguments.Positional] }));

    public int IndexOf(string parameter)
    {
        for (int i = 0; i < parameters.Length; i++)
        {
            if (parameters[i].Name == parameter) return i;
        }
        return -1;
    }

    /// <summary>Gives each parameter its value.</summary>
    /// <exception cref="RenderFailure">The arguments do not fit the parameters.</exception>
    object?[] Bind(in CallArguments arguments)
    {
        object?[] given = arguments.Positional, values = new object?[ValueCount];
        bool[] bound = new bool[parameters.Length];
        for (int i = 0; i < given.Length && i < parameters.Length; i++) (values[i], bound[i]) = (given[i], true);
        if (TakesRest) values[parameters.Length] = new PythonTuple(given.Length > parameters.Length ? given[parameters.Length..] : []);
        else if (given.Length > parameters.Length) throw new RenderFailure(TooMany(given.Length));
        PythonDictionary? rest = TakesNamedRest ? new PythonDictionary() : null;
        if (arguments.Named is { } named)
        {
            foreach (var (key, value) in named.Keys.Zip(named.Values))
            {
                int index = key is string text ? IndexOf(text) : -1;
                if (index >= 0 && bound[index]) throw new RenderFailure($"'{name}' got two values for '{key}'.");
                if (index >= 0) (values[index], bound[index]) = (value, true);
                else if (rest is not null) rest.Set(key, value);
                else throw new RenderFailure(Unknown($"{key}"));
            }
        }
        if (rest is not null) values[^1] = rest;
        for (int i = 0; i < parameters.Length; i++)
        {
            if (bound[i]) continue;
            if (parameters[i].IsRequired) throw new RenderFailure(Lacks(parameters[i]));
            values[i] = parameters[i].Default;
        }
        return values;
    }

    public string TooMany(int count) => $"'{name}' got {count} values, it takes {(parameters.Length == 0 ? "none" : $"at most {parameters.Length}: {Names}")}.";

    public string Unknown(string parameter) => $"'{name}' has no parameter '{parameter}'; it takes {(parameters.Length == 0 ? "none" : Names)}.";

    public string Lacks(in FunctionParameter parameter) => $"'{name}' needs a value for '{parameter.Name}'; it takes {Names}.";

    string Names => string.Join(", ", parameters.Select(p => p.Name));
}

/// <summary>A method taken from its value, to be called later.</summary>
internal sealed class BoundMethod(Function method, object? receiver) : ICallable
{
    public object? Call(RenderContext context, in CallArguments arguments) => method.CallOn(context, receiver, arguments);
}

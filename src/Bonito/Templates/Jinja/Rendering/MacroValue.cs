using Bonito.Templates.Jinja.Functions;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Rendering;

/// <summary>What is known of a macro before it runs.</summary>
/// <param name="Name">Null for the body of a call block.</param>
/// <param name="Parameters">Names of its parameters.</param>
/// <param name="Caller">Slot of <c>caller</c>, or -1; so for the other two.</param>
internal sealed record MacroDefinition(string? Name, string[] Parameters, int Caller, int NamedRest, int Rest)
{
    public int[] Slots { get; set; } = [];

    public Layout Layout { get; set; } = new(null);

    public Executable Body { get; set; } = _ => Flow.Next;
}

/// <summary>A macro with the variables around its definition.</summary>
internal sealed class MacroValue(MacroDefinition definition, Frame outer) : ICallable
{
    public string? Name => definition.Name;

    string Shown => definition.Name is null ? "caller" : $"macro '{definition.Name}'";

    public object? Call(RenderContext context, in CallArguments arguments)
    {
        string[] parameters = definition.Parameters;
        object?[] given = arguments.Positional;
        Frame frame = new(context, definition.Layout.Count, outer);
        PythonDictionary? named = arguments.Named is null ? null : PythonDictionary.Copy(arguments.Named);
        bool callerGiven = given.Length >= parameters.Length && parameters.Contains("caller");
        for (int i = 0; i < parameters.Length; i++)
        {
            object? value = i < given.Length ? given[i] : Frame.Missing;
            if (i >= given.Length)
            {
                if (named is not null && named.Remove(parameters[i], out object? found)) value = found;
                callerGiven |= parameters[i] == "caller";
            }
            frame.Slots[definition.Slots[i]] = value;
        }
        if (definition.Caller >= 0 && !callerGiven)
        {
            object? caller = null;
            named?.Remove("caller", out caller);
            frame.Slots[definition.Caller] = caller ?? new Undefined("No caller defined");
        }
        if (definition.NamedRest >= 0) frame.Slots[definition.NamedRest] = named ?? new PythonDictionary();
        else if (named is { Count: > 0 }) throw new RenderFailure($"{Shown} has no parameter '{named.Keys.First()}'; it takes {Parameters}.");
        if (definition.Rest >= 0) frame.Slots[definition.Rest] = new PythonTuple(given.Length > parameters.Length ? given[parameters.Length..] : []);
        else if (given.Length > parameters.Length) throw new RenderFailure($"{Shown} got {given.Length} values, it takes {Parameters}.");
        context.Step();
        context.Descend();
        string text = context.Capture(definition.Body, frame);
        context.Ascend();
        return text;
    }

    string Parameters => definition.Parameters.Length == 0 ? "none" : string.Join(", ", definition.Parameters);

    /// <summary>An attribute; null when there is none of this name.</summary>
    public Evaluation? Attribute(string name) => name switch
    {
        "name" => new(definition.Name),
        "arguments" => new(new PythonTuple([.. definition.Parameters])),
        "caller" => new(definition.Caller >= 0),
        "catch_kwargs" => new(definition.NamedRest >= 0),
        "catch_varargs" => new(definition.Rest >= 0),
        _ => null,
    };
}

using System.Collections.Frozen;
using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>Methods of values by name.</summary>
internal static class Methods
{
    static readonly FrozenDictionary<string, Function> OfTexts = Table(TextMethods.All);
    static readonly FrozenDictionary<string, Function> OfLists = Table(ListMethods.All);
    static readonly FrozenDictionary<string, Function> OfTuples = Table(ListMethods.Reading);
    static readonly FrozenDictionary<string, Function> OfDictionaries = Table(DictionaryMethods.All);

    // What Python's values have besides, and is not supported: to find nothing there would be a wrong rendering.
    static readonly FrozenSet<string> UnsupportedOfTexts = FrozenSet.Create("encode", "expandtabs", "format", "format_map", "isidentifier", "isprintable", "maketrans", "translate");
    static readonly FrozenSet<string> UnsupportedOfDictionaries = FrozenSet.Create("fromkeys");
    static readonly FrozenSet<string> UnsupportedOfNumbers = FrozenSet.Create(
        "as_integer_ratio", "bit_count", "bit_length", "conjugate", "denominator", "from_bytes", "fromhex", "hex", "imag", "is_integer", "numerator", "real", "to_bytes");
    static readonly FrozenSet<string> UnsupportedOfRanges = FrozenSet.Create("start", "stop", "step");

    static FrozenDictionary<string, Function> Table(IEnumerable<Function> methods) => methods.ToFrozenDictionary(m => m.Name);

    /// <summary>The method of a value; null when Python's values of its type have no attribute of this name.</summary>
    /// <exception cref="RenderFailure">They have one, and it is not supported.</exception>
    public static Function? Find(object? value, string name)
    {
        (FrozenDictionary<string, Function>? methods, FrozenSet<string>? unsupported) = value switch
        {
            string or Markup => (OfTexts, UnsupportedOfTexts),
            PythonTuple => (OfTuples, null),
            PythonRange => (OfTuples, UnsupportedOfRanges),
            IReadOnlyList<object?> => (OfLists, null),
            IMapping or IReadOnlyDictionary<string, object?> => (OfDictionaries, UnsupportedOfDictionaries),
            long or double or bool => (null, UnsupportedOfNumbers),
            _ => ((FrozenDictionary<string, Function>?)null, (FrozenSet<string>?)null),
        };
        if (methods is not null && methods.TryGetValue(name, out Function? method)) return method;
        if (unsupported is not null && unsupported.Contains(name)) throw new RenderFailure($"the attribute '{name}' of a {Kind.Of(value)} is not supported.");
        return null;
    }
}

using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Values;
using static Bonito.Templates.Jinja.Functions.FunctionParameter;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>The filters that promptsource adds to Jinja2.</summary>
internal static class PromptFilters
{
    public static IEnumerable<Function> All { get; } =
    [
        new("choice", [Required("choices")], (c, v) => ListFilters.Pick(c, v[0]) is { } picked ? picked.Value : throw new RenderFailure("there is nothing to choose from, the list is empty.")),
        new("most_frequent", [Required("items")], MostFrequent),
        new("highlight", [Required("input")], (c, v) =>
            Operations.Arithmetic(c, Syntax.ArithmeticOperator.Add, "<span style='color: #F08080'>",
                Operations.Arithmetic(c, Syntax.ArithmeticOperator.Add, v[0], "</span>"))),
    ];

    // All items that stand in the list more often than any other, in the order in which they first do.
    static PythonList? MostFrequent(RenderContext context, object?[] values)
    {
        if (!Kind.IsTrue(values[0])) return null;
        OrderedDictionary<object, (object? Item, int Count)> counts = [];
        foreach (object? item in Kind.Items(values[0]))
        {
            context.Step();
            object key = Key.Of(item);
            counts[key] = counts.TryGetValue(key, out var known) ? (known.Item, known.Count + 1) : (item, 1);
        }
        int most = counts.Values.Max(c => c.Count);
        return new PythonList(counts.Values.Where(c => c.Count == most).Select(c => c.Item));
    }
}

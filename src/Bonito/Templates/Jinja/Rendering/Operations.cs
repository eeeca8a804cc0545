using System.Text;
using Bonito.Templates.Jinja.Functions;
using Bonito.Templates.Jinja.Syntax;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Rendering;

/// <summary>What operators do to values.</summary>
internal static class Operations
{
    const string Symbols = "+ - * / // % **";

    public static object? Arithmetic(RenderContext context, ArithmeticOperator op, object? left, object? right)
    {
        if (Kind.IsNumber(left) && Kind.IsNumber(right)) return Numbers.Arithmetic(op, left!, right!);
        // A text with % formats values, also undefined ones.
        if (op == ArithmeticOperator.Modulo && left is string or Markup) return Formatting.Percent(context, left, right);
        if (left is Undefined a) throw a.Failure();
        if (right is Undefined b) throw b.Failure();
        object? result = op switch
        {
            ArithmeticOperator.Add => Add(context, left, right),
            ArithmeticOperator.Multiply => Kind.IsNumber(right) ? Repeat(context, left, right) : Repeat(context, right, left),
            _ => null,
        };
        return result ?? throw new RenderFailure($"'{Symbols.Split(' ')[(int)op]}' cannot be applied to a {Kind.Of(left)} and a {Kind.Of(right)}.");
    }

    static object? Add(RenderContext context, object? left, object? right)
    {
        switch (left, right)
        {
            case (string a, string b):
                context.Claim((long)a.Length + b.Length);
                return a + b;
            case (Markup or string, Markup or string):
                string text = Escaped(left) + Escaped(right);
                return new Markup(context.Made(text));
            case (PythonTuple a, PythonTuple b):
                context.StepMany((long)a.Count + b.Count);
                return new PythonTuple([.. a, .. b]);
            case (PythonTuple or PythonRange, _) or (_, PythonTuple or PythonRange):
                return null;
            case (IReadOnlyList<object?> a, IReadOnlyList<object?> b):
                context.StepMany((long)a.Count + b.Count);
                return new PythonList([.. a, .. b]);
            default: return null;
        }
    }

    static string Escaped(object? value) => value is Markup markup ? markup.Text : Markup.Escape((string)value!);

    static object? Repeat(RenderContext context, object? value, object? times)
    {
        if (times is not (long or bool)) return null;
        int count = Math.Max(0, Numbers.Size(times, "the count"));
        switch (value)
        {
            case string text:
                context.Claim((long)text.Length * count);
                return text.Length == 0 ? "" : new StringBuilder(text.Length * count).Insert(0, text, count).ToString();
            case Markup markup: return new Markup((string)Repeat(context, markup.Text, times)!);
            case PythonRange: return null;
            case IReadOnlyList<object?> list:
                context.StepMany((long)list.Count * count);
                var items = new List<object?>(list.Count * count);
                for (int i = 0; i < count; i++) items.AddRange(list);
                return value is PythonTuple ? new PythonTuple([.. items]) : new PythonList(items);
            default: return null;
        }
    }

    public static bool Compare(RenderContext context, ComparisonOperator op, object? left, object? right) => op switch
    {
        ComparisonOperator.Equal => Comparing.AreEqual(context, left, right),
        ComparisonOperator.NotEqual => !Comparing.AreEqual(context, left, right),
        ComparisonOperator.Less => Comparing.Compare(context, left, right, "<") < 0,
        ComparisonOperator.LessOrEqual => Comparing.Compare(context, left, right, "<=") <= 0,
        ComparisonOperator.Greater => Comparing.Compare(context, left, right, ">") > 0,
        ComparisonOperator.GreaterOrEqual => Comparing.Compare(context, left, right, ">=") >= 0,
        ComparisonOperator.In => Contains(context, right, left),
        _ => !Contains(context, right, left),
    };

    /// <summary>Whether a text, list or dictionary contains an item or key.</summary>
    public static bool Contains(RenderContext context, object? container, object? item)
    {
        if (container is Markup markup) container = markup.Text;
        if (container is string text)
        {
            string? part = item as string ?? (item as Markup)?.Text;
            return part is null
                ? throw (item is Undefined undefined ? undefined.Failure() : new RenderFailure($"'in' a text must stand a text, got a {Kind.Of(item)}."))
                : Search.IndexOf(text, part, 0) >= 0;
        }
        if (Mapping.Of(container) is { } mapping) return mapping.TryGet(item, out _);
        if (container is PythonRange range && item is long number) return range.Contains(number);
        if (Kind.ItemsOrNull(container) is not { } items) throw new RenderFailure($"'in' cannot look into a {Kind.Of(container)}.");
        foreach (object? candidate in items)
        {
            context.Step();
            if (Comparing.AreEqual(context, candidate, item)) return true;
        }
        return false;
    }
}

using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Values;
using static Bonito.Templates.Jinja.Functions.FunctionParameter;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>Filters on numbers, and from other values to numbers.</summary>
internal static class NumberFilters
{
    public static IEnumerable<Function> All { get; } =
    [
        new("abs", [Required("value")], Abs),
        new("round", [Required("value"), Optional("precision", 0L), Optional("method", "common")], Round),
        new("int", [Required("value"), Optional("default", 0L), Optional("base", 10L)], Int),
        new("float", [Required("value"), Optional("default", 0.0)], (_, v) => ToDouble(v[0]) is { } number ? number : v[1]),
    ];

    static object Number(object? value) => value switch
    {
        Undefined undefined => throw undefined.Failure(),
        bool flag => flag ? 1L : 0L,
        long or double => value,
        _ => throw new RenderFailure($"expected a number, got a {Kind.Of(value)}."),
    };

    static object Abs(RenderContext context, object?[] values)
    {
        object number = Number(values[0]);
        return number is double real ? Math.Abs(real) : (long)number < 0 ? Numbers.Negate(number) : number;
    }

    static object Round(RenderContext context, object?[] values)
    {
        string method = values[2] as string ?? "";
        if (method is not ("common" or "ceil" or "floor")) throw new RenderFailure("the method of 'round' is 'common', 'ceil' or 'floor'.");
        object number = Number(values[0]);
        if (method == "common")
        {
            if (values[1] is null) return number is double plain ? Numbers.Truncate(Math.Round(plain, MidpointRounding.ToEven)) : number;
            long precision = Numbers.Integer(values[1], "the precision");
            return number is double value ? Decimals.Round(value, precision) : (object)Decimals.Round((long)number, precision);
        }
        long places = Numbers.Integer(values[1], "the precision");
        object scale = Numbers.Arithmetic(Syntax.ArithmeticOperator.Power, 10L, places);
        object scaled = Numbers.Arithmetic(Syntax.ArithmeticOperator.Multiply, number, scale);
        if (scaled is double real) scaled = Numbers.Truncate(method == "ceil" ? Math.Ceiling(real) : Math.Floor(real));
        return Numbers.Arithmetic(Syntax.ArithmeticOperator.Divide, scaled, scale);
    }

    static object? Int(RenderContext context, object?[] values)
    {
        object? value = values[0];
        string? text = value as string ?? (value as Markup)?.Text;
        if (text is not null)
        {
            long radix = Numbers.Integer(values[2], "the base");
            if (radix is not (0 or >= 2 and <= 36)) throw new RenderFailure($"the base must be 0 or from 2 to 36, got {radix}.");
            if (NumberText.ParseInteger(text, (int)radix) is { } whole) return whole;
        }
        return value switch
        {
            Undefined undefined => throw undefined.Failure(),
            bool or long => Number(value),
            // Not a number has no whole part, and the default is taken; infinity fails, as in Jinja2.
            _ => ToDouble(value) is { } number && !double.IsNaN(number) ? Numbers.Truncate(number) : values[1],
        };
    }

    static double? ToDouble(object? value) => value switch
    {
        Undefined undefined => throw undefined.Failure(),
        double number => number,
        long number => number,
        bool flag => flag ? 1 : 0,
        string text => NumberText.ParseDouble(text),
        Markup markup => NumberText.ParseDouble(markup.Text),
        _ => null,
    };
}

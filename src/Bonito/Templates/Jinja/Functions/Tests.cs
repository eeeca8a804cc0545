using System.Collections.Frozen;
using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Syntax;
using Bonito.Templates.Jinja.Values;
using static Bonito.Templates.Jinja.Functions.FunctionParameter;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>The tests by name: what stands after <c>is</c>.</summary>
internal static class Tests
{
    static readonly FrozenDictionary<string, Function> Table = Tests.All().ToFrozenDictionary(t => t.Name);

    public static Function? Find(string name) => Table.GetValueOrDefault(name);

    public static IEnumerable<string> Names => Table.Keys.Order(StringComparer.Ordinal);

    static IEnumerable<Function> All()
    {
        yield return Plain("defined", value => value is not Undefined);
        yield return Plain("undefined", value => value is Undefined);
        yield return Plain("none", value => value is null);
        yield return Plain("boolean", value => value is bool);
        yield return Plain("true", value => value is true);
        yield return Plain("false", value => value is false);
        yield return Plain("integer", value => value is long);
        yield return Plain("float", value => value is double);
        yield return Plain("number", Kind.IsNumber);
        yield return Plain("string", value => value is string or Markup);
        yield return Plain("mapping", value => Mapping.Of(value) is not null);
        yield return Plain("sequence", value => value is string or Markup or Undefined or IReadOnlyList<object?> || Mapping.Of(value) is not null);
        yield return Plain("iterable", value => value is Markup || Kind.ItemsOrNull(value) is not null);
        yield return Plain("callable", value => value is ICallable or Undefined);
        yield return Plain("escaped", value => value is Markup);
        yield return new Function("lower", [Required("value")], (c, v) => ExpressionCompiler.Box(TextMethods.IsInCase(Printing.Text(c, v[0]), Casing.IsLower)));
        yield return new Function("upper", [Required("value")], (c, v) => ExpressionCompiler.Box(TextMethods.IsInCase(Printing.Text(c, v[0]), Casing.IsUpper)));
        yield return new Function("odd", [Required("value")], (c, v) => Remainder(c, v[0], 2L, 1L));
        yield return new Function("even", [Required("value")], (c, v) => Remainder(c, v[0], 2L, 0L));
        yield return new Function("divisibleby", [Required("value"), Required("num")], (c, v) => Remainder(c, v[0], v[1], 0L));
        yield return Pair("sameas", (_, a, b) => Comparing.AreSame(a, b));
        yield return Pair("in", (c, a, b) => Operations.Contains(c, b, a));
        yield return new Function("filter", [Required("value")], (c, v) => ExpressionCompiler.Box(v[0] is string name && Filters.Find(name, c.Syntax) is not null));
        yield return new Function("test", [Required("value")], (_, v) => ExpressionCompiler.Box(v[0] is string name && Find(name) is not null));
        (ComparisonOperator Operator, string[] Names)[] comparisons =
        [
            (ComparisonOperator.Equal, ["==", "eq", "equalto"]), (ComparisonOperator.NotEqual, ["!=", "ne"]),
            (ComparisonOperator.Less, ["<", "lt", "lessthan"]), (ComparisonOperator.LessOrEqual, ["<=", "le"]),
            (ComparisonOperator.Greater, [">", "gt", "greaterthan"]), (ComparisonOperator.GreaterOrEqual, [">=", "ge"]),
        ];
        foreach (var (op, names) in comparisons)
        {
            foreach (string name in names) yield return Pair(name, (c, a, b) => Operations.Compare(c, op, a, b));
        }
    }

    static Function Plain(string name, Func<object?, bool> test) => new(name, [Required("value")], (_, v) => ExpressionCompiler.Box(test(v[0])));

    static Function Pair(string name, Func<RenderContext, object?, object?, bool> test) =>
        new(name, [Required("value"), Required("other")], (c, v) => ExpressionCompiler.Box(test(c, v[0], v[1])));

    static object Remainder(RenderContext context, object? value, object? divisor, object expected) =>
        ExpressionCompiler.Box(Comparing.AreEqual(context, Operations.Arithmetic(context, ArithmeticOperator.Modulo, value, divisor), expected));
}

using Bonito.Templates.Jinja.Syntax;

namespace Bonito.Templates.Jinja.Parsing;

/// <summary>Operators as they are written, by precedence.</summary>
internal static class Operators
{
    public static readonly Dictionary<string, ComparisonOperator> Comparisons = new()
    {
        ["=="] = ComparisonOperator.Equal,
        ["!="] = ComparisonOperator.NotEqual,
        ["<"] = ComparisonOperator.Less,
        ["<="] = ComparisonOperator.LessOrEqual,
        [">"] = ComparisonOperator.Greater,
        [">="] = ComparisonOperator.GreaterOrEqual,
    };

    public static readonly Dictionary<string, ArithmeticOperator> Sums = new() { ["+"] = ArithmeticOperator.Add, ["-"] = ArithmeticOperator.Subtract };

    public static readonly Dictionary<string, ArithmeticOperator> Products = new()
    {
        ["*"] = ArithmeticOperator.Multiply,
        ["/"] = ArithmeticOperator.Divide,
        ["//"] = ArithmeticOperator.FloorDivide,
        ["%"] = ArithmeticOperator.Modulo,
    };

    public static readonly Dictionary<string, ArithmeticOperator> Powers = new() { ["**"] = ArithmeticOperator.Power };
}

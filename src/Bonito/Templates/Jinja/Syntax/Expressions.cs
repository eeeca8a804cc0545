namespace Bonito.Templates.Jinja.Syntax;

/// <summary>What has a value.</summary>
public abstract record Expression : Node;

/// <summary>A literal: null, bool, long, double or string.</summary>
public sealed record Constant(object? Value) : Expression;

/// <summary>A variable; in the place of a target, the variable that is set.</summary>
public sealed record Name(string Identifier) : Expression;

/// <summary><c>namespace.name</c> in the place of a target.</summary>
public sealed record NamespaceTarget(string Identifier, string Attribute) : Expression;

/// <summary><c>target.name</c>: an attribute, or else the item of that name.</summary>
public sealed record Attribute(Expression Target, string Identifier) : Expression
{
    public override IEnumerable<Node> Children() => [Target];
}

/// <summary><c>target[key]</c>: an item, or else the attribute of that name; the key can be a <see cref="Slice"/>.</summary>
public sealed record Item(Expression Target, Expression Key) : Expression
{
    public override IEnumerable<Node> Children() => [Target, Key];
}

/// <summary><c>start:stop:step</c> as a key.</summary>
public sealed record Slice(Expression? From, Expression? To, Expression? Step) : Expression
{
    public override IEnumerable<Node> Children() => new Expression?[] { From, To, Step }.OfType<Node>();
}

/// <summary><c>callee(arguments)</c>.</summary>
public sealed record Call(Expression Callee, Arguments Arguments) : Expression
{
    public override IEnumerable<Node> Children() => [Callee, Arguments];
}

/// <summary><c>input|name(arguments)</c>.</summary>
public sealed record Filter(Expression Input, string Identifier, Arguments Arguments) : Expression
{
    public override IEnumerable<Node> Children() => [Input, Arguments];
}

/// <summary><c>input is name(arguments)</c>.</summary>
public sealed record Test(Expression Input, string Identifier, Arguments Arguments) : Expression
{
    public override IEnumerable<Node> Children() => [Input, Arguments];
}

/// <summary>What a filter block or a block assignment has rendered: the input of its first filter.</summary>
public sealed record RenderedBody : Expression;

/// <summary>Arguments of a call, a filter or a test: positional, named, <c>*rest</c> and <c>**namedRest</c>.</summary>
public sealed record Arguments(
    Sequence<Expression> Positional, Sequence<NamedArgument> Named, Expression? Rest, Expression? NamedRest) : Node
{
    public static Arguments None { get; } = new([], [], null, null);

    public override IEnumerable<Node> Children() =>
        [.. Positional, .. Named, .. new Expression?[] { Rest, NamedRest }.OfType<Node>()];
}

/// <summary><c>name=value</c> in a call.</summary>
public sealed record NamedArgument(string Identifier, Expression Value) : Node
{
    public override IEnumerable<Node> Children() => [Value];
}

/// <summary><c>not operand</c>.</summary>
public sealed record Not(Expression Operand) : Expression
{
    public override IEnumerable<Node> Children() => [Operand];
}

/// <summary><c>-operand</c> or <c>+operand</c>.</summary>
public sealed record Signed(bool Negative, Expression Operand) : Expression
{
    public override IEnumerable<Node> Children() => [Operand];
}

/// <summary>Operators of <see cref="Arithmetic"/>.</summary>
public enum ArithmeticOperator { Add, Subtract, Multiply, Divide, FloorDivide, Modulo, Power }

/// <summary>Two operands and <c>+ - * / // % **</c>.</summary>
public sealed record Arithmetic(ArithmeticOperator Operator, Expression Left, Expression Right) : Expression
{
    public override IEnumerable<Node> Children() => [Left, Right];
}

/// <summary><c>left and right</c> or <c>left or right</c>; the value is that of the operand which decides.</summary>
public sealed record Logical(bool IsAnd, Expression Left, Expression Right) : Expression
{
    public override IEnumerable<Node> Children() => [Left, Right];
}

/// <summary><c>a ~ b ~ c</c>: texts of values, joined.</summary>
public sealed record Concatenation(Sequence<Expression> Parts) : Expression
{
    public override IEnumerable<Node> Children() => Parts;
}

/// <summary>Operators of <see cref="Comparison"/>.</summary>
public enum ComparisonOperator { Equal, NotEqual, Less, LessOrEqual, Greater, GreaterOrEqual, In, NotIn }

/// <summary>A chain of comparisons, as in <c>1 &lt; x &lt;= 5</c>.</summary>
public sealed record Comparison(Expression First, Sequence<Comparand> Others) : Expression
{
    public override IEnumerable<Node> Children() => [First, .. Others];
}

/// <summary>A further link of a chain of comparisons.</summary>
public sealed record Comparand(ComparisonOperator Operator, Expression Value) : Node
{
    public override IEnumerable<Node> Children() => [Value];
}

/// <summary><c>then if test else otherwise</c>.</summary>
public sealed record Conditional(Expression Test, Expression Then, Expression? Else) : Expression
{
    public override IEnumerable<Node> Children() => Else is null ? [Then, Test] : [Then, Test, Else];
}

/// <summary><c>[a, b]</c>.</summary>
public sealed record ListLiteral(Sequence<Expression> Items) : Expression
{
    public override IEnumerable<Node> Children() => Items;
}

/// <summary><c>(a, b)</c>; in the place of a target, values are unpacked.</summary>
public sealed record TupleLiteral(Sequence<Expression> Items) : Expression
{
    public override IEnumerable<Node> Children() => Items;
}

/// <summary><c>{key: value}</c>.</summary>
public sealed record DictionaryLiteral(Sequence<KeyedValue> Items) : Expression
{
    public override IEnumerable<Node> Children() => Items;
}

/// <summary>A pair of a dictionary literal.</summary>
public sealed record KeyedValue(Expression Key, Expression Value) : Node
{
    public override IEnumerable<Node> Children() => [Key, Value];
}

namespace Bonito.Templates.Jinja.Syntax;

/// <summary>What is rendered. Bodies are sequences of statements.</summary>
public abstract record Statement : Node
{
    /// <summary>The same statement with each of its bodies replaced by what <paramref name="change"/> makes of it.</summary>
    public virtual Statement WithBodies(Func<Sequence<Statement>, Sequence<Statement>> change) => this;
}

/// <summary>Text that is rendered as it is. Two never stand side by side.</summary>
public sealed record Text(string Value) : Statement;

/// <summary><c>{{ value }}</c>.</summary>
public sealed record Output(Expression Value) : Statement
{
    public override IEnumerable<Node> Children() => [Value];
}

/// <summary><c>{% if %}</c>, any number of <c>{% elif %}</c>, <c>{% else %}</c>.</summary>
public sealed record If(Sequence<Branch> Branches, Sequence<Statement> Else) : Statement
{
    public override IEnumerable<Node> Children() => [.. Branches, .. Else];

    public override Statement WithBodies(Func<Sequence<Statement>, Sequence<Statement>> change) =>
        this with { Branches = [.. Branches.Select(b => b with { Body = change(b.Body) })], Else = change(Else) };
}

/// <summary>A condition and what is rendered when it is the first to hold.</summary>
public sealed record Branch(Expression Condition, Sequence<Statement> Body) : Node
{
    public override IEnumerable<Node> Children() => [Condition, .. Body];
}

/// <summary><c>{% for target in items if condition recursive %}</c> with <c>{% else %}</c>.</summary>
public sealed record For(
    Expression Target, Expression Items, Expression? Condition, bool Recursive,
    Sequence<Statement> Body, Sequence<Statement> Else) : Statement
{
    public override IEnumerable<Node> Children() =>
        Condition is null ? [Target, Items, .. Body, .. Else] : [Target, Items, Condition, .. Body, .. Else];

    public override Statement WithBodies(Func<Sequence<Statement>, Sequence<Statement>> change) =>
        this with { Body = change(Body), Else = change(Else) };
}

/// <summary><c>{% set target = value %}</c>.</summary>
public sealed record Set(Expression Target, Expression Value) : Statement
{
    public override IEnumerable<Node> Children() => [Target, Value];
}

/// <summary><c>{% set target | filters %} body {% endset %}</c>; the filters end in a <see cref="RenderedBody"/>.</summary>
public sealed record SetBlock(Expression Target, Expression Value, Sequence<Statement> Body) : Statement
{
    public override IEnumerable<Node> Children() => [Target, Value, .. Body];

    public override Statement WithBodies(Func<Sequence<Statement>, Sequence<Statement>> change) => this with { Body = change(Body) };
}

/// <summary><c>{% filter filters %} body {% endfilter %}</c>; the filters end in a <see cref="RenderedBody"/>.</summary>
public sealed record FilterBlock(Expression Value, Sequence<Statement> Body) : Statement
{
    public override IEnumerable<Node> Children() => [Value, .. Body];

    public override Statement WithBodies(Func<Sequence<Statement>, Sequence<Statement>> change) => this with { Body = change(Body) };
}

/// <summary><c>{% with name = value, ... %}</c>.</summary>
public sealed record With(Sequence<Binding> Bindings, Sequence<Statement> Body) : Statement
{
    public override IEnumerable<Node> Children() => [.. Bindings, .. Body];

    public override Statement WithBodies(Func<Sequence<Statement>, Sequence<Statement>> change) => this with { Body = change(Body) };
}

/// <summary>A target and its value in <c>{% with %}</c>.</summary>
public sealed record Binding(Expression Target, Expression Value) : Node
{
    public override IEnumerable<Node> Children() => [Target, Value];
}

/// <summary><c>{% macro name(parameters) %}</c>.</summary>
public sealed record Macro(string Identifier, Sequence<Parameter> Parameters, Sequence<Statement> Body) : Statement
{
    public override IEnumerable<Node> Children() => [.. Parameters, .. Body];

    public override Statement WithBodies(Func<Sequence<Statement>, Sequence<Statement>> change) => this with { Body = change(Body) };
}

/// <summary>A parameter of a macro and its default, if it has one.</summary>
public sealed record Parameter(string Identifier, Expression? Default) : Node
{
    public override IEnumerable<Node> Children() => Default is null ? [] : [Default];
}

/// <summary><c>{% call(parameters) callee(arguments) %}</c>: a call that can render the body through <c>caller()</c>.</summary>
public sealed record CallBlock(Sequence<Parameter> Parameters, Call Call, Sequence<Statement> Body) : Statement
{
    public override IEnumerable<Node> Children() => [.. Parameters, Call, .. Body];

    public override Statement WithBodies(Func<Sequence<Statement>, Sequence<Statement>> change) => this with { Body = change(Body) };
}

/// <summary><c>{% break %}</c>.</summary>
public sealed record Break : Statement;

/// <summary><c>{% continue %}</c>.</summary>
public sealed record Continue : Statement;

using Bonito.Rows;
using Bonito.Templates;
using Bonito.Templates.Jinja;
using Bonito.Templates.Jinja.Parsing;
using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Syntax;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Ctga;

/// <summary>A Jinja expression over the columns of a row, whose value is a value of a row again.</summary>
internal sealed class RowExpression
{
    readonly SourceText source;
    readonly Evaluable program;
    readonly Action<Frame> enter;
    readonly int slots;

    RowExpression(SourceText source, Sequence<Statement> nodes, Expression expression)
    {
        this.source = source;
        Layout layout = new(null);
        Templates.Jinja.Rendering.Scope scope = new(null, layout);
        scope.Visit(nodes);
        program = new ExpressionCompiler(source, JinjaSyntax.Prompt).Compile(expression, scope);
        enter = Compiler.Enter(scope);
        slots = layout.Count;
        Reads = [.. Variables.Read(nodes)];
    }

    /// <summary>The columns that it reads by name.</summary>
    public IReadOnlyList<string> Reads { get; }

    /// <summary>Reads an expression.</summary>
    /// <param name="name">Names it in errors.</param>
    /// <param name="text">Its text, without braces.</param>
    /// <exception cref="BonitoException">The text is no expression; the message has its place.</exception>
    public static RowExpression Parse(string name, string text)
    {
        var source = new SourceText(name, $"{{{{ {text} }}}}");
        Sequence<Statement> nodes = TemplateParser.Parse(source, JinjaSyntax.Prompt);
        return nodes.Count == 1 && nodes[0] is Output { Value: var expression }
            ? new RowExpression(source, nodes, expression)
            : throw new BonitoException($"{name}: expected one Jinja expression, without braces, got '{text}'.");
    }

    /// <summary>The value; null where the expression has none.</summary>
    /// <exception cref="BonitoException">An operation cannot be done on its values; the message has the place.</exception>
    public object? Evaluate(IReadOnlyDictionary<string, object?> variables) => Run(variables, value => RowValue(value));

    /// <summary>Whether the value is true, as Jinja sees it.</summary>
    /// <exception cref="BonitoException">An operation cannot be done on its values; the message has the place.</exception>
    public bool Holds(IReadOnlyDictionary<string, object?> variables) => Run(variables, Kind.IsTrue);

    T Run<T>(IReadOnlyDictionary<string, object?> variables, Func<object?, T> take)
    {
        var context = new RenderContext(variables, RenderSettings.Default, JinjaSyntax.Prompt, new System.Text.StringBuilder());
        try
        {
            var frame = new Frame(context, slots, outer: null);
            enter(frame);
            return take(program(frame));
        }
        catch (RenderFailure failure)
        {
            throw context.Place is { } place ? source.Error(place.Start, place.End, failure.Message) : source.Error(-1, -1, failure.Message);
        }
    }

    static object? RowValue(object? value, int depth = 0) => value switch
    {
        null or Undefined => null,
        string or bool or long or double or Row => value,
        Markup markup => markup.Text,
        _ when depth > 64 => throw new RenderFailure("a value stands in itself; a row cannot hold that."),
        IReadOnlyList<object?> list => (object?[])[.. list.Select(item => RowValue(item, depth + 1))],
        _ when Mapping.Of(value) is { } mapping => RowOf(mapping, depth),
        _ => throw new RenderFailure($"a row cannot hold a {Kind.Of(value)}; end the expression with | list or | string."),
    };

    static Row RowOf(IMapping mapping, int depth)
    {
        (string Name, object? Value)[] fields =
        [
            .. mapping.Keys.Zip(mapping.Values, (key, value) => (
                key as string ?? throw new RenderFailure("a row's columns are named by texts."), RowValue(value, depth + 1))),
        ];
        return new Row([.. fields.Select(f => f.Name)], [.. fields.Select(f => f.Value)]);
    }
}

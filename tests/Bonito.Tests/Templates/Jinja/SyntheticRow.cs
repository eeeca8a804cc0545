using Bonito.Rows;
using Bonito.Templates.Jinja;
using Bonito.Templates.Jinja.Syntax;

namespace Bonito.Tests.Templates.Jinja;

/// <summary>Makes rows up that suit a template: a column is a list, a struct, a number or a text as the template uses it, and sometimes something else.</summary>
static class SyntheticRow
{
    static readonly string[] Texts =
    [
        "A short text.", "", "Line one\nline two\r\n\n  three ", "It's \"quoted\" & <b>marked</b> | piped ||| {{ x }} {% y %}", "Größe, naïve — “dashes”…", "שלום עולם, 'hi'", "\U0001F600 emoji \U0001F468\u200D\U0001F469", "  padded  ",
        "word", "a/b, c; d. e? f!", "2021-03-04 12:30", "-17", "3.50", "Yes", "no", "The quick brown fox jumps over the lazy dog. " + "It was seen.",
    ];

    public static Row For(JinjaTemplate template, string? choices, int seed)
    {
        Random random = new(seed);
        Dictionary<string, Shape> shapes = [];
        foreach (Node node in template.Nodes) Look(node, shapes);
        Dictionary<string, object?> columns = [];
        foreach (var (name, shape) in shapes) columns[name] = Value(shape, random, seed);
        if (choices is not null) columns["answer_choices"] = choices.Split("|||").Select(object? (c) => c.Trim()).ToArray();
        return new Row([.. columns.Keys], [.. columns.Values]);
    }

    /// <summary>How a template uses a value.</summary>
    sealed class Shape
    {
        public Dictionary<string, Shape> Fields { get; } = [];

        public Shape? Items { get; set; }

        public bool IsNumber { get; set; }
    }

    static Shape? Of(Expression expression, Dictionary<string, Shape> shapes)
    {
        switch (expression)
        {
            case Name name:
                if (!shapes.TryGetValue(name.Identifier, out Shape? shape)) shapes.Add(name.Identifier, shape = new Shape());
                return shape;
            case Bonito.Templates.Jinja.Syntax.Attribute attribute when Of(attribute.Target, shapes) is { } target: return Field(target, attribute.Identifier);
            case Item { Key: Constant { Value: string key } } item when Of(item.Target, shapes) is { } target: return Field(target, key);
            case Item item when Of(item.Target, shapes) is { } target: return target.Items ??= new Shape();
            default: return null;
        }

        static Shape Field(Shape shape, string name)
        {
            if (!shape.Fields.TryGetValue(name, out Shape? field)) shape.Fields.Add(name, field = new Shape());
            return field;
        }
    }

    static void Look(Node node, Dictionary<string, Shape> shapes)
    {
        switch (node)
        {
            case Call { Callee: Bonito.Templates.Jinja.Syntax.Attribute method } call:
                Of(method.Target, shapes);
                Look(method.Target, shapes);
                Look(call.Arguments, shapes);
                return;
            case For { Target: Name target } loop when Of(loop.Items, shapes) is { } items:
                Dictionary<string, Shape> inner = new(shapes) { [target.Identifier] = items.Items ??= new Shape() };
                foreach (Node child in loop.Children().Skip(2)) Look(child, inner);
                foreach (var (name, shape) in inner) shapes.TryAdd(name, shape);
                return;
            case Filter { Identifier: "join" or "choice" or "list" or "most_frequent" or "first" or "map" or "select" or "reject" } filter:
                if (Of(filter.Input, shapes) is { } list) list.Items ??= new Shape();
                break;
            case Item { Key: Expression key and not Constant }:
                if (Of(key, shapes) is { } index) index.IsNumber = true;
                break;
            case Comparison { Others: [{ Value: Constant { Value: long } }] } comparison when Of(comparison.First, shapes) is { } compared: compared.IsNumber = true; break;
            case Expression expression: Of(expression, shapes); break;
        }
        foreach (Node child in node.Children()) Look(child, shapes);
    }

    static object? Value(Shape shape, Random random, int seed)
    {
        // From some seed on, values are also null or of another kind than the template expects.
        if (seed > 4 && random.Next(5) == 0) return random.Next(4) switch { 0 => null, 1 => true, 2 => 2.5, _ => -1L };
        if (shape.Fields.Count > 0) return new Row([.. shape.Fields.Keys], [.. shape.Fields.Values.Select(f => Value(f, random, seed))]);
        if (shape.Items is not null) return Enumerable.Range(0, random.Next(seed > 2 ? 0 : 1, 6)).Select(_ => Value(shape.Items, random, seed)).ToArray();
        if (shape.IsNumber) return (long)random.Next(seed > 3 ? -1 : 0, seed > 3 ? 6 : 2);
        return Texts[random.Next(Texts.Length)];
    }
}

using System.Globalization;
using System.Text;
using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Values;
using static Bonito.Templates.Jinja.Functions.FunctionParameter;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>The filter <c>tojson</c>: that of Jinja2, which is safe in HTML, and that of chat templates, which is plain.</summary>
internal static class JsonFilter
{
    public static Function Html { get; } = new("tojson", [Required("value"), Optional("indent", null)], (context, values) =>
    {
        JsonWriter writer = new(context, values[1], null, sortKeys: true, asciiOnly: true);
        string json = writer.Write(values[0]);
        return new Markup(json.Replace("<", "\\u003c", StringComparison.Ordinal).Replace(">", "\\u003e", StringComparison.Ordinal)
            .Replace("&", "\\u0026", StringComparison.Ordinal).Replace("'", "\\u0027", StringComparison.Ordinal));
    });

    public static Function Plain { get; } = new("tojson",
        [Required("x"), Optional("ensure_ascii", false), Optional("indent", null), Optional("separators", null), Optional("sort_keys", false)],
        (context, values) => new JsonWriter(context, values[2], values[3], Kind.IsTrue(values[4]), Kind.IsTrue(values[1])).Write(values[0]));
}

/// <summary>Writes values as Python's <c>json.dumps</c> does.</summary>
internal sealed class JsonWriter
{
    readonly RenderContext context;
    readonly StringBuilder output = new();
    readonly string? indent;
    readonly string itemSeparator, keySeparator;
    readonly bool sortKeys, asciiOnly;
    int level;

    /// <param name="indent">Spaces or text for each level; null for one line.</param>
    /// <param name="separators">Two texts, between items and after keys; null for the usual ones.</param>
    public JsonWriter(RenderContext context, object? indent, object? separators, bool sortKeys, bool asciiOnly)
    {
        (this.context, this.sortKeys, this.asciiOnly) = (context, sortKeys, asciiOnly);
        this.indent = indent switch
        {
            null => null,
            string text => text,
            _ => Padding.Spaces(context, Numbers.Integer(indent, "the indent")),
        };
        (itemSeparator, keySeparator) = separators switch
        {
            null => (indent is null ? ", " : ",", ": "),
            IReadOnlyList<object?> { Count: 2 } pair when pair[0] is string item && pair[1] is string key => (item, key),
            _ => throw new RenderFailure("the separators of 'tojson' are two texts."),
        };
    }

    public string Write(object? value)
    {
        WriteValue(value);
        return output.ToString();
    }

    void Append(string text)
    {
        context.Claim(text.Length);
        output.Append(text);
    }

    void WriteValue(object? value)
    {
        context.Step();
        switch (value)
        {
            case null: Append("null"); break;
            case bool flag: Append(flag ? "true" : "false"); break;
            case long number: Append(number.ToString(CultureInfo.InvariantCulture)); break;
            case double number: Append(Number(number)); break;
            case string text: WriteText(text); break;
            case Markup markup: WriteText(markup.Text); break;
            case IReadOnlyList<object?> list and not PythonRange: WriteItems('[', list.Count, list, WriteValue, ']'); break;
            default:
                if (Mapping.Of(value) is not { } mapping) throw new RenderFailure($"a {Kind.Of(value)} cannot be written as JSON.");
                List<object?> pairs = [.. mapping.Pairs()];
                if (sortKeys) pairs = Sorting.Sort(context, pairs, pair => ((PythonTuple)pair!)[0], reverse: false);
                WriteItems('{', pairs.Count, pairs, WritePair, '}');
                break;
        }
    }

    static string Number(double number) => double.IsFinite(number) ? Numbers.Print(number) : double.IsNaN(number) ? "NaN" : number > 0 ? "Infinity" : "-Infinity";

    void WriteItems(char open, int count, IEnumerable<object?> items, Action<object?> write, char close)
    {
        context.Descend();
        level++;
        output.Append(open);
        bool first = true;
        foreach (object? item in items)
        {
            if (!first) Append(itemSeparator);
            first = false;
            BreakLine();
            write(item);
        }
        level--;
        if (count > 0) BreakLine();
        output.Append(close);
        context.Ascend();
    }

    void BreakLine()
    {
        if (indent is null) return;
        context.Claim(1 + (long)indent.Length * level);
        output.Append('\n').Insert(output.Length, indent, level);
    }

    void WritePair(object? pair)
    {
        var tuple = (PythonTuple)pair!;
        WriteText(tuple[0] switch
        {
            string text => text,
            null => "null",
            bool flag => flag ? "true" : "false",
            long number => number.ToString(CultureInfo.InvariantCulture),
            double number => Number(number),
            var other => throw new RenderFailure($"a key of JSON cannot be a {Kind.Of(other)}."),
        });
        Append(keySeparator);
        WriteValue(tuple[1]);
    }

    void WriteText(string text)
    {
        context.Claim(text.Length + 2);
        output.Append('"');
        foreach (char c in text)
        {
            switch (c)
            {
                case '"': output.Append("\\\""); break;
                case '\\': output.Append("\\\\"); break;
                case '\n': output.Append("\\n"); break;
                case '\r': output.Append("\\r"); break;
                case '\t': output.Append("\\t"); break;
                case '\f': output.Append("\\f"); break;
                case '\b': output.Append("\\b"); break;
                default:
                    if (c < ' ' || asciiOnly && c > '~')
                    {
                        context.Claim(5);
                        output.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
                    }
                    else output.Append(c);
                    break;
            }
        }
        output.Append('"');
    }
}

using System.Globalization;
using System.Text;
using Bonito.Templates.Jinja.Functions;
using Bonito.Templates.Jinja.Rendering;

namespace Bonito.Templates.Jinja.Values;

/// <summary>Values as Python prints them: <c>str</c> and <c>repr</c>.</summary>
internal static class Printing
{
    /// <summary>What <c>str</c> gives.</summary>
    /// <exception cref="RenderFailure">The value prints as something that differs from run to run.</exception>
    public static string Text(RenderContext context, object? value) => value switch
    {
        string text => text,
        null => "None",
        bool flag => flag ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => Numbers.Print(number),
        Undefined => "",
        Markup markup => markup.Text,
        _ => Representation(context, value),
    };

    /// <summary>What <c>repr</c> gives: as <see cref="Text"/>, but with texts in quotes.</summary>
    public static string Representation(RenderContext context, object? value)
    {
        var output = new StringBuilder();
        Write(context, output, value);
        return output.ToString();
    }

    static void Write(RenderContext context, StringBuilder output, object? value)
    {
        context.Step();
        switch (value)
        {
            case string text:
                context.Claim(text.Length);
                WriteQuoted(output, text);
                break;
            case Markup markup:
                output.Append("Markup(");
                WriteQuoted(output, context.Made(markup.Text));
                output.Append(')');
                break;
            case Undefined: output.Append("Undefined"); break;
            case PythonRange range:
                output.Append(CultureInfo.InvariantCulture, $"range({range.Start}, {range.Stop}");
                if (range.Step != 1) output.Append(CultureInfo.InvariantCulture, $", {range.Step}");
                output.Append(')');
                break;
            case PythonTuple tuple:
                WriteItems(context, output, '(', tuple, tuple.Count == 1 ? ",)" : ")");
                break;
            case IReadOnlyList<object?> list: WriteItems(context, output, '[', list, "]"); break;
            case DictionaryView view:
                output.Append(view.Name).Append('(');
                WriteItems(context, output, '[', view, "])");
                break;
            case NamespaceValue names:
                output.Append("<Namespace ");
                Write(context, output, names.Attributes);
                output.Append('>');
                break;
            case LoopValue loop:
                output.Append(CultureInfo.InvariantCulture, $"<LoopContext {loop.Index}/{loop.Length}>");
                break;
            case MacroValue macro:
                output.Append("<Macro ");
                if (macro.Name is null) output.Append("anonymous");
                else WriteQuoted(output, macro.Name);
                output.Append('>');
                break;
            case null or bool or long or double: output.Append(Text(context, value)); break;
            default:
                if (Mapping.Of(value) is not { } mapping) throw NotPrintable(value);
                WriteMapping(context, output, mapping);
                break;
        }
    }

    // Python prints where in memory it stands.
    static RenderFailure NotPrintable(object? value) => new($"a {Kind.Of(value)} cannot be printed{value switch
    {
        OneShot => "; use the filter 'list' or 'join' before",
        ICallable => "; call it with parentheses",
        _ => "",
    }}.");

    static void WriteItems(RenderContext context, StringBuilder output, char open, IEnumerable<object?> items, string close)
    {
        context.Descend();
        output.Append(open);
        bool first = true;
        foreach (object? item in items)
        {
            if (!first) output.Append(", ");
            first = false;
            Write(context, output, item);
        }
        output.Append(close);
        context.Ascend();
    }

    static void WriteMapping(RenderContext context, StringBuilder output, IMapping mapping)
    {
        context.Descend();
        output.Append('{');
        bool first = true;
        foreach (var (key, value) in mapping.Keys.Zip(mapping.Values))
        {
            if (!first) output.Append(", ");
            first = false;
            Write(context, output, key);
            output.Append(": ");
            Write(context, output, value);
        }
        output.Append('}');
        context.Ascend();
    }

    static void WriteQuoted(StringBuilder output, string text)
    {
        char quote = text.Contains('\'', StringComparison.Ordinal) && !text.Contains('"', StringComparison.Ordinal) ? '"' : '\'';
        output.Append(quote);
        for (int i = 0; i < text.Length;)
        {
            (int codePoint, int length) = Characters.CodePointAt(text, i);
            switch (codePoint)
            {
                case '\n': output.Append("\\n"); break;
                case '\r': output.Append("\\r"); break;
                case '\t': output.Append("\\t"); break;
                case '\\': output.Append("\\\\"); break;
                default:
                    if (codePoint == quote) output.Append('\\').Append(quote);
                    else if (Characters.IsPrintable(codePoint)) output.Append(text, i, length);
                    else output.Append(Escape(codePoint));
                    break;
            }
            i += length;
        }
        output.Append(quote);
    }

    static string Escape(int codePoint) => codePoint switch
    {
        <= 0xff => $"\\x{codePoint:x2}",
        <= 0xffff => $"\\u{codePoint:x4}",
        _ => $"\\U{codePoint:x8}",
    };
}

using System.Text;
using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Values;
using static Bonito.Templates.Jinja.Functions.FunctionParameter;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>Filters on texts; other values are taken as they print.</summary>
internal static class TextFilters
{
    static readonly FunctionParameter Value = Required("value");

    public static IEnumerable<Function> All { get; } =
    [
        new("string", [Value], (c, v) => v[0] is Markup ? v[0] : Text(c, v[0])),
        new("upper", [Value], (c, v) => c.Made(Casing.Upper(Text(c, v[0])))),
        new("lower", [Value], (c, v) => c.Made(Casing.Lower(Text(c, v[0])))),
        new("capitalize", [Value], (c, v) => c.Made(Casing.Capitalize(Text(c, v[0])))),
        new("title", [Value], (c, v) => c.Made(Title(Text(c, v[0])))),
        new("trim", [Value, Optional("chars", null)], (c, v) => c.Made(Stripping.Strip(Text(c, v[0]), v[1], atStart: true, atEnd: true))),
        new("replace", [Required("s"), Required("old"), Required("new"), Optional("count", null)], (c, v) =>
            Replacing.Replace(c, Text(c, v[0]), Text(c, v[1]), Text(c, v[2]), v[3] is null ? -1 : Numbers.Size(v[3], "the count"))),
        new("center", [Value, Optional("width", 80L)], (c, v) => Padding.Center(c, Text(c, v[0]), Numbers.Integer(v[1], "the width"), ' ')),
        new("indent", [Required("s"), Optional("width", 4L), Optional("first", false), Optional("blank", false)], Indent),
        new("truncate", [Required("s"), Optional("length", 255L), Optional("killwords", false), Optional("end", "..."), Optional("leeway", null)], Truncate),
        new("wordcount", [Required("s")], (c, v) => CountWords(Text(c, v[0]))),
        new("format", [Value], Format) { TakesRest = true, TakesNamedRest = true },
        new("escape", [Required("s")], (c, v) => v[0] as Markup ?? new Markup(c.Made(Markup.Escape(Text(c, v[0]))))),
        new("forceescape", [Value], (c, v) => new Markup(c.Made(Markup.Escape(Text(c, v[0]))))),
        new("safe", [Value], (c, v) => new Markup(Text(c, v[0]))),
    ];

    static string Text(RenderContext context, object? value) => Printing.Text(context, value);

    /// <summary>The value of a filter that takes texts only.</summary>
    static string OnlyText(object? value) => value switch
    {
        string text => text,
        Markup markup => markup.Text,
        Undefined undefined => throw undefined.Failure(),
        _ => throw new RenderFailure($"expected a text, got a {Kind.Of(value)}."),
    };

    // Words begin after white space, hyphens and opening brackets; the rest of a word is in lower case.
    static string Title(string text)
    {
        var title = new StringBuilder(text.Length);
        int start = 0;
        while (start < text.Length)
        {
            bool isGap = IsGap(text[start]);
            int end = start;
            while (end < text.Length && IsGap(text[end]) == isGap) end++;
            int first = Characters.CodePointAt(text, start).Length;
            title.Append(Casing.Upper(text.Substring(start, first))).Append(Casing.Lower(text[(start + first)..end]));
            start = end;
        }
        return title.ToString();

        static bool IsGap(char c) => c is '-' or '(' or '{' or '[' or '<' || Characters.IsSpace(c);
    }

    static string Indent(RenderContext context, object?[] values)
    {
        string text = OnlyText(values[0]);
        string indent = values[1] as string ?? Padding.Spaces(context, Numbers.Integer(values[1], "the width"));
        // One more line feed, as Jinja2 has it, so that one at the end is not lost.
        List<string> lines = Splitting.Lines(text + "\n", keepEnds: false);
        context.StepMany(lines.Count);
        context.Claim(text.Length + (long)indent.Length * (lines.Count + 1));
        bool blank = Kind.IsTrue(values[3]);
        var result = new StringBuilder();
        if (Kind.IsTrue(values[2])) result.Append(indent);
        for (int i = 0; i < lines.Count; i++)
        {
            if (i > 0) result.Append('\n');
            if (i > 0 && (blank || lines[i].Length > 0)) result.Append(indent);
            result.Append(lines[i]);
        }
        return result.ToString();
    }

    static object? Truncate(RenderContext context, object?[] values)
    {
        string end = OnlyText(values[3]);
        long length = Numbers.Integer(values[1], "the length"), leeway = values[4] is null ? 5 : Numbers.Integer(values[4], "the leeway");
        int endLength = Characters.Count(end);
        if (length < endLength) throw new RenderFailure($"the length must be at least that of the end, {endLength}, got {length}.");
        if (leeway < 0) throw new RenderFailure($"the leeway must not be negative, got {leeway}.");
        // What is short enough is left as it is, whatever it is.
        if (Kind.Count(values[0]) is var count and >= 0 && count - leeway <= length) return values[0];
        string text = OnlyText(values[0]);
        string cut = text[..Characters.Offset(text, (int)(length - endLength))];
        int space = Kind.IsTrue(values[2]) ? -1 : cut.LastIndexOf(' ');
        return context.Made((space < 0 ? cut : cut[..space]) + end);
    }

    static long CountWords(string text)
    {
        long words = 0;
        bool inWord = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool isWord = Characters.IsWord(rune);
            if (isWord && !inWord) words++;
            inWord = isWord;
        }
        return words;
    }

    static object? Format(RenderContext context, object?[] values)
    {
        var rest = (PythonTuple)values[1]!;
        var named = (PythonDictionary)values[2]!;
        if (rest.Count > 0 && named.Count > 0) throw new RenderFailure("'format' takes values or name=value, not both.");
        return Formatting.Percent(context, values[0] is Markup ? values[0] : Text(context, values[0]), named.Count > 0 ? named : rest);
    }
}

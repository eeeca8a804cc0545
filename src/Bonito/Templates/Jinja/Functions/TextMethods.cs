using System.Globalization;
using System.Text;
using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Values;
using static Bonito.Templates.Jinja.Functions.FunctionParameter;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>Methods of texts. Indices and counts are of code points.</summary>
internal static class TextMethods
{
    static readonly FunctionParameter Self = Required("self");

    static readonly FunctionParameter[] Splits = [Self, Optional("sep", null), Optional("maxsplit", -1L)];
    static readonly FunctionParameter[] Strips = [Self, Optional("chars", null)];
    static readonly FunctionParameter[] Searches = [Self, Required("sub"), Optional("start", null), Optional("end", null)];
    static readonly FunctionParameter[] Pads = [Self, Required("width"), Optional("fillchar", " ")];

    public static IEnumerable<Function> All { get; } =
    [
        new("upper", [Self], (c, v) => c.Made(Casing.Upper(Text(v[0])))),
        new("lower", [Self], (c, v) => c.Made(Casing.Lower(Text(v[0])))),
        new("casefold", [Self], (c, v) => c.Made(Casing.Fold(Text(v[0])))),
        new("capitalize", [Self], (c, v) => c.Made(Casing.Capitalize(Text(v[0])))),
        new("title", [Self], (c, v) => c.Made(Casing.Title(Text(v[0])))),
        new("swapcase", [Self], (c, v) => c.Made(Casing.SwapCase(Text(v[0])))),
        new("strip", Strips, (c, v) => c.Made(Stripping.Strip(Text(v[0]), v[1], true, true))),
        new("lstrip", Strips, (c, v) => c.Made(Stripping.Strip(Text(v[0]), v[1], true, false))),
        new("rstrip", Strips, (c, v) => c.Made(Stripping.Strip(Text(v[0]), v[1], false, true))),
        new("split", Splits, (c, v) => new PythonList(Splitting.Split(c, Text(v[0]), TextOrNull(v[1]), Numbers.Integer(v[2], "maxsplit")))),
        new("rsplit", Splits, (c, v) => new PythonList(Splitting.SplitFromEnd(c, Text(v[0]), TextOrNull(v[1]), Numbers.Integer(v[2], "maxsplit")))),
        new("splitlines", [Self, Optional("keepends", false)], (c, v) => new PythonList(Lines(c, Text(v[0]), Kind.IsTrue(v[1])))),
        new("partition", [Self, Required("sep")], (c, v) => Partition(c, Text(v[0]), Text(v[1]), last: false)),
        new("rpartition", [Self, Required("sep")], (c, v) => Partition(c, Text(v[0]), Text(v[1]), last: true)),
        new("replace", [Self, Required("old"), Required("new"), Optional("count", -1L)], (c, v) =>
            Replacing.Replace(c, Text(v[0]), Text(v[1]), Text(v[2]), Numbers.Size(v[3], "the count"))),
        new("join", [Self, Required("iterable")], Join),
        new("find", Searches, (_, v) => (long)Find(v, last: false)),
        new("rfind", Searches, (_, v) => (long)Find(v, last: true)),
        new("index", Searches, (_, v) => Found(v, last: false)),
        new("rindex", Searches, (_, v) => Found(v, last: true)),
        new("count", Searches, (c, v) => Count(c, v)),
        new("startswith", Searches, (_, v) => ExpressionCompiler.Box(Affix(v, (text, part) => text.StartsWith(part, StringComparison.Ordinal)))),
        new("endswith", Searches, (_, v) => ExpressionCompiler.Box(Affix(v, (text, part) => text.EndsWith(part, StringComparison.Ordinal)))),
        new("removeprefix", [Self, Required("prefix")], (_, v) => Text(v[0]) is var t && Text(v[1]) is var p && t.StartsWith(p, StringComparison.Ordinal) ? t[p.Length..] : t),
        new("removesuffix", [Self, Required("suffix")], (_, v) => Text(v[0]) is var t && Text(v[1]) is var p && t.EndsWith(p, StringComparison.Ordinal) ? t[..^p.Length] : t),
        new("ljust", Pads, (c, v) => Padding.Left(c, Text(v[0]), Numbers.Integer(v[1], "the width"), FillCharacter(v[2]))),
        new("rjust", Pads, (c, v) => Padding.Right(c, Text(v[0]), Numbers.Integer(v[1], "the width"), FillCharacter(v[2]))),
        new("center", Pads, (c, v) => Padding.Center(c, Text(v[0]), Numbers.Integer(v[1], "the width"), FillCharacter(v[2]))),
        new("zfill", [Self, Required("width")], ZeroFill),
        new("isupper", [Self], (_, v) => ExpressionCompiler.Box(IsInCase(Text(v[0]), Casing.IsUpper))),
        new("islower", [Self], (_, v) => ExpressionCompiler.Box(IsInCase(Text(v[0]), Casing.IsLower))),
        new("istitle", [Self], (_, v) => ExpressionCompiler.Box(IsTitle(Text(v[0])))),
        new("isspace", [Self], (_, v) => ExpressionCompiler.Box(Text(v[0]) is { Length: > 0 } text && text.All(Characters.IsSpace))),
        new("isascii", [Self], (_, v) => ExpressionCompiler.Box(Text(v[0]).All(char.IsAscii))),
        new("isalpha", [Self], (_, v) => Every(v[0], Rune.IsLetter)),
        new("isdecimal", [Self], (_, v) => Every(v[0], Rune.IsDigit)),
        new("isdigit", [Self], (_, v) => Every(v[0], rune => Rune.IsDigit(rune) || Characters.IsDigitLike(rune))),
        new("isnumeric", [Self], (_, v) => Every(v[0], Characters.IsNumeric)),
        new("isalnum", [Self], (_, v) => Every(v[0], rune => Rune.IsLetter(rune) || Characters.IsNumeric(rune))),
    ];

    static string Text(object? value) => value switch
    {
        string text => text,
        Markup markup => markup.Text,
        Undefined undefined => throw undefined.Failure(),
        _ => throw new RenderFailure($"expected a text, got a {Kind.Of(value)}."),
    };

    static string? TextOrNull(object? value) => value is null ? null : Text(value);

    static object Every(object? value, Func<Rune, bool> holds) => ExpressionCompiler.Box(Text(value) is { Length: > 0 } text && text.EnumerateRunes().All(holds));

    static char FillCharacter(object? value) => Text(value) is [var fill] ? fill : throw new RenderFailure("the character to fill with must be one character.");

    static List<string> Lines(RenderContext context, string text, bool keepEnds)
    {
        List<string> lines = Splitting.Lines(context.Made(text), keepEnds);
        context.StepMany(lines.Count);
        return lines;
    }

    static PythonTuple Partition(RenderContext context, string text, string separator, bool last)
    {
        if (separator.Length == 0) throw new RenderFailure("the separator must not be empty.");
        int at = last ? text.LastIndexOf(separator, StringComparison.Ordinal) : Search.IndexOf(text, separator, 0);
        context.Claim(text.Length);
        if (at < 0) return last ? new PythonTuple(["", "", text]) : new PythonTuple([text, "", ""]);
        return new PythonTuple([text[..at], separator, text[(at + separator.Length)..]]);
    }

    static string Join(RenderContext context, object?[] values)
    {
        string separator = Text(values[0]);
        var joined = new StringBuilder();
        int count = 0;
        foreach (object? item in Kind.Items(values[1]))
        {
            context.Step();
            string text = item as string ?? (item as Markup)?.Text ?? throw new RenderFailure($"'join' takes texts, item {count} is a {Kind.Of(item)}; the filter 'join' takes all values.");
            context.Claim((long)text.Length + separator.Length);
            if (count++ > 0) joined.Append(separator);
            joined.Append(text);
        }
        return joined.ToString();
    }

    /// <summary>The range of UTF-16 units that <c>start</c> and <c>end</c> mean; null when the start is behind the text.</summary>
    static (int Start, int End)? Range(string text, object?[] values)
    {
        int count = Characters.Count(text);
        long start = Bound(values[2], 0), end = Math.Min(Bound(values[3], count), count);
        return start > count || start > end ? null : (Characters.Offset(text, (int)start), Characters.Offset(text, (int)end));

        long Bound(object? value, long missing)
        {
            if (value is null) return missing;
            long bound = Numbers.Integer(value, "the bound");
            return bound < 0 ? Math.Max(bound + count, 0) : bound;
        }
    }

    /// <summary>The index in code points; -1 for nowhere.</summary>
    static int Find(object?[] values, bool last)
    {
        string text = Text(values[0]), part = Text(values[1]);
        if (Range(text, values) is not var (start, end)) return -1;
        string within = text[start..end];
        int found = last ? LastIndex(within, part) : Search.IndexOf(within, part, 0);
        return found < 0 ? -1 : Characters.Count(text[..(start + found)]);
    }

    static int LastIndex(string text, string part)
    {
        if (part.Length == 0) return text.Length;
        int found = -1;
        for (int next; (next = Search.IndexOf(text, part, found + 1)) >= 0;) found = next;
        return found;
    }

    static long Found(object?[] values, bool last) =>
        Find(values, last) is var found and >= 0 ? found : throw new RenderFailure("the text does not contain what is looked for.");

    static long Count(RenderContext context, object?[] values)
    {
        string text = Text(values[0]), part = Text(values[1]);
        if (Range(text, values) is not var (start, end)) return 0;
        string within = text[start..end];
        if (part.Length == 0) return Characters.Count(within) + 1;
        long count = 0;
        for (int at = 0; (at = Search.IndexOf(within, part, at)) >= 0; at += part.Length)
        {
            count++;
            context.Step();
        }
        return count;
    }

    static bool Affix(object?[] values, Func<string, string, bool> fits)
    {
        string text = Text(values[0]);
        string[] parts = values[1] is PythonTuple tuple ? [.. tuple.Select(Text)] : [Text(values[1])];
        if (Range(text, values) is not var (start, end)) return false;
        string within = text[start..end];
        return parts.Any(part => fits(within, part));
    }

    static string ZeroFill(RenderContext context, object?[] values)
    {
        string text = Text(values[0]);
        long width = Numbers.Integer(values[1], "the width");
        if (text.Length == 0 || text[0] is not ('+' or '-')) return Padding.Right(context, text, width, '0');
        return text[0] + Padding.Right(context, text[1..], width - 1, '0');
    }

    /// <summary>Whether all letters that have cases are in the one, and there are any.</summary>
    public static bool IsInCase(string text, Func<int, bool> isInCase)
    {
        bool any = false;
        for (int i = 0; i < text.Length;)
        {
            (int codePoint, int length) = Characters.CodePointAt(text, i);
            bool wanted = isInCase(codePoint);
            if (!wanted && Casing.IsCased(codePoint)) return false;
            any |= wanted;
            i += length;
        }
        return any;
    }

    static bool IsTitle(string text)
    {
        bool any = false, inWord = false;
        for (int i = 0; i < text.Length;)
        {
            (int codePoint, int length) = Characters.CodePointAt(text, i);
            bool begins = Casing.IsCased(codePoint) && !Casing.IsLower(codePoint);
            if (begins == inWord && Casing.IsCased(codePoint)) return false;
            inWord = Casing.IsCased(codePoint);
            any |= inWord;
            i += length;
        }
        return any;
    }
}

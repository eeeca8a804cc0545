using System.Globalization;
using System.Text;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Parsing;

/// <summary>Reads one token of an expression.</summary>
internal static class TokenReader
{
    static readonly string[] LongOperators = ["//", "**", "==", "!=", ">=", "<="];

    const string ShortOperators = "+-/*%~[](){}<>=.:|,;";

    /// <summary>The token at an index that is neither white space nor the end of a tag.</summary>
    /// <exception cref="BonitoException">No token begins here, a string has no end, or a number is too large.</exception>
    public static Token Read(SourceText source, int start)
    {
        string text = source.Text;
        char first = text[start];
        if (char.IsAsciiDigit(first)) return Number(source, start);
        if (first is '\'' or '"') return String(source, start);
        if (Rune.TryGetRuneAt(text, start, out Rune rune) && Characters.IsWord(rune)) return Name(source, start);
        foreach (string name in LongOperators)
        {
            if (string.CompareOrdinal(text, start, name, 0, 2) == 0) return new Token(TokenKind.Operator, start, start + 2, name);
        }
        if (ShortOperators.Contains(first, StringComparison.Ordinal))
            return new Token(TokenKind.Operator, start, start + 1, first.ToString());
        throw source.Error(start, start + Characters.CodePointAt(text, start).Length, "no expression contains this character outside of strings.");
    }

    static Token Name(SourceText source, int start)
    {
        string text = source.Text;
        int end = start;
        bool valid = true;
        while (end < text.Length && Rune.TryGetRuneAt(text, end, out Rune rune) && Characters.IsWord(rune))
        {
            valid &= end == start ? Characters.BeginsIdentifier(rune) : Characters.ContinuesIdentifier(rune);
            end += rune.Utf16SequenceLength;
        }
        if (!valid) throw source.Error(start, end, "a name begins with a letter or '_', and goes on with letters, digits and '_'.");
        return new Token(TokenKind.Name, start, end, text[start..end]);
    }

    static Token Number(SourceText source, int start)
    {
        string text = source.Text;
        if (text[start] == '0' && start + 1 < text.Length && Radix(text[start + 1]) is int radix and > 0)
        {
            int stop = Digits(text, start + 2, c => DigitValue(c) < radix, leadingUnderscore: true);
            if (stop > start + 2) return Integer(source, start, stop, Clean(text, start + 2, stop), radix);
        }
        int whole = Digits(text, start, char.IsAsciiDigit), end = whole;
        // After a dot stands an index, as in x.0.1, never a number with a fraction.
        if (start == 0 || text[start - 1] != '.')
        {
            if (end + 1 < text.Length && text[end] == '.' && char.IsAsciiDigit(text[end + 1])) end = Digits(text, end + 1, char.IsAsciiDigit);
            if (end < text.Length && text[end] is 'e' or 'E')
            {
                int digits = end + 1;
                if (digits < text.Length && text[digits] is '+' or '-') digits++;
                if (digits < text.Length && char.IsAsciiDigit(text[digits])) end = Digits(text, digits, char.IsAsciiDigit);
            }
        }
        if (end > whole)
            return new Token(TokenKind.Float, start, end, double.Parse(Clean(text, start, end), CultureInfo.InvariantCulture));
        if (text[start] == '0') whole = Digits(text, start, c => c == '0');
        return Integer(source, start, whole, Clean(text, start, whole), 10);
    }

    static int Radix(char c) => c switch { 'b' or 'B' => 2, 'o' or 'O' => 8, 'x' or 'X' => 16, _ => 0 };

    static int DigitValue(char c) => char.IsAsciiHexDigit(c) ? Convert.ToInt32(c.ToString(), 16) : int.MaxValue;

    /// <summary>The end of a run of digits, single underscores between them.</summary>
    static int Digits(string text, int index, Func<char, bool> isDigit, bool leadingUnderscore = false)
    {
        bool underscore = leadingUnderscore;
        while (index < text.Length)
        {
            if (isDigit(text[index])) (index, underscore) = (index + 1, true);
            else if (underscore && text[index] == '_' && index + 1 < text.Length && isDigit(text[index + 1])) index++;
            else break;
        }
        return index;
    }

    static string Clean(string text, int start, int end) => text[start..end].Replace("_", "", StringComparison.Ordinal);

    static Token Integer(SourceText source, int start, int end, string digits, int radix)
    {
        Int128 value = 0;
        foreach (char c in digits)
        {
            value = value * radix + DigitValue(c);
            if (value > long.MaxValue) throw source.Error(start, end, "the number is too large; whole numbers have up to 63 bits.");
        }
        return new Token(TokenKind.Integer, start, end, (long)value);
    }

    static Token String(SourceText source, int start)
    {
        string text = source.Text;
        char quote = text[start];
        int end = start + 1;
        while (end < text.Length && text[end] != quote) end += text[end] == '\\' ? 2 : 1;
        if (end >= text.Length) throw source.Error(start, start + 1, "the string has no end; expected another " + quote + ".");
        return new Token(TokenKind.String, start, end + 1, StringLiteral.Decode(source, start + 1, end));
    }
}

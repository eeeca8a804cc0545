using System.Globalization;
using System.Text;
using Bonito.Templates.Jinja.Rendering;

namespace Bonito.Templates.Jinja.Values;

/// <summary>Numbers in texts, as Python's <c>int</c> and <c>float</c> read them.</summary>
internal static class NumberText
{
    /// <summary>The whole number in a text; null when it is none.</summary>
    /// <param name="radix">From 2 to 36; 0 takes it from the prefix.</param>
    /// <exception cref="RenderFailure">The number does not fit 64 bits.</exception>
    public static long? ParseInteger(string text, int radix)
    {
        string digits = Plain(text);
        bool negative = digits.StartsWith('-');
        if (negative || digits.StartsWith('+')) digits = digits[1..];
        int prefix = digits.Length > 1 && digits[0] == '0' ? char.ToLowerInvariant(digits[1]) switch { 'b' => 2, 'o' => 8, 'x' => 16, _ => 0 } : 0;
        bool prefixed = prefix > 0 && radix is 0 || prefix == radix && prefix > 0;
        if (prefixed) digits = digits[2..];
        int effective = radix == 0 ? prefixed ? prefix : 10 : radix;
        if (!prefixed && radix == 0 && digits.StartsWith('0') && digits.AsSpan().IndexOfAnyExcept('0', '_') >= 0) return null;
        if (prefixed && digits.StartsWith('_')) digits = digits[1..];
        if (!SplitsDigits(digits)) return null;
        Int128 value = 0;
        bool large = false;
        foreach (char c in digits)
        {
            if (c == '_') continue;
            int digit = char.IsAsciiDigit(c) ? c - '0' : char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : int.MaxValue;
            if (digit >= effective) return null;
            if (!large) value = value * effective + digit;
            large |= value > (Int128)long.MaxValue + 1;
        }
        if (negative) value = -value;
        if (large || value > long.MaxValue) throw new RenderFailure("the number in the text does not fit 64 bits; larger whole numbers are not supported.");
        return (long)value;
    }

    /// <summary>The number in a text; null when it is none.</summary>
    public static double? ParseDouble(string text)
    {
        string plain = Plain(text);
        string word = plain.TrimStart('+', '-').ToLowerInvariant();
        if (word is "inf" or "infinity" or "nan" && plain.Length - word.Length <= 1)
            return word == "nan" ? double.NaN : plain[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
        for (int i = 0; i < plain.Length; i++)
        {
            bool valid = plain[i] == '_'
                ? i > 0 && i + 1 < plain.Length && char.IsAsciiDigit(plain[i - 1]) && char.IsAsciiDigit(plain[i + 1])
                : char.IsAsciiDigit(plain[i]) || plain[i] is '+' or '-' or '.' or 'e' or 'E';
            if (!valid) return null;
        }
        const NumberStyles styles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
        return double.TryParse(plain.Replace("_", "", StringComparison.Ordinal), styles, CultureInfo.InvariantCulture, out double value) ? value : null;
    }

    // At least one digit, and underscores between digits only.
    static bool SplitsDigits(string digits) =>
        digits.Length > 0 && digits[0] != '_' && digits[^1] != '_' && !digits.Contains("__", StringComparison.Ordinal);

    // Without the white space around it, and with the digits of other scripts as those of ASCII.
    static string Plain(string text)
    {
        string stripped = Stripping.Strip(text, null, atStart: true, atEnd: true);
        if (stripped.AsSpan().IndexOfAnyExceptInRange('\0', '\u007f') < 0) return stripped;
        var plain = new StringBuilder(stripped.Length);
        foreach (Rune rune in stripped.EnumerateRunes())
        {
            if (Rune.IsDigit(rune)) plain.Append((int)Rune.GetNumericValue(rune));
            else plain.Append(rune);
        }
        return plain.ToString();
    }
}

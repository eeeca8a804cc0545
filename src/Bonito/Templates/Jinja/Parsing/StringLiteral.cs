using System.Globalization;
using System.Text;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Parsing;

/// <summary>Escapes in string literals, as Python reads them.</summary>
internal static class StringLiteral
{
    /// <summary>The text that the characters between the quotes stand for.</summary>
    /// <exception cref="BonitoException">An escape lacks digits, or names a character.</exception>
    public static string Decode(SourceText source, int start, int end)
    {
        string text = source.Text;
        if (text.IndexOf('\\', start, end - start) < 0) return text[start..end];
        var decoded = new StringBuilder(end - start);
        for (int i = start; i < end;)
        {
            if (text[i] != '\\')
            {
                decoded.Append(text[i++]);
                continue;
            }
            int escape = i;
            char c = text[i + 1];
            i += 2;
            switch (c)
            {
                case '\n': break;
                case '\\' or '\'' or '"': decoded.Append(c); break;
                case 'a': decoded.Append('\a'); break;
                case 'b': decoded.Append('\b'); break;
                case 'f': decoded.Append('\f'); break;
                case 'n': decoded.Append('\n'); break;
                case 'r': decoded.Append('\r'); break;
                case 't': decoded.Append('\t'); break;
                case 'v': decoded.Append('\v'); break;
                case 'x': AppendHex(2); break;
                case 'u': AppendHex(4); break;
                case 'U': AppendHex(8); break;
                case >= '0' and <= '7':
                    int value = c - '0';
                    for (int n = 1; n < 3 && i < end && text[i] is >= '0' and <= '7'; n++) value = value * 8 + text[i++] - '0';
                    decoded.Append((char)value);
                    break;
                case 'N':
                    throw source.Error(escape, Math.Min(i, end), "characters cannot be written by name; write the character itself, or \\u and its code.");
                case > '\u007f':
                    // Jinja2 spells such characters as escapes before it reads escapes, so that the backslash escapes a backslash.
                    int codePoint = Characters.CodePointAt(text, i - 1).CodePoint;
                    if (codePoint > 0xffff) i++;
                    string digits = codePoint switch { <= 0xff => $"x{codePoint:x2}", <= 0xffff => $"u{codePoint:x4}", _ => $"U{codePoint:x8}" };
                    decoded.Append('\\').Append(digits);
                    break;
                default: decoded.Append('\\').Append(c); break;
            }

            void AppendHex(int count)
            {
                if (i + count > end || !int.TryParse(text.AsSpan(i, count), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int value) || value is < 0 or > 0x10ffff)
                    throw source.Error(escape, Math.Min(i + count, end), $"expected {count} hexadecimal digits of a character's code.");
                i += count;
                if (value > 0xffff) decoded.Append(char.ConvertFromUtf32(value));
                else decoded.Append((char)value);
            }
        }
        return decoded.ToString();
    }
}

using System.Globalization;
using System.Text;
using Bonito.Templates.Jinja.Rendering;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>Python's <c>%</c> with a text on its left: <c>'%s: %5.2f' % (name, value)</c>.</summary>
internal static class Formatting
{
    /// <param name="format">A text, or markup, which escapes what is put in.</param>
    /// <param name="values">A tuple of values, a dictionary for <c>%(name)s</c>, or one value.</param>
    public static object Percent(RenderContext context, object? format, object? values)
    {
        Formatter formatter = new(context, format is Markup ? Markup.Escape : null, values);
        return format is Markup markup ? new Markup(formatter.Format(markup.Text)) : formatter.Format((string)format!);
    }

    readonly record struct Directive(bool Left, bool Zero, bool Plus, bool Space, bool Alternate, int Width, int Precision);

    sealed class Formatter(RenderContext context, Func<string, string>? escape, object? values)
    {
        readonly StringBuilder output = new();
        int next;
        bool byName;

        public string Format(string format)
        {
            for (int i = 0; i < format.Length;)
            {
                int mark = format.IndexOf('%', i);
                if (mark < 0) mark = format.Length;
                Append(format[i..mark]);
                i = mark == format.Length ? mark : One(format, mark + 1);
            }
            if (!byName && Mapping.Of(values) is null && values is not (IReadOnlyList<object?> and not PythonTuple) && next < Count) throw new RenderFailure("not all values were put into the text.");
            return output.ToString();
        }

        int Count => values is PythonTuple tuple ? tuple.Count : 1;

        void Append(string text)
        {
            context.Claim(text.Length);
            output.Append(text);
        }

        object? Next()
        {
            if (next >= Count) throw new RenderFailure("there are fewer values than the text has places for.");
            return values is PythonTuple tuple ? tuple[next++] : One();

            object? One()
            {
                next++;
                return values;
            }
        }

        int One(string format, int i)
        {
            object? value = null;
            bool named = false;
            if (At(i) == '(')
            {
                int start = i + 1, depth = 1;
                while (depth > 0)
                {
                    i++;
                    depth += At(i) switch { '(' => 1, ')' => -1, _ => 0 };
                }
                string name = format[start..i++];
                IMapping mapping = Mapping.Of(values) ?? throw new RenderFailure("'%(name)' needs a dictionary of values.");
                if (!mapping.TryGet(name, out value)) throw new RenderFailure($"there is no value '{name}' for '%({name})'.");
                named = byName = true;
            }
            bool left = false, zero = false, plus = false, space = false, alternate = false;
            for (; At(i) is '-' or '0' or '+' or ' ' or '#'; i++)
            {
                left |= format[i] == '-';
                zero |= format[i] == '0';
                plus |= format[i] == '+';
                space |= format[i] == ' ';
                alternate |= format[i] == '#';
            }
            int width = Number(ref i), precision = -1;
            if (width < -1) (left, width) = (true, -width);
            if (At(i) == '.')
            {
                i++;
                precision = Math.Max(Number(ref i), 0);
            }
            while (At(i) is 'h' or 'l' or 'L') i++;
            char conversion = At(i++);
            Directive directive = new(left, zero, plus, space, alternate, Math.Max(width, 0), precision);
            if (conversion == '%') Append("%");
            else Append(Convert(conversion, named ? value : Next(), directive));
            return i;

            char At(int index) => index < format.Length ? format[index] : throw new RenderFailure("the text ends within a '%' directive; a percent sign itself is written '%%'.");

            // A number, or '*' for one of the values; -1 for none.
            int Number(ref int index)
            {
                if (At(index) == '*')
                {
                    index++;
                    return Numbers.Size(Next(), "the width");
                }
                int begin = index;
                while (char.IsAsciiDigit(At(index))) index++;
                if (begin == index) return -1;
                return int.TryParse(format.AsSpan(begin, index - begin), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                    ? number
                    : throw new RenderFailure("the width or precision is too large.");
            }
        }

        string Convert(char conversion, object? value, in Directive directive)
        {
            switch (conversion)
            {
                case 's' or 'r' or 'a':
                    string text = conversion == 's' ? Printing.Text(context, value) : Ascii(Printing.Representation(context, value), conversion == 'a');
                    if (escape is not null && value is not Markup) text = escape(text);
                    if (directive.Precision >= 0) text = text[..Characters.Offset(text, directive.Precision)];
                    return Pad(text, directive);
                case 'c':
                    string character = value is string { Length: > 0 } given && Characters.Count(given) == 1 ? given
                        : value is long code && Rune.IsValid((int)Math.Clamp(code, -1, int.MaxValue)) ? new Rune((int)code).ToString()
                        : throw new RenderFailure("'%c' takes one character or its code.");
                    return Pad(character, directive);
                case 'd' or 'i' or 'u' or 'x' or 'X' or 'o': return Integer(conversion, value, directive);
                case 'e' or 'E' or 'f' or 'F' or 'g' or 'G': return Float(conversion, value, directive);
                default: throw new RenderFailure($"there is no directive '%{conversion}'; a percent sign itself is written '%%'.");
            }
        }

        static string Ascii(string text, bool asciiOnly) =>
            asciiOnly && !text.All(char.IsAscii) ? throw new RenderFailure("'%a' is supported for ASCII only; use '%r'.") : text;

        string Integer(char conversion, object? value, in Directive directive)
        {
            if (value is Undefined undefined) throw undefined.Failure();
            bool decimals = conversion is 'd' or 'i' or 'u';
            long number = value switch
            {
                long or bool => Numbers.Integer(value, ""),
                double real when decimals => Numbers.Truncate(real),
                _ => throw new RenderFailure($"'%{conversion}' takes a number, got a {Kind.Of(value)}."),
            };
            UInt128 magnitude = (UInt128)Int128.Abs(number);
            (string digits, string prefix) = conversion switch
            {
                'x' => (magnitude.ToString("x", CultureInfo.InvariantCulture), "0x"),
                'X' => (magnitude.ToString("X", CultureInfo.InvariantCulture), "0X"),
                'o' => (Octal(magnitude), "0o"),
                _ => (magnitude.ToString(CultureInfo.InvariantCulture), ""),
            };
            if (directive.Precision > digits.Length)
            {
                context.Claim(directive.Precision);
                digits = digits.PadLeft(directive.Precision, '0');
            }
            return Pad(Sign(number < 0, directive) + (directive.Alternate ? prefix : ""), digits, directive);
        }

        static string Octal(UInt128 magnitude)
        {
            string digits = "";
            do
            {
                digits = (char)('0' + (int)(magnitude & 7)) + digits;
                magnitude >>= 3;
            }
            while (magnitude > 0);
            return digits;
        }

        string Float(char conversion, object? value, in Directive directive)
        {
            if (value is Undefined undefined) throw undefined.Failure();
            double number = value is double or long or bool ? Numbers.Double(value) : throw new RenderFailure($"'%{conversion}' takes a number, got a {Kind.Of(value)}.");
            string sign = Sign(double.IsNegative(number) && !double.IsNaN(number), directive);
            if (!double.IsFinite(number))
            {
                string word = double.IsNaN(number) ? "nan" : "inf";
                // Python fills with zeros here too.
                return Pad(sign, char.IsUpper(conversion) ? word.ToUpperInvariant() : word, directive);
            }
            int precision = directive.Precision < 0 ? 6 : directive.Precision;
            if (precision > 1000) throw new RenderFailure("numbers are written with up to 1,000 digits after the point.");
            string digits = char.ToLowerInvariant(conversion) switch
            {
                'f' => Decimals.Fixed(Math.Abs(number), precision) + (precision == 0 && directive.Alternate ? "." : ""),
                'e' => Exponential(Math.Abs(number), precision, directive.Alternate),
                _ => General(Math.Abs(number), Math.Max(precision, 1), directive.Alternate),
            };
            return Pad(sign, char.IsUpper(conversion) ? digits.ToUpperInvariant() : digits, directive);
        }

        static string Exponential(double number, int precision, bool alternate)
        {
            (string digits, int exponent) = Decimals.Significant(number, precision + 1);
            return Scientific(digits, exponent, alternate);
        }

        static string Scientific(string digits, int exponent, bool point) =>
            $"{digits[0]}{(digits.Length > 1 ? "." + digits[1..] : point ? "." : "")}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";

        static string General(double number, int precision, bool alternate)
        {
            (string digits, int exponent) = Decimals.Significant(number, precision);
            if (exponent < -4 || exponent >= precision) return Scientific(alternate ? digits : digits[0] + digits[1..].TrimEnd('0'), exponent, alternate);
            string text = Decimals.Fixed(number, precision - 1 - exponent);
            if (alternate) return text.Contains('.', StringComparison.Ordinal) ? text : text + ".";
            return text.Contains('.', StringComparison.Ordinal) ? text.TrimEnd('0').TrimEnd('.') : text;
        }

        static string Sign(bool negative, in Directive directive) => negative ? "-" : directive.Plus ? "+" : directive.Space ? " " : "";

        string Pad(string text, in Directive directive)
        {
            if (directive.Width <= text.Length) return text;
            return directive.Left ? Padding.Left(context, text, directive.Width, ' ') : Padding.Right(context, text, directive.Width, ' ');
        }

        string Pad(string prefix, string digits, in Directive directive)
        {
            if (!directive.Zero || directive.Left) return Pad(prefix + digits, directive);
            return prefix + Padding.Right(context, digits, directive.Width - prefix.Length, '0');
        }
    }
}

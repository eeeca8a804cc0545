using System.Globalization;
using System.Text;
using Bonito.Templates.Jinja.Rendering;

namespace Bonito.Templates.Jinja.Functions;

/// <summary>Python's <c>strftime</c>, in English.</summary>
internal static class DateText
{
    /// <exception cref="RenderFailure">The format has a directive that is not supported.</exception>
    public static string Format(string format, DateTimeOffset time)
    {
        var text = new StringBuilder();
        for (int i = 0; i < format.Length; i++)
        {
            if (format[i] != '%' || i + 1 == format.Length)
            {
                text.Append(format[i]);
                continue;
            }
            bool unpadded = format[++i] == '-' && i + 1 < format.Length;
            if (unpadded) i++;
            string part = Part(format[i], time) ?? throw new RenderFailure($"the directive '%{format[i]}' of a date is not supported.");
            text.Append(unpadded ? part.TrimStart('0') is { Length: > 0 } shorter ? shorter : "0" : part);
        }
        return text.ToString();
    }

    static string? Part(char directive, DateTimeOffset time)
    {
        string? pattern = directive switch
        {
            'Y' => "yyyy",
            'y' => "yy",
            'm' => "MM",
            'd' => "dd",
            'H' => "HH",
            'I' => "hh",
            'M' => "mm",
            'S' => "ss",
            'f' => "ffffff",
            'b' or 'h' => "MMM",
            'B' => "MMMM",
            'a' => "ddd",
            'A' => "dddd",
            'p' => "tt",
            'F' => "yyyy-MM-dd",
            'T' or 'X' => "HH:mm:ss",
            'R' => "HH:mm",
            'D' or 'x' => "MM/dd/yy",
            _ => null,
        };
        if (pattern is not null) return time.ToString(pattern, CultureInfo.InvariantCulture);
        return directive switch
        {
            'j' => time.DayOfYear.ToString("000", CultureInfo.InvariantCulture),
            'e' => time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2),
            'w' => ((int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'u' => (time.DayOfWeek == DayOfWeek.Sunday ? 7 : (int)time.DayOfWeek).ToString(CultureInfo.InvariantCulture),
            'c' => time.ToString("ddd MMM ", CultureInfo.InvariantCulture) + time.Day.ToString(CultureInfo.InvariantCulture).PadLeft(2) + time.ToString(" HH:mm:ss yyyy", CultureInfo.InvariantCulture),
            'n' => "\n",
            't' => "\t",
            '%' => "%",
            _ => null,
        };
    }
}

using System.Globalization;
using System.Text;
using Bonito.Rows;

namespace Bonito.Tests.Rows;

/// <summary>Values of rows as JSON, in one way each: equal texts are equal values.</summary>
static class Shown
{
    public static string Of(object? value)
    {
        var text = new StringBuilder();
        Append(text, value);
        return text.ToString();
    }

    static void Append(StringBuilder text, object? value)
    {
        switch (value)
        {
            case Row row:
                text.Append('{').AppendJoin(", ", row.Select(column => $"{Of(column.Key)}: {Of(column.Value)}")).Append('}');
                break;
            case IReadOnlyList<object?> list:
                text.Append('[').AppendJoin(", ", list.Select(Of)).Append(']');
                break;
            case string s:
                text.Append('"').Append(Escaped(s)).Append('"');
                break;
            case double d:
                text.Append(d.ToString("R", CultureInfo.InvariantCulture)).Append(double.IsInteger(d) && Math.Abs(d) < 1e15 ? ".0" : "");
                break;
            case bool flag:
                text.Append(flag ? "true" : "false");
                break;
            case long number:
                text.Append(number.ToString(CultureInfo.InvariantCulture));
                break;
            case null:
                text.Append("null");
                break;
            default:
                throw new ArgumentException($"A row has no values of the type {value.GetType()}.");
        }
    }

    static string Escaped(string text) => string.Concat(text.Select(c => c switch
    {
        '"' => "\\\"",
        '\\' => @"\\",
        '\n' => "\\n",
        < ' ' => $"\\u{(int)c:x4}",
        _ => c.ToString(),
    }));
}

using System.Text;

namespace Bonito.Templates.Jinja.Values;

/// <summary>Text that is safe in HTML, which <c>tojson</c> and <c>escape</c> give: what is added to it is escaped.</summary>
internal sealed record Markup(string Text)
{
    public static string Escape(string text)
    {
        if (text.AsSpan().IndexOfAny("&<>'\"") < 0) return text;
        var escaped = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            _ = c switch
            {
                '&' => escaped.Append("&amp;"),
                '<' => escaped.Append("&lt;"),
                '>' => escaped.Append("&gt;"),
                '\'' => escaped.Append("&#39;"),
                '"' => escaped.Append("&#34;"),
                _ => escaped.Append(c),
            };
        }
        return escaped.ToString();
    }
}

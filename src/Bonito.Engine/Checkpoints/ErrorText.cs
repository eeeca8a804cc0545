using System.Globalization;
using System.Text;

namespace Bonito.Engine.Checkpoints;

/// <summary>Shows values from files that nobody vouches for, so that a message stays short and cannot steer a terminal.</summary>
internal static class ErrorText
{
    private const int MaxCharacters = 120;
    private const int MaxLines = 40;

    /// <summary>The text in quotes, cut after 120 characters, control characters shown as \uXXXX.</summary>
    public static string Quote(string text)
    {
        var shown = new StringBuilder("'");
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, MaxCharacters)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c)) shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            else shown.Append(c);
        }
        return shown.Append(text.Length > MaxCharacters ? "...'" : "'").ToString();
    }

    public static string Quote(ReadOnlySpan<byte> utf8) =>
        Quote(Encoding.UTF8.GetString(utf8[..Math.Min(utf8.Length, MaxCharacters + 1)]));

    public static string Shape(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>The problems, one a line and indented; after 40 only the number of the rest.</summary>
    public static string Lines(IReadOnlyList<string> problems)
    {
        string shown = string.Join("\n  ", problems.Take(MaxLines));
        return problems.Count > MaxLines ? $"  {shown}\n  ... and {problems.Count - MaxLines} more" : $"  {shown}";
    }
}

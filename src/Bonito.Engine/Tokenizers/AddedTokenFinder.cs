using System.Buffers;
using System.Globalization;
using System.Text;

namespace Bonito.Engine.Tokenizers;

/// <summary>Finds added tokens in text: the leftmost first, and of those that begin there the longest.</summary>
internal sealed class AddedTokenFinder
{
    private readonly SearchValues<string> contents;
    private readonly Dictionary<char, (string Content, AddedToken Token)[]> longestFirst;

    /// <param name="tokens">The tokens, each with the text to look for, which is not empty.</param>
    public AddedTokenFinder(IEnumerable<(string Content, AddedToken Token)> tokens)
    {
        longestFirst = tokens
            .GroupBy(entry => entry.Content[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(entry => entry.Content.Length).ToArray());
        contents = SearchValues.Create(
            [.. longestFirst.Values.SelectMany(group => group).Select(entry => entry.Content)], StringComparison.Ordinal);
    }

    /// <summary>The next added token; null when there is none.</summary>
    /// <param name="text">The whole text: what stands beside a token decides about it.</param>
    /// <param name="from">Where the part begins that no token has taken yet.</param>
    /// <param name="start">Where the token begins, with the white space that it takes.</param>
    /// <param name="end">Where what follows it begins.</param>
    public AddedToken? Find(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (int at = from; ; at = end)
        {
            int offset = text[at..].IndexOfAny(contents);
            start = at + offset;
            end = text.Length;
            if (offset < 0)
                return null;
            (string content, AddedToken token) = LongestAt(text[start..]);
            end = start + content.Length;
            if (token.SingleWord && !(StandsAlone(text, start, end)))
                continue;
            while (token.LeftStrip && start > from && char.IsWhiteSpace(text[start - 1]))
                start--;
            while (token.RightStrip && end < text.Length && char.IsWhiteSpace(text[end]))
                end++;
            return token;
        }
    }

    private (string Content, AddedToken Token) LongestAt(ReadOnlySpan<char> text)
    {
        foreach ((string content, AddedToken token) in longestFirst[text[0]])
        {
            if (text.StartsWith(content, StringComparison.Ordinal))
                return (content, token);
        }

        throw new InvalidOperationException($"No added token begins where the search found one, at '{text[0]}'.");
    }

    private static bool StandsAlone(ReadOnlySpan<char> text, int start, int end)
    {
        Rune.DecodeLastFromUtf16(text[..start], out Rune before, out _);
        Rune.DecodeFromUtf16(text[end..], out Rune after, out _);
        return (start == 0 || !IsOfWord(before)) && (end == text.Length || !IsOfWord(after));
    }

    private static bool IsOfWord(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or
        UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter or UnicodeCategory.LetterNumber or
        UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark or
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation;
}

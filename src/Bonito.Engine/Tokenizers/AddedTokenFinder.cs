using System.Buffers;

namespace Bonito.Engine.Tokenizers;

/// <summary>Finds added tokens in text: the leftmost first, and of those that begin there the longest.</summary>
internal sealed class AddedTokenFinder
{
    private readonly SearchValues<string> _contents;
    private readonly Dictionary<char, AddedToken[]> _longestFirst;

    public AddedTokenFinder(IEnumerable<AddedToken> tokens)
    {
        _longestFirst = tokens
            .GroupBy(token => token.Content[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(token => token.Content.Length).ToArray());
        _contents = SearchValues.Create(
            [.. _longestFirst.Values.SelectMany(group => group).Select(token => token.Content)], StringComparison.Ordinal);
    }

    /// <summary>The next added token and where it begins; null when there is none.</summary>
    public AddedToken? Find(ReadOnlySpan<char> text, out int start)
    {
        start = text.IndexOfAny(_contents);
        if (start < 0)
            return null;
        foreach (AddedToken token in _longestFirst[text[start]])
        {
            if (text[start..].StartsWith(token.Content, StringComparison.Ordinal))
                return token;
        }

        throw new InvalidOperationException($"No added token begins at {start}, where the search found one.");
    }
}

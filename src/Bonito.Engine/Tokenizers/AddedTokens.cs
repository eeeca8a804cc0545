namespace Bonito.Engine.Tokenizers;

/// <summary>Finders of added tokens: first those that stand in the text as it is, then, between them, those of the normalised text.</summary>
internal sealed class AddedTokens
{
    public AddedTokens(IEnumerable<AddedToken> tokens, Normalizer? normalizer)
    {
        ILookup<bool, AddedToken> byKind = tokens.ToLookup(token => token.Normalized);
        InText = new AddedTokenFinder(byKind[false].Select(token => (token.Content, token)));
        InNormalized = new AddedTokenFinder(byKind[true]
            .Select(token => (Content: normalizer?.Apply(token.Content) ?? token.Content, token))
            .Where(entry => entry.Content.Length > 0)
            .DistinctBy(entry => entry.Content));
    }

    /// <summary>Looks in the text as it is.</summary>
    public AddedTokenFinder InText { get; }

    /// <summary>Looks in normalised text.</summary>
    public AddedTokenFinder InNormalized { get; }
}

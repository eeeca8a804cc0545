namespace Bonito.Engine.Tokenizers;

/// <summary>A learned rule: this pair of neighbours becomes that token. Its rank is its place in the list of merges.</summary>
internal readonly record struct Merge(Pair Pair, int Result);

namespace Bonito.Engine.Tokenizers;

/// <summary>A rule: this pair of neighbours becomes that token. In a list of merges its place is its rank: the lowest goes first.</summary>
internal readonly record struct Merge(Pair Pair, int Result);

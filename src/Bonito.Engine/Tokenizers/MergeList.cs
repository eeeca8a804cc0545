namespace Bonito.Engine.Tokenizers;

/// <summary>Collects the merges of a file, which names tokens, and checks each against the vocabulary.</summary>
internal sealed class MergeList(Dictionary<string, int> vocabulary, int capacity)
{
    private readonly Dictionary<Pair, int> ranks = new(capacity);

    public List<Merge> Merges { get; } = new(capacity);

    /// <summary>Adds the next merge by rank; what is wrong with it where it cannot be one.</summary>
    public (string Expected, string Got)? Add(string left, string right)
    {
        foreach (string token in (ReadOnlySpan<string>)[left, right, left + right])
        {
            if (!vocabulary.ContainsKey(token))
                return ("tokens of the vocabulary", $"but \"{token}\" is not there");
        }

        var pair = new Pair(vocabulary[left], vocabulary[right]);
        if (!ranks.TryAdd(pair, Merges.Count))
            return ("each pair once", $"which is the pair of merge {ranks[pair]} again");
        Merges.Add(new Merge(pair, vocabulary[left + right]));
        return null;
    }
}

namespace Bonito.Engine.Generation.Constraints;

/// <summary>
/// The tokens of a vocabulary as a trie of their bytes. Nodes stand in preorder, each with the node after its descendants: an
/// automaton walks through them in one pass over flat arrays, skipping all that begins with what it does not allow.
/// </summary>
sealed class TokenTrie
{
    readonly byte[] values;
    readonly ushort[] depths;
    readonly int[] after;
    // Tokens of node i: from firstTokens[i] to firstTokens[i + 1].
    readonly int[] firstTokens;
    readonly int[] tokens;

    /// <param name="bytes">The bytes of each token by its id; null for those that are never allowed, as is a token of no bytes.</param>
    public TokenTrie(IReadOnlyList<byte[]?> bytes)
    {
        Vocabulary = bytes.Count;
        tokens = [.. Enumerable.Range(0, bytes.Count).Where(id => bytes[id] is { Length: > 0 })];
        Array.Sort(tokens, (a, b) =>
        {
            int order = bytes[a].AsSpan().SequenceCompareTo(bytes[b]);
            return order != 0 ? order : a.CompareTo(b);
        });
        List<byte> values = [];
        List<ushort> depths = [];
        List<int> after = [], firstTokens = [], path = [];
        byte[] last = [];
        for (int i = 0; i < tokens.Length; i++)
        {
            byte[] token = bytes[tokens[i]]!;
            int shared = token.AsSpan().CommonPrefixLength(last);
            Close(shared);
            for (int depth = shared; depth < token.Length; depth++)
            {
                path.Add(values.Count);
                values.Add(token[depth]);
                depths.Add(checked((ushort)depth));
                after.Add(0);
                firstTokens.Add(i);
            }
            last = token;
        }
        Close(0);
        firstTokens.Add(tokens.Length);
        this.values = [.. values];
        this.depths = [.. depths];
        this.after = [.. after];
        this.firstTokens = [.. firstTokens];
        Depth = depths.DefaultIfEmpty().Max() + 1;

        void Close(int depth)
        {
            foreach (int node in path[depth..]) after[node] = values.Count;
            path.RemoveRange(depth, path.Count - depth);
        }
    }

    /// <summary>Stands for the root, which is not among the nodes.</summary>
    public const int Root = -1;

    /// <summary>Ids, allowed or not.</summary>
    public int Vocabulary { get; }

    /// <summary>Bytes of the longest token.</summary>
    public int Depth { get; }

    /// <summary>Whether this byte is a token.</summary>
    public bool HasByte(byte value)
    {
        for (int node = 0; node < values.Length; node = after[node])
            if (values[node] == value) return firstTokens[node] < firstTokens[node + 1];
        return false;
    }

    /// <summary>Adds the tokens that an automaton allows: those after whose bytes it is not dead.</summary>
    /// <param name="state">Of the automaton before the token; if <paramref name="below"/> is a node, behind the bytes that lead to it.</param>
    /// <param name="below">Only tokens below this node are looked at; or <see cref="Root"/>.</param>
    /// <param name="states">[<see cref="Depth"/> + 1], scratch: the state before each byte of the path.</param>
    /// <param name="ended">If given, takes nodes with tokens below them at which the automaton has ended.</param>
    public void Allow(Constraint constraint, long state, int below, Span<long> states, TokenMask mask, List<int>? ended = null)
    {
        int node = below + 1, end = below == Root ? values.Length : after[below];
        states[below == Root ? 0 : depths[below] + 1] = state;
        while (node < end)
        {
            int depth = depths[node];
            long next = constraint.Next(states[depth], values[node]);
            if (next == Constraint.Dead)
            {
                node = after[node];
                continue;
            }
            states[depth + 1] = next;
            foreach (int token in tokens.AsSpan(firstTokens[node]..firstTokens[node + 1])) mask.Add(token);
            if (ended != null && after[node] > node + 1 && constraint.Ends(next)) ended.Add(node);
            node++;
        }
    }
}

namespace Bonito.Engine.Generation.Constraints;

/// <summary>
/// Suffixes of a text as a trie whose chains are single edges: fewer than two nodes for each suffix. Made from the sorted suffixes,
/// whose order is also that of the leaves. Node 0 is the root; the label of a node is that of the edge that leads to it, which
/// for the root is what all suffixes begin with.
/// </summary>
sealed class SuffixTree
{
    readonly byte[] text;
    readonly int[] starts;
    readonly Node[] nodes;
    // First byte of the label of each node: those of a node's children stand side by side.
    readonly byte[] firsts;

    /// <param name="suffixes">Where each begins and where it ends (exclusive); none is empty.</param>
    public SuffixTree(byte[] text, IEnumerable<(int Start, int Limit)> suffixes)
    {
        this.text = text;
        (int Start, int Limit)[] sorted = [.. suffixes];
        Array.Sort(sorted, (a, b) => text.AsSpan(a.Start..a.Limit).SequenceCompareTo(text.AsSpan(b.Start..b.Limit)));
        starts = [.. sorted.Select(suffix => suffix.Start)];
        List<Node> built = new(2 * sorted.Length) { NodeOf(sorted, 0, sorted.Length, 0) };
        for (int i = 0; i < built.Count; i++) built[i] = AddChildren(built, built[i], sorted);
        nodes = [.. built];
        firsts = [.. built.Select(node => text[node.Label])];
    }

    /// <summary>Bytes from the parent to this node.</summary>
    public ReadOnlySpan<byte> LabelOf(int node)
    {
        ref readonly Node found = ref nodes[node];
        return text.AsSpan(found.Label, found.LabelLength);
    }

    /// <summary>Bytes from the beginning of the suffixes to this node, its label included.</summary>
    public int DepthOf(int node) => nodes[node].Depth;

    /// <summary>Where the suffixes that lead through this node begin in the text.</summary>
    public ReadOnlySpan<int> OccurrencesOf(int node) => starts.AsSpan(nodes[node].FirstLeaf, nodes[node].Leaves);

    public bool IsLeaf(int node) => nodes[node].Children == 0;

    /// <summary>The child whose label begins with this byte, or -1.</summary>
    public int ChildOf(int node, byte first)
    {
        ref readonly Node parent = ref nodes[node];
        int index = firsts.AsSpan(parent.FirstChild, parent.Children).IndexOf(first);
        return index < 0 ? -1 : parent.FirstChild + index;
    }

    /// <summary>The node of sorted suffixes from <paramref name="first"/> to <paramref name="end"/> (exclusive), which share more than their parent's depth.</summary>
    Node NodeOf((int Start, int Limit)[] sorted, int first, int end, int parentDepth)
    {
        // What the first and the last of sorted texts share, all between them share.
        (int start, int limit) = sorted[first];
        (int lastStart, int lastLimit) = sorted[end - 1];
        int depth = parentDepth + text.AsSpan((start + parentDepth)..limit).CommonPrefixLength(text.AsSpan((lastStart + parentDepth)..lastLimit));
        return new Node(start + parentDepth, depth - parentDepth, depth, first, end - first, 0, 0);
    }

    Node AddChildren(List<Node> nodes, Node node, (int Start, int Limit)[] sorted)
    {
        int firstChild = nodes.Count, end = node.FirstLeaf + node.Leaves, at = node.FirstLeaf;
        // Suffixes that end here come first.
        while (at < end && sorted[at].Start + node.Depth == sorted[at].Limit) at++;
        while (at < end)
        {
            int group = at;
            byte value = text[sorted[at].Start + node.Depth];
            while (at < end && text[sorted[at].Start + node.Depth] == value) at++;
            nodes.Add(NodeOf(sorted, group, at, node.Depth));
        }
        return node with { FirstChild = firstChild, Children = nodes.Count - firstChild };
    }

    /// <param name="Label">Where it begins in the text.</param>
    readonly record struct Node(int Label, int LabelLength, int Depth, int FirstLeaf, int Leaves, int FirstChild, int Children);
}

using System.Text;

namespace Bonito.Engine.Generation.Constraints;

/// <summary>
/// A verbatim piece of a text, from the beginning of a word to the end of one. The automaton is the suffix tree (Weiner, 1973) of
/// the suffixes that begin with a word: a piece of text is where a path from the root ends, and it may end there if it ends with a
/// word in one of its occurrences, which are the leaves below. A state is a node and how much of the edge to it has been read.
/// </summary>
sealed class SpanConstraint : Constraint
{
    const int NodeShift = 32;

    readonly byte[] text;
    readonly bool[] ends;
    readonly SuffixTree tree;

    /// <param name="texts">A piece lies in one of them; those without a character to quote are passed over.</param>
    public SpanConstraint(IReadOnlyList<string> texts)
    {
        text = Encoding.UTF8.GetBytes(string.Concat(texts));
        ends = new bool[text.Length + 1];
        List<(int Start, int Limit)> suffixes = [];
        int offset = 0;
        foreach (string part in texts)
        {
            (IReadOnlyList<int> starts, IReadOnlyList<int> wordEnds) = Quotable(part);
            foreach (int end in wordEnds) ends[offset + end] = true;
            // Nothing can be quoted beyond the last end.
            suffixes.AddRange(starts.Select(start => (offset + start, offset + wordEnds[^1])));
            offset += Encoding.UTF8.GetByteCount(part);
        }
        if (suffixes.Count == 0) throw new ArgumentException("A span needs a text that is not blank.", nameof(texts));
        tree = new SuffixTree(text, suffixes);
    }

    internal override long Start => 0;

    internal override bool EndsItself => false;

    internal override long Next(long state, byte value)
    {
        (int node, int read) = Split(state);
        ReadOnlySpan<byte> label = tree.LabelOf(node);
        if (read < label.Length) return label[read] == value ? state + 1 : Dead;
        int child = tree.ChildOf(node, value);
        return child < 0 ? Dead : (long)child << NodeShift | 1;
    }

    internal override bool Accepts(long state)
    {
        (int node, int read) = Split(state);
        int length = tree.DepthOf(node) - tree.LabelOf(node).Length + read;
        if (length == 0) return false;
        foreach (int start in tree.OccurrencesOf(node))
            if (ends[start + length]) return true;
        return false;
    }

    internal override bool Ends(long state)
    {
        (int node, int read) = Split(state);
        return read == tree.LabelOf(node).Length && tree.IsLeaf(node) && Accepts(state);
    }

    static (IReadOnlyList<int> Starts, IReadOnlyList<int> Ends) Quotable(string text)
    {
        (IReadOnlyList<int> starts, IReadOnlyList<int> ends) = WordBoundaries.Find(text);
        if (starts.Count > 0 || string.IsNullOrWhiteSpace(text)) return (starts, ends);
        int start = Encoding.UTF8.GetByteCount(text.AsSpan(0, text.Length - text.TrimStart().Length));
        return ([start], [start + Encoding.UTF8.GetByteCount(text.Trim())]);
    }

    static (int Node, int Read) Split(long state) => ((int)(state >> NodeShift), (int)state);
}

using System.Text;

namespace Bonito.Engine.Generation.Constraints;

/// <summary>
/// The automaton of <see cref="Constraint.TextWithout"/> and <see cref="Constraint.TextUntil"/>: that of Knuth, Morris and Pratt
/// (1977) for the literal, each state twice, before and after the first byte of the text that is not white space. Bytes that may
/// still turn out to be the literal's do not count as the text's before they have turned out not to.
/// </summary>
static class TextTable
{
    static readonly byte[] WhiteSpace = [.. "\t\n\v\f\r "u8];

    public static TableConstraint Build(string literal, bool until)
    {
        byte[] pattern = Encoding.UTF8.GetBytes(literal);
        if (pattern.Length == 0) throw new ArgumentException("The literal must not be empty.", nameof(literal));
        // One byte of each class: the literal's, white space, and all others.
        List<byte> members = [.. pattern.Distinct()];
        byte[] classes = new byte[256];
        classes.AsSpan().Fill((byte)(members.Count + 1));
        foreach (byte value in WhiteSpace) classes[value] = (byte)members.Count;
        for (int i = 0; i < members.Count; i++) classes[members[i]] = (byte)i;
        foreach (int type in (int[])[members.Count, members.Count + 1])
            members.Add((byte)Math.Max(0, classes.AsSpan().IndexOf((byte)type)));

        // State 2m + t: m bytes of the literal are matched; t is 1 if there is text. The last is the whole literal after text.
        int whole = 2 * pattern.Length;
        List<int> next = [];
        List<bool> accepts = [];
        for (int state = 0; state < whole; state++)
        {
            int matched = state / 2;
            bool text = state % 2 == 1;
            foreach (byte value in members)
            {
                byte[] read = [.. pattern[..matched], value];
                int still = LongestPrefixAtEnd(pattern, read);
                bool textNow = text || !Blank(read.AsSpan(..^still));
                next.Add(still < pattern.Length ? 2 * still + (textNow ? 1 : 0) : until && text ? whole : -1);
            }
            accepts.Add(!until && (text || !Blank(pattern.AsSpan(..matched))));
        }
        next.AddRange(Enumerable.Repeat(-1, members.Count));
        accepts.Add(until);
        return new TableConstraint(classes, [.. next], [.. accepts]);
    }

    /// <summary>Length of the longest end of the bytes that is a beginning of the pattern.</summary>
    static int LongestPrefixAtEnd(byte[] pattern, byte[] bytes)
    {
        int length = Math.Min(pattern.Length, bytes.Length);
        while (!bytes.AsSpan(bytes.Length - length).SequenceEqual(pattern.AsSpan(0, length))) length--;
        return length;
    }

    static bool Blank(ReadOnlySpan<byte> bytes) => !bytes.ContainsAnyExcept(WhiteSpace);
}

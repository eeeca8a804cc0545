using System.Text;

namespace Bonito.Engine.Generation.Constraints;

/// <summary>The automaton of <see cref="Constraint.Choice"/>: a trie of the texts' bytes.</summary>
static class ChoiceTable
{
    public static TableConstraint Build(IReadOnlyList<string> texts)
    {
        if (texts.Count == 0 || texts.Any(string.IsNullOrEmpty)) throw new ArgumentException("A choice needs texts that are not empty.", nameof(texts));
        byte[][] choices = [.. texts.Select(Encoding.UTF8.GetBytes)];
        byte[] used = [.. choices.SelectMany(choice => choice).Distinct()];
        // Class 0 is of all bytes that no text has.
        byte[] classes = new byte[256];
        for (int i = 0; i < used.Length; i++) classes[used[i]] = (byte)(i + 1);
        int[] none = [.. Enumerable.Repeat(-1, used.Length + 1)];
        List<int> next = [.. none];
        List<bool> accepts = [false];
        foreach (byte[] choice in choices)
        {
            int state = 0;
            foreach (byte value in choice)
            {
                int transition = state * none.Length + classes[value];
                if (next[transition] < 0)
                {
                    next[transition] = accepts.Count;
                    next.AddRange(none);
                    accepts.Add(false);
                }
                state = next[transition];
            }
            accepts[state] = true;
        }
        return new TableConstraint(classes, [.. next], [.. accepts]);
    }
}

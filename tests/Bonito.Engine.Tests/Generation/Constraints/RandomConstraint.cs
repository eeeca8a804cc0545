using System.Text;
using Bonito.Engine.Generation.Constraints;

namespace Bonito.Engine.Tests.Generation.Constraints;

/// <summary>Constraints and texts over an alphabet so small that everything interesting happens often.</summary>
static class RandomConstraint
{
    static readonly string[] Alphabet = ["a", "b", "<", "|", " ", "\n", ".", "é", "日"];

    public static string Text(Random random, int longest) =>
        string.Concat(Enumerable.Range(0, random.Next(1, longest + 1)).Select(_ => Alphabet[random.Next(Alphabet.Length)]));

    /// <summary>One of every kind, sequences of up to three parts among them.</summary>
    public static Constraint Any(Random random)
    {
        if (random.Next(2) == 0) return Last(random);
        Constraint[] before = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => random.Next(2) == 0 ? Constraint.Literal(Text(random, 3)) : Constraint.TextUntil(Text(random, 3)))];
        return Constraint.Sequence([.. before, Last(random)]);
    }

    static Constraint Last(Random random) => random.Next(6) switch
    {
        0 => Constraint.Literal(Text(random, 4)),
        1 => Constraint.Choice([Text(random, 3), Text(random, 4), Text(random, 4)]),
        2 => Constraint.TextWithout(Text(random, 3)),
        3 => Constraint.TextUntil(Text(random, 3)),
        4 => Constraint.Span(Text(random, 30) + "a", Text(random, 10)),
        _ => Table(random),
    };

    /// <summary>Any automaton that accepts something.</summary>
    public static Constraint Table(Random random)
    {
        while (true)
        {
            int states = random.Next(2, 8), classCount = random.Next(2, 5);
            byte[] classes = [.. Enumerable.Range(0, 256).Select(_ => (byte)random.Next(classCount))];
            int[] next = [.. Enumerable.Range(0, states * classCount).Select(_ => random.Next(3) == 0 ? -1 : random.Next(states))];
            bool[] accepts = [.. Enumerable.Range(0, states).Select(state => state > 0 && random.Next(3) == 0)];
            try
            {
                return new TableConstraint(classes, next, accepts);
            }
            catch (ArgumentException)
            {
                // It accepts nothing.
            }
        }
    }

    /// <summary>All bytes, and tokens of several: some alike, some empty, some that are no text.</summary>
    public static byte[]?[] Vocabulary(Random random)
    {
        List<byte[]?> tokens = [.. Enumerable.Range(0, 256).Select(value => new[] { (byte)value })];
        for (int i = random.Next(20, 300); i > 0; i--)
        {
            byte[] token = Encoding.UTF8.GetBytes(Text(random, random.Next(1, 6)));
            tokens.Add(random.Next(20) switch { 0 => null, 1 => [], 2 => tokens[random.Next(tokens.Count)], _ => token[..random.Next(1, token.Length + 1)] });
        }
        byte[]?[] shuffled = [.. tokens];
        random.Shuffle(shuffled);
        return shuffled;
    }
}

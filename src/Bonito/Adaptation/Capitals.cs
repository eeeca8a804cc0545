using System.Text.RegularExpressions;
using Bonito.Ctga;

namespace Bonito.Adaptation;

/// <summary>
/// Rows in whose passage a sentence, or everything, stands in capital letters, and so does what the task quotes of it; see
/// <see cref="DataOptions.CapitalsShare"/>.
/// </summary>
static partial class Capitals
{
    const double WholePassage = 0.3;
    // A shorter word may stand in the task by chance.
    const int QuotedAlone = 5;

    /// <summary>The row, changed if it is among the share; a row that names no passage stays as it is.</summary>
    public static TrainingRow Write(TrainingRow row, float share, int seed)
    {
        if (row is not InstructionRow { Context: { } context } instruction) return row;
        UInt128 hash = Fingerprint.Of(seed, "capitals", instruction.Input, instruction.Output);
        if (Uniform(hash, 0) >= share) return row;
        Match[] sentences = Sentence().Matches(context).ToArray();
        if (sentences.Length == 0) return row;
        Match sentence = sentences[(int)(Uniform(hash, 1) * sentences.Length)];
        (int start, int length) = Uniform(hash, 2) < WholePassage ? (0, context.Length) : (sentence.Index, sentence.Length);
        string shouted = context.Substring(start, length);
        string passage = string.Concat(context.AsSpan(0, start), shouted.ToUpperInvariant(), context.AsSpan(start + length));
        return instruction with
        {
            Context = passage,
            Input = instruction.Input.Replace(context, passage, StringComparison.Ordinal),
            Output = Shout(instruction.Output, shouted),
        };
    }

    /// <summary>Writes words in capitals that stand in the shouted text beside the same neighbour, or alone where they are long.</summary>
    static string Shout(string text, string shouted)
    {
        string[] spoken = [.. Word().Matches(shouted).Select(match => match.Value)];
        HashSet<string> words = [.. spoken];
        HashSet<(string, string)> pairs = [.. spoken.Zip(spoken.Skip(1))];
        Match[] found = Word().Matches(text).ToArray();
        int at = 0;
        return Word().Replace(text, match =>
        {
            int i = at++;
            bool quoted = (match.Length >= QuotedAlone && words.Contains(match.Value))
                || (i > 0 && pairs.Contains((found[i - 1].Value, match.Value)))
                || (i + 1 < found.Length && pairs.Contains((match.Value, found[i + 1].Value)));
            return quoted ? match.Value.ToUpperInvariant() : match.Value;
        });
    }

    static double Uniform(UInt128 hash, int number) => (Fingerprint.Draw(hash, number) >> 11) * (1.0 / (1L << 53));

    [GeneratedRegex(@"[^.!?\n]*\w[^.!?\n]*")]
    private static partial Regex Sentence();

    // Neither the placeholder of the passage nor the pipe is a word.
    [GeneratedRegex(@"(?<![\w{|])\w+(?:['’]\w+)*(?![\w}|])")]
    private static partial Regex Word();
}

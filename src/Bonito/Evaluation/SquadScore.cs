using System.Buffers;
using System.Text;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Evaluation;

/// <summary>
/// How well an answer agrees with the expected one: exact match and F1 of words as SQuAD v1.1 defines them (Rajpurkar et al., 2016), with
/// Python's idea of letters and white space, so that figures can be compared with published ones. Scores are from 0 to 1.
/// </summary>
public static class SquadScore
{
    /// <summary>Lower case, without ASCII punctuation and without the words a, an and the; single spaces between words.</summary>
    public static string Normalise(string answer) => string.Join(' ', Words(answer));

    /// <summary>Whether both are the same when normalised.</summary>
    public static bool IsExactMatch(string answer, string expected) => Words(answer).SequenceEqual(Words(expected));

    /// <summary>Whether the answer is one of those expected, when normalised.</summary>
    public static bool IsExactMatch(string answer, IEnumerable<string> expected) => expected.Any(one => IsExactMatch(answer, one));

    /// <summary>
    /// Harmonic mean of precision and recall over the words of both, each counted as often as it occurs. 0 where they have no word in
    /// common, so also where nothing is left of both.
    /// </summary>
    public static double F1(string answer, string expected)
    {
        string[] given = Words(answer), wanted = Words(expected);
        Dictionary<string, int> left = wanted.CountBy(word => word).ToDictionary();
        int common = 0;
        foreach (string word in given)
        {
            if (left.GetValueOrDefault(word) == 0) continue;
            left[word]--;
            common++;
        }
        return common == 0 ? 0 : 2.0 * common / (given.Length + wanted.Length);
    }

    /// <summary>The best F1 with one of the expected answers.</summary>
    /// <param name="expected">At least one.</param>
    public static double F1(string answer, IEnumerable<string> expected) => expected.Max(one => F1(answer, one));

    static string[] Words(string answer)
    {
        // Punctuation goes first and leaves no gap: "don't" is one word, "the-end" has no article.
        StringBuilder plain = new(answer.Length), text = new(answer.Length);
        foreach (char c in Casing.Lower(answer))
            if (!IsPunctuation(c)) plain.Append(c);
        for (ReadOnlySpan<char> rest = plain.ToString(); rest.Length > 0;)
        {
            int length = WordLength(rest);
            ReadOnlySpan<char> word = rest[..length];
            if (length == 0) text.Append(Characters.IsSpace(rest[0]) ? ' ' : rest[0]);
            else if (word is "a" or "an" or "the") text.Append(' ');
            else text.Append(word);
            rest = rest[Math.Max(length, 1)..];
        }
        return text.ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
    }

    static bool IsPunctuation(char c) => c is > ' ' and < '\u007f' && !char.IsAsciiLetterOrDigit(c);

    /// <summary>How many characters of letters and digits the text begins with. Marks are none: between "a" and one a word ends.</summary>
    static int WordLength(ReadOnlySpan<char> text)
    {
        int length = 0;
        while (Rune.DecodeFromUtf16(text[length..], out Rune rune, out int used) == OperationStatus.Done && Characters.IsWord(rune)) length += used;
        return length;
    }
}

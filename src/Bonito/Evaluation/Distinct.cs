using System.Text;
using Bonito.Templates.Jinja.Values;

namespace Bonito.Evaluation;

/// <summary>How much texts differ from each other: distinct-n (Li et al., 2016).</summary>
public static class Distinct
{
    /// <summary>
    /// Different runs of <paramref name="length"/> words over all such runs in the texts. Words are runs of letters and digits in lower
    /// case; a run lies in one text. It falls as more texts are measured, so compare figures over the same number of texts.
    /// </summary>
    /// <returns>From 0 to 1; null where no text has so many words.</returns>
    public static double? Share(IEnumerable<string> texts, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, 1);
        HashSet<string> different = [];
        int all = 0;
        foreach (string text in texts)
        {
            List<string> words = Words(text);
            for (int i = 0; i + length <= words.Count; i++, all++) different.Add(string.Join(' ', words.GetRange(i, length)));
        }
        return all == 0 ? null : (double)different.Count / all;
    }

    static List<string> Words(string text)
    {
        List<string> words = [];
        StringBuilder word = new();
        foreach (Rune rune in Casing.Lower(text).EnumerateRunes())
        {
            if (Characters.IsWord(rune)) word.Append(rune);
            else End();
        }
        End();
        return words;

        void End()
        {
            if (word.Length == 0) return;
            words.Add(word.ToString());
            word.Clear();
        }
    }
}

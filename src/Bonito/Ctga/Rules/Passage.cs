namespace Bonito.Ctga.Rules;

/// <summary>Consecutive clean sentences of one paragraph: the context of a task.</summary>
internal sealed record Passage(IReadOnlyList<Sentence> Sentences, int Paragraph, string Text)
{
    public const int FewestWords = 40, MostWords = 150;

    static readonly System.Collections.Frozen.FrozenSet<string> Dangling = Words.Set(
        "he she it they his her its their this these those such that however but and then there thus therefore also another both one " +
        "so or yet moreover furthermore consequently similarly likewise instead nevertheless nonetheless additionally finally here");

    /// <summary>Cuts each paragraph into passages that do not overlap, of varied length.</summary>
    public static IEnumerable<Passage> ReadAll(DocumentIndex index, Random random)
    {
        for (int p = 0; p < index.Paragraphs.Count; p++)
        {
            IReadOnlyList<Sentence?> sentences = index.Paragraphs[p].Sentences;
            int start = 0;
            while (start < sentences.Count)
            {
                if (sentences[start] is not { } first || Dangling.Contains(first.Tokens[0].Lower))
                {
                    start++;
                    continue;
                }
                int wanted = random.Next(FewestWords, MostWords), words = 0, end = start;
                while (end < sentences.Count && sentences[end] is { } next && words < wanted && words + next.Words <= MostWords)
                {
                    words += next.Words;
                    end++;
                }
                if (words >= FewestWords && end - start >= 2)
                {
                    Sentence[] chosen = [.. sentences.Skip(start).Take(end - start).Select(s => s!)];
                    yield return new Passage(chosen, p, string.Join(' ', chosen.Select(s => s.Text)));
                }
                start = Math.Max(end, start + 1);
            }
        }
    }
}

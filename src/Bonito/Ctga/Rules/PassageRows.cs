using Bonito.Tasks;

namespace Bonito.Ctga.Rules;

/// <summary>Rows about a passage as a whole: its end, its gist, its topic.</summary>
internal sealed class PassageRows(DocumentIndex index, Random random)
{
    const int FewestShared = 4, FewestGist = 9, MostGist = 32;

    /// <summary>The passage without its last sentence, and which sentence ends it.</summary>
    public RuleRow? Completion(TaskType type, Passage passage)
    {
        Sentence last = passage.Sentences[^1];
        string start = Start(passage);
        if (passage.Sentences.Count < 3 || last.Words > 35 || !HasEnoughWords(start)) return null;
        List<string> choices = [last.Text];
        int wanted = random.Next(2, 5);
        for (int i = 0; i < 16 && choices.Count < wanted; i++)
        {
            (Sentence other, int paragraph) = index.Sentences[random.Next(index.Sentences.Count)];
            if (paragraph != passage.Paragraph && other.Words <= 35 && !choices.Contains(other.Text)) choices.Add(other.Text);
        }
        if (choices.Count < 2) return null;
        return new RuleRow(type, new Dictionary<string, string>
        {
            ["context"] = start,
            ["choices"] = Shuffled(choices),
            ["answer"] = last.Text,
        });
    }

    /// <summary>The sentence that shares most words with the others, if it can stand alone.</summary>
    public static RuleRow? Summary(TaskType type, Passage passage)
    {
        if (passage.Sentences.Count < 3) return null;
        HashSet<string>[] words = [.. passage.Sentences.Select(s => s.Tokens.Where(Words.IsContent).Select(t => t.Lower).ToHashSet())];
        int central = 0;
        for (int i = 1; i < words.Length; i++)
            if (Shared(words, i) > Shared(words, central)) central = i;
        // Further down it is rather a detail that several sentences share.
        if (central > 1) return null;
        Sentence chosen = passage.Sentences[central];
        if (chosen.Clause is not { Opening.Length: 0 } clause || Shared(words, central) < FewestShared) return null;
        Token[] gist = clause.ToStatement();
        if (gist.Length is < FewestGist or > MostGist) return null;
        return new RuleRow(type, new Dictionary<string, string>
        {
            ["context"] = passage.Text,
            ["summary"] = Tokens.Join(gist) + ".",
        });
    }

    /// <summary>The heading that a passage stands under, among others of the document.</summary>
    public RuleRow? Topic(TaskType type, Passage passage)
    {
        if (index.Paragraphs[passage.Paragraph].Heading is not { } heading) return null;
        List<string> choices = [heading];
        int wanted = random.Next(3, 6);
        while (choices.Count < wanted && index.Headings.Draw(random, h => !choices.Contains(h)) is { } other) choices.Add(other);
        if (choices.Count < 3) return null;
        return new RuleRow(type, new Dictionary<string, string>
        {
            ["context"] = passage.Text,
            ["choices"] = Shuffled(choices),
            ["label"] = heading,
        });
    }

    /// <summary>The passage without its last sentence, and that sentence.</summary>
    public static RuleRow? Continuation(TaskType type, Passage passage)
    {
        string start = Start(passage);
        if (passage.Sentences.Count < 3 || !HasEnoughWords(start)) return null;
        return new RuleRow(type, new Dictionary<string, string> { ["context"] = start, ["text"] = passage.Sentences[^1].Text });
    }

    static int Shared(HashSet<string>[] words, int at) => words.Where((_, i) => i != at).Sum(w => w.Count(words[at].Contains));

    static string Start(Passage passage) => string.Join(' ', passage.Sentences.Take(passage.Sentences.Count - 1).Select(s => s.Text));

    static bool HasEnoughWords(string text) => text.AsSpan().Count(' ') + 1 >= Passage.FewestWords;

    string Shuffled(List<string> choices)
    {
        string[] shuffled = [.. choices];
        random.Shuffle(shuffled);
        return string.Join('\n', shuffled);
    }
}

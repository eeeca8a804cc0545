namespace Bonito.Ctga.Rules;

/// <summary>Cuts a paragraph into its sentences; joined with single spaces they give the paragraph again.</summary>
internal static class SentenceSplitter
{
    public static List<string> Split(string paragraph)
    {
        List<string> sentences = [];
        int start = 0;
        for (int i = 0; i < paragraph.Length; i++)
        {
            if (paragraph[i] is not ('.' or '!' or '?')) continue;
            int end = i + 1;
            while (end < paragraph.Length && paragraph[end] is '"' or '\'' or ')' or ']') end++;
            if (end < paragraph.Length && !EndsAt(paragraph, start, i, end)) continue;
            Add(paragraph, start, end, sentences);
            start = end;
            i = end - 1;
        }
        Add(paragraph, start, paragraph.Length, sentences);
        return sentences;
    }

    static void Add(string paragraph, int start, int end, List<string> sentences)
    {
        string sentence = paragraph[start..end].Trim();
        if (sentence.Length > 0) sentences.Add(sentence);
    }

    static bool EndsAt(string text, int start, int stop, int end)
    {
        if (!char.IsWhiteSpace(text[end])) return false;
        int next = end;
        while (next < text.Length && char.IsWhiteSpace(text[next])) next++;
        if (next == text.Length) return true;
        char first = text[next];
        if (!char.IsUpper(first) && !char.IsDigit(first) && first is not ('"' or '(' or '\'')) return false;
        return text[stop] != '.' || !Abbreviations.EndsWithOne(text.AsSpan(start, stop - start));
    }
}

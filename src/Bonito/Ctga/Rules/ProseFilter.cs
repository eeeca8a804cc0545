using System.Buffers;
using System.Text;

namespace Bonito.Ctga.Rules;

/// <summary>Tells prose from the remains of markup, lists, tables, references and exercises.</summary>
internal static class ProseFilter
{
    const int FewestWords = 4, MostWords = 55;

    static readonly string[] Foreign =
    [
        "http", "www.", "ISBN", "doi:", "PMID", "Retrieved", "Figure", "Table", "Chapter", "chapter", "textbook", "OpenStax", "this section",
        "this module", "Section", "et al", "Visit ", "Click ", "click ", "Watch this", "this link", "this video", "as shown", "shown in",
        "learning objective",
        "p. ", "pp. ", "colspan", "px", "thumb", "Wikipedia", "disambiguation", "citation needed",
        "Hint:", "In we ", "In you ", "(see", "your answer", "your own words",
    ];

    static readonly SearchValues<string> ForeignWords =
        SearchValues.Create(Foreign, StringComparison.Ordinal);

    static readonly SearchValues<char> Markup = SearchValues.Create("|{}<>=*#_\\^~/[]+\u2026");

    /// <summary>Plain quotation marks and spaces; brackets that markup left empty are taken out.</summary>
    public static string Clean(string paragraph)
    {
        StringBuilder text = new(paragraph.Length);
        for (int i = 0; i < paragraph.Length; i++)
        {
            char c = paragraph[i];
            if (c == '(' && EndOfEmptyBracket(paragraph, i) is int end and > 0)
            {
                if (text.Length > 0 && text[^1] == ' ') text.Length--;
                i = end;
                continue;
            }
            c = c switch { '\u2018' or '\u2019' => '\'', '\u201c' or '\u201d' => '"', _ => char.IsWhiteSpace(c) ? ' ' : c };
            if (c != ' ' || text.Length > 0 && text[^1] != ' ') text.Append(c);
        }
        return text.ToString().TrimEnd();
    }

    /// <summary>Whether the sentence is whole, plain English prose.</summary>
    public static bool IsProse(string sentence)
    {
        int first = sentence[0] == '"' ? 1 : 0;
        if (sentence.Length < 15 || !char.IsAsciiLetterUpper(sentence[first])) return false;
        char last = sentence[^1] is '"' ? sentence[^2] : sentence[^1];
        if (last is not ('.' or '!' or '?') || sentence.EndsWith("..", StringComparison.Ordinal)) return false;
        if (sentence.AsSpan().ContainsAny(ForeignWords)) return false;
        return HasPlainCharacters(sentence);
    }

    static bool HasPlainCharacters(string sentence)
    {
        if (sentence.AsSpan().ContainsAny(Markup)) return false;
        int letters = 0, digits = 0, solid = 0, round = 0, quotes = 0, words = 1, lower = 0;
        for (int i = 0; i < sentence.Length; i++)
        {
            char c = sentence[i];
            if (c == ' ')
            {
                words++;
                if (i + 1 < sentence.Length && sentence[i + 1] is ',' or '.' or ';' or ')') return false;
                continue;
            }
            solid++;
            if (char.IsAsciiLetter(c)) letters++;
            if (char.IsAsciiDigit(c)) digits++;
            if (char.IsAsciiLetterLower(c)) lower++;
            switch (c)
            {
                case '(': if (++round > 1) return false; break;
                case ')': if (--round < 0) return false; break;
                case '"': quotes++; break;
                case ',' or '.' or ';' or ':' when i + 1 < sentence.Length && sentence[i + 1] is ',' or ';' or ':': return false;
                case '.' or '?' or '!' when IsGlued(sentence, i): return false;
            }
        }
        return words is >= FewestWords and <= MostWords && round == 0 && quotes % 2 == 0
            && letters >= solid * 0.7 && letters + digits >= solid * 0.85 && lower >= solid * 0.55;
    }

    // "the law.Smith v. Jones": a footnote without its mark.
    static bool IsGlued(string text, int stop) =>
        stop > 0 && stop + 1 < text.Length && char.IsAsciiLetterLower(text[stop - 1]) && char.IsAsciiLetterUpper(text[stop + 1]);

    /// <summary>The end of brackets such as "()" and "(, from Latin)", from which a template was removed; 0 for others.</summary>
    static int EndOfEmptyBracket(string text, int open)
    {
        int i = open + 1;
        while (i < text.Length && text[i] == ' ') i++;
        if (i >= text.Length || text[i] is not (')' or ',' or ';')) return 0;
        int close = text.IndexOf(')', i);
        int nested = text.IndexOf('(', i);
        return close < 0 || close - open > 200 || nested >= 0 && nested < close ? 0 : close;
    }
}

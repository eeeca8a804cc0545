using System.Collections.Frozen;

namespace Bonito.Ctga.Rules;

/// <summary>A paragraph of prose: its sentences in order, null where one is not clean, and the heading above it.</summary>
internal sealed record Paragraph(IReadOnlyList<Sentence?> Sentences, string? Heading)
{
    const int FewestCharacters = 120;

    /// <summary>Headings that say what a section is for, not what it is about.</summary>
    static readonly FrozenSet<string> Untopical = new[]
    {
        "Introduction", "Overview", "Summary", "Chapter Summary", "Chapter Review", "Section Summary", "Key Terms", "Key Concepts", "References",
        "Review Questions", "Short Answer",
               "Further Research", "Further Reading", "Learning Objectives", "Chapter Objectives", "Critical Thinking Questions", "See also",
        "External links",
               "Notes", "Sources", "Bibliography", "General", "Other", "Others", "Examples", "Background", "Preface", "Acknowledgments",
        "Interactive Link Questions",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    public static List<Paragraph> ReadAll(TextDocument document, Vocabulary vocabulary)
    {
        List<Paragraph> paragraphs = [];
        string? heading = null;
        foreach (ReadOnlySpan<char> raw in document.Text.AsSpan().EnumerateLines())
        {
            ReadOnlySpan<char> line = raw.Trim();
            if (line.Length == 0) continue;
            if (line.Length < FewestCharacters)
            {
                heading = ToHeading(line, document.Title) ?? heading;
                continue;
            }
            paragraphs.Add(Read(ProseFilter.Clean(line.ToString()), heading, vocabulary));
        }
        return paragraphs;
    }

    static Paragraph Read(string text, string? heading, Vocabulary vocabulary)
    {
        List<Sentence?> sentences = [];
        foreach (string sentence in SentenceSplitter.Split(text))
        {
            if (!ProseFilter.IsProse(sentence))
            {
                sentences.Add(null);
                continue;
            }
            Sentence clean = new(sentence, Tokens.Read(sentence), sentence.AsSpan().Count(' ') + 1);
            vocabulary.Add(clean);
            sentences.Add(clean);
        }
        return new Paragraph(sentences, heading);
    }

    static string? ToHeading(ReadOnlySpan<char> line, string title)
    {
        ReadOnlySpan<char> text = line.TrimEnd('.');
        if (text.Length is < 4 or > 50 || !char.IsAsciiLetterUpper(text[0]) || text.Count(' ') > 5) return null;
        foreach (char c in text)
            if (!char.IsAsciiLetter(c) && c is not (' ' or '-' or ',' or '\'')) return null;
        if (text.Equals(title, StringComparison.OrdinalIgnoreCase)) return null;
        string heading = text.ToString();
        return Untopical.Contains(heading) ? null : heading;
    }
}

using System.Runtime.InteropServices;

namespace Bonito.Ctga.Rules;

/// <summary>How a document writes its words: which of them are names and which are only capitalised by their place.</summary>
internal sealed class Vocabulary
{
    readonly Dictionary<string, int> lowered = new(StringComparer.Ordinal);
    readonly Dictionary<string, int> capitalised = new(StringComparer.Ordinal);
    readonly HashSet<string> surnames = new(StringComparer.Ordinal);

    public void Add(Sentence sentence)
    {
        foreach (Span span in sentence.Spans)
            if (span.Kind == SpanKind.Person) surnames.Add(sentence.Tokens[span.End - 1].Text);
        Add(sentence.Tokens);
    }

    /// <summary>Whether the phrase names a person: in full, or by the last name of a person whom the document names in full.</summary>
    public bool IsPerson(ReadOnlySpan<Token> phrase) =>
        phrase.Length == 1 ? surnames.Contains(phrase[0].Text) : Spans.IsName(phrase, out SpanKind kind) && kind == SpanKind.Person;

    /// <summary>Whether the phrase is a name rather than a noun that opens a sentence.</summary>
    public bool IsName(ReadOnlySpan<Token> phrase) => phrase[0].IsCapital && Writing(phrase) is not true;

    void Add(ReadOnlySpan<Token> sentence)
    {
        for (int i = 1; i < sentence.Length; i++)
        {
            Token token = sentence[i];
            if (token.IsLowerWord) Count(lowered, token.Lower);
            else if (token.IsCapital) Count(capitalised, token.Lower);
        }
    }

    /// <summary>Whether it is known how the first word of these is written inside a sentence.</summary>
    public bool Knows(ReadOnlySpan<Token> phrase) => Writing(phrase) is not null;

    /// <summary>The phrase that opens a sentence, as written inside one.</summary>
    public Token[] InsideSentence(Token[] phrase) =>
        [Writing(phrase) is true ? new Token(phrase[0].Lower, phrase[0].Lower, true) : phrase[0] with { Spaced = true }, .. phrase[1..]];

    static void Count(Dictionary<string, int> counts, string word) =>
        CollectionsMarshal.GetValueRefOrAddDefault(counts, word, out _)++;

    // True: lower case. False: as it stands. Null: unknown.
    bool? Writing(ReadOnlySpan<Token> phrase)
    {
        Token first = phrase[0];
        if (!first.IsCapital) return false;
        if (Words.IsClosedClass(first.Lower) || Words.NumberWords.Contains(first.Lower)) return true;
        int small = lowered.GetValueOrDefault(first.Lower), large = capitalised.GetValueOrDefault(first.Lower);
        bool acronym = first.Text.Length > 1 && char.IsUpper(first.Text[1]);
        if (acronym || large > small) return false;
        bool named = phrase.Length > 1 && phrase[1].IsCapital;
        // "Psychoanalyst Sigmund Freud": a noun before a person stays a noun.
        if (small > 0) return !named || large == 0 && IsPerson(phrase[1..]);
        return named || Spans.IsName(phrase, out _) ? false : null;
    }
}

using System.Text;

namespace Bonito.Ctga.Rules;

/// <summary>A word, number or punctuation mark of a sentence.</summary>
/// <param name="Text">As written.</param>
/// <param name="Lower">In lower case.</param>
/// <param name="Spaced">Whether white space stood before it.</param>
internal readonly record struct Token(string Text, string Lower, bool Spaced)
{
    public bool IsWord => char.IsLetterOrDigit(Text[^1]) || Text[^1] == '.' && Text.Length > 1;

    public bool IsCapital => char.IsAsciiLetterUpper(Text[0]) || Text[0] > 127 && char.IsUpper(Text[0]);

    public bool IsLowerWord => char.IsLower(Text[0]);

    public bool Is(string lower) => Lower == lower;

    public Token WithText(string text) => new(text, text.ToLowerInvariant(), Spaced);

    public static Token Word(string text) => new(text, text.ToLowerInvariant(), true);
}

internal static class Tokens
{
    public static readonly Token[] None = [];

    public static Token[] Read(ReadOnlySpan<char> text)
    {
        List<Token> tokens = new(text.Length / 5 + 2);
        bool spaced = false;
        int i = 0;
        while (i < text.Length)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                spaced = true;
                i++;
                continue;
            }
            int end = EndOfToken(text, i);
            string word = text[i..end].ToString();
            tokens.Add(new Token(word, word.ToLowerInvariant(), spaced));
            spaced = false;
            i = end;
        }
        return [.. tokens];
    }

    /// <summary>Text of the tokens, with the white space of the original between them.</summary>
    public static string Join(params ReadOnlySpan<Token> tokens)
    {
        StringBuilder text = new();
        foreach (Token token in tokens)
        {
            if (text.Length > 0 && token.Spaced) text.Append(' ');
            text.Append(token.Text);
        }
        return text.ToString();
    }

    static int EndOfToken(ReadOnlySpan<char> text, int start)
    {
        int i = start;
        bool money = text[i] is '$' or '€' or '£' && i + 1 < text.Length && char.IsAsciiDigit(text[i + 1]);
        if (!char.IsLetterOrDigit(text[i]) && !money) return start + 1;
        i++;
        while (i < text.Length)
        {
            char c = text[i];
            if (char.IsLetterOrDigit(c))
            {
                i++;
                continue;
            }
            bool inner = i + 1 < text.Length && char.IsLetterOrDigit(text[i + 1]);
            if (c is '-' or '\'' && inner ||
                c is '.' or ',' && inner && char.IsAsciiDigit(text[i - 1]) && char.IsAsciiDigit(text[i + 1]) ||
                c == '.' && inner && IsInitial(text, start, i))
            {
                i++;
                continue;
            }
            break;
        }
        bool abbreviation = i < text.Length - 1 && text[i] == '.' && Abbreviations.EndsWithOne(text[..i]);
        return abbreviation ? i + 1 : i;
    }

    static bool IsInitial(ReadOnlySpan<char> text, int start, int dot) =>
        char.IsLetter(text[dot - 1]) && (dot - 1 == start || text[dot - 2] == '.');
}

using System.Globalization;
using System.Text;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// Cuts text into words exactly as the regular expression of GPT-2 does, scanned by hand because it runs over every
/// character of a corpus. Letters and numbers are judged by code point; a lone surrogate counts as U+FFFD, a symbol.
/// </summary>
internal static class WordScanner
{
    /// <summary>The regular expression, as files that spell it out write it.</summary>
    public const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    private const byte Other = 0;
    private const byte Letter = 1;
    private const byte Number = 2;
    private const byte Space = 3;
    private const byte Surrogate = 4;

    private static readonly byte[] Kinds = BuildKinds();

    /// <summary>The length of the first word of a text that is not empty.</summary>
    public static int FirstWordLength(ReadOnlySpan<char> text)
    {
        if (text[0] == '\'')
        {
            int suffix = ContractionLength(text[1..]);
            if (suffix > 0)
                return 1 + suffix;
        }

        int run = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        byte kind = KindAt(text, run, out int length);
        if (kind != Space)
            return RunEnd(text, run + length, kind);

        int end = RunEnd(text, 1, Space);
        // The last space of a run belongs to the word after it, unless the run is that one space.
        return end < text.Length && end > 1 ? end - 1 : end;
    }

    private static int ContractionLength(ReadOnlySpan<char> rest) => rest switch
    {
        ['s' or 't' or 'm' or 'd', ..] => 1,
        ['r' or 'v', 'e', ..] or ['l', 'l', ..] => 2,
        _ => 0,
    };

    private static int RunEnd(ReadOnlySpan<char> text, int at, byte kind)
    {
        while (at < text.Length && KindAt(text, at, out int length) == kind)
            at += length;
        return at;
    }

    private static byte KindAt(ReadOnlySpan<char> text, int at, out int length)
    {
        length = 1;
        byte kind = Kinds[text[at]];
        return kind < Surrogate ? kind : KindOfSurrogate(text[at..], out length);
    }

    private static byte KindOfSurrogate(ReadOnlySpan<char> text, out int length)
    {
        Rune.DecodeFromUtf16(text, out Rune rune, out length);
        return KindOf(Rune.GetUnicodeCategory(rune));
    }

    private static byte KindOf(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or
            UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Number,
        _ => Other,
    };

    private static byte[] BuildKinds()
    {
        byte[] kinds = new byte[char.MaxValue + 1];
        for (int i = 0; i < kinds.Length; i++)
        {
            char character = (char)i;
            kinds[i] = char.IsSurrogate(character) ? Surrogate
                : char.IsWhiteSpace(character) ? Space
                : KindOf(CharUnicodeInfo.GetUnicodeCategory(character));
        }

        return kinds;
    }
}

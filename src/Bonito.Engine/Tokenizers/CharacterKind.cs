using System.Globalization;
using System.Text;

namespace Bonito.Engine.Tokenizers;

/// <summary>What the expressions that cut text into words ask of a code point.</summary>
internal enum CharacterKind : byte
{
    Other,
    Letter,
    Number,
    Space,

    /// <summary>A UTF-16 code unit that says nothing alone; no code point has this kind.</summary>
    Surrogate,
}

/// <summary>
/// The kinds of the code points of a text: letters and numbers by their general category, spaces by White_Space. A lone
/// surrogate counts as U+FFFD, a symbol.
/// </summary>
internal static class CharacterKinds
{
    private static readonly CharacterKind[] Kinds = Build();

    /// <summary>The kind of the code point that begins here, and how many code units it takes.</summary>
    public static CharacterKind At(ReadOnlySpan<char> text, int at, out int length)
    {
        length = 1;
        CharacterKind kind = Kinds[text[at]];
        return kind < CharacterKind.Surrogate ? kind : OfSurrogate(text[at..], out length);
    }

    /// <summary>Where a run of one kind ends that may go on here.</summary>
    public static int RunEnd(ReadOnlySpan<char> text, int at, CharacterKind kind)
    {
        while (at < text.Length && At(text, at, out int length) == kind)
            at += length;
        return at;
    }

    private static CharacterKind OfSurrogate(ReadOnlySpan<char> text, out int length)
    {
        Rune.DecodeFromUtf16(text, out Rune rune, out length);
        return Of(Rune.GetUnicodeCategory(rune));
    }

    private static CharacterKind Of(UnicodeCategory category) => category switch
    {
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or
            UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => CharacterKind.Letter,
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => CharacterKind.Number,
        _ => CharacterKind.Other,
    };

    private static CharacterKind[] Build()
    {
        var kinds = new CharacterKind[char.MaxValue + 1];
        for (int i = 0; i < kinds.Length; i++)
        {
            char character = (char)i;
            kinds[i] = char.IsSurrogate(character) ? CharacterKind.Surrogate
                : char.IsWhiteSpace(character) ? CharacterKind.Space
                : Of(CharUnicodeInfo.GetUnicodeCategory(character));
        }

        return kinds;
    }
}

using System.Globalization;
using System.Text;

namespace Bonito.Templates.Jinja.Values;

/// <summary>Characters as Python has them: code points, where .NET counts UTF-16 units; and their classes.</summary>
internal static class Characters
{
    static readonly string[] Ascii = [.. Enumerable.Range(0, 128).Select(c => ((char)c).ToString())];

    /// <summary>Whether all code points are single UTF-16 units, so that indices are the same in both.</summary>
    public static bool AreUnits(string text) => text.AsSpan().IndexOfAnyInRange('\ud800', '\udfff') < 0;

    /// <summary>A character as a text.</summary>
    public static string Single(char c) => c < 128 ? Ascii[c] : c.ToString();

    /// <summary>The number of code points.</summary>
    public static int Count(string text)
    {
        if (AreUnits(text)) return text.Length;
        int count = 0;
        for (int i = 0; i < text.Length; i += CodePointAt(text, i).Length) count++;
        return count;
    }

    /// <summary>The code points, each as a text.</summary>
    public static IEnumerable<object?> Split(string text)
    {
        for (int i = 0; i < text.Length;)
        {
            int length = CodePointAt(text, i).Length;
            yield return length == 1 ? Single(text[i]) : text.Substring(i, length);
            i += length;
        }
    }

    /// <summary>Where in UTF-16 a code point begins, for any index from 0 to <see cref="Count"/>.</summary>
    public static int Offset(string text, int index)
    {
        if (AreUnits(text)) return Math.Min(index, text.Length);
        int offset = 0;
        for (; index > 0 && offset < text.Length; index--) offset += CodePointAt(text, offset).Length;
        return offset;
    }

    /// <summary>White space of Python's strings: Unicode's, and the separators U+001C to U+001F.</summary>
    public static bool IsSpace(char c) => char.IsWhiteSpace(c) || c is >= '\u001c' and <= '\u001f';

    /// <summary>What <c>\w</c> matches: letters, digits and other numbers, the underscore.</summary>
    public static bool IsWord(Rune rune) => rune.Value == '_' || Rune.IsLetterOrDigit(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;

    public static bool BeginsIdentifier(Rune rune) =>
        rune.Value == '_' || Rune.IsLetter(rune) || Rune.GetUnicodeCategory(rune) == UnicodeCategory.LetterNumber;

    public static bool ContinuesIdentifier(Rune rune) => BeginsIdentifier(rune) || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.ConnectorPunctuation or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark;

    /// <summary>The index after the white space at <paramref name="index"/>.</summary>
    public static int SkipSpace(string text, int index)
    {
        while (index < text.Length && IsSpace(text[index])) index++;
        return index;
    }

    /// <summary>The code point at an index, and how many characters it takes; half of a pair counts as itself.</summary>
    public static (int CodePoint, int Length) CodePointAt(string text, int index) =>
        char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1])
            ? (char.ConvertToUtf32(text[index], text[index + 1]), 2)
            : (text[index], 1);

    /// <summary>Whether Python prints the code point in quotes as it is: no control, format or unassigned character, no space but the plain one.</summary>
    public static bool IsPrintable(int codePoint) => codePoint == ' ' || CharUnicodeInfo.GetUnicodeCategory(codePoint) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);

    /// <summary>The code point that ends before an index, and how many characters it takes.</summary>
    public static (int CodePoint, int Length) CodePointBefore(string text, int index) =>
        char.IsLowSurrogate(text[index - 1]) && index > 1 && char.IsHighSurrogate(text[index - 2])
            ? (char.ConvertToUtf32(text[index - 2], text[index - 1]), 2)
            : (text[index - 1], 1);

    /// <summary>Digits that are no decimal ones, such as raised and circled ones.</summary>
    public static bool IsDigitLike(Rune rune) =>
        Rune.GetUnicodeCategory(rune) == UnicodeCategory.OtherNumber && CharUnicodeInfo.GetDigitValue(rune.ToString(), 0) >= 0;

    /// <summary>Characters that stand for numbers.</summary>
    public static bool IsNumeric(Rune rune) => Rune.GetNumericValue(rune) >= 0 || Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber;
}

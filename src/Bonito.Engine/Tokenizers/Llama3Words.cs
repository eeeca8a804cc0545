namespace Bonito.Engine.Tokenizers;

/// <summary>The words of Llama 3 and Qwen2, whose expressions differ in how many digits stay together.</summary>
/// <param name="longestNumber">The most number characters of a word.</param>
internal sealed class Llama3Words(int longestNumber) : WordScanner
{
    public const string Expression =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public const string QwenExpression =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    public override int FirstWordLength(ReadOnlySpan<char> text)
    {
        if (text[0] == '\'')
        {
            int suffix = ContractionLength(text[1..]);
            if (suffix > 0)
                return 1 + suffix;
        }

        CharacterKind kind = CharacterKinds.At(text, 0, out int first);
        if (kind == CharacterKind.Letter)
            return CharacterKinds.RunEnd(text, first, CharacterKind.Letter);
        if (kind == CharacterKind.Number)
            return NumberEnd(text, first);

        // Any one character but a line break leads a word of letters; only a space leads one of symbols.
        CharacterKind following = first < text.Length ? CharacterKinds.At(text, first, out _) : CharacterKind.Space;
        if (following == CharacterKind.Letter && text[0] is not ('\r' or '\n'))
            return CharacterKinds.RunEnd(text, first, CharacterKind.Letter);
        if (kind == CharacterKind.Other || (text[0] == ' ' && following == CharacterKind.Other))
        {
            int symbols = CharacterKinds.RunEnd(text, first, CharacterKind.Other);
            int breaks = text[symbols..].IndexOfAnyExcept('\r', '\n');
            return breaks < 0 ? text.Length : symbols + breaks;
        }

        int end = CharacterKinds.RunEnd(text, 1, CharacterKind.Space);
        int lastBreak = text[..end].LastIndexOfAny('\r', '\n');
        if (lastBreak >= 0)
            return lastBreak + 1;
        // The last space of a run belongs to the word after it, unless the run is that one space.
        return end < text.Length && end > 1 ? end - 1 : end;
    }

    private int NumberEnd(ReadOnlySpan<char> text, int end)
    {
        for (int count = 1; count < longestNumber && end < text.Length; count++)
        {
            if (CharacterKinds.At(text, end, out int length) != CharacterKind.Number)
                break;
            end += length;
        }

        return end;
    }

    // Without regard to case, where the long s is a lower-case form of S as well.
    private static int ContractionLength(ReadOnlySpan<char> rest) => rest switch
    {
        ['s' or 'S' or '\u017F' or 't' or 'T' or 'm' or 'M' or 'd' or 'D', ..] => 1,
        ['r' or 'R' or 'v' or 'V', 'e' or 'E', ..] or ['l' or 'L', 'l' or 'L', ..] => 2,
        _ => 0,
    };
}

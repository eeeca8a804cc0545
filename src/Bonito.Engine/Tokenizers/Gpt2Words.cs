namespace Bonito.Engine.Tokenizers;

/// <summary>The words of GPT-2.</summary>
/// <param name="digitsApart">
/// Whether each number character is cut out first, and the expression sees only the text between: what follows the white
/// space before a number is then the end of a text.
/// </param>
internal sealed class Gpt2Words(bool digitsApart) : WordScanner
{
    public const string Expression = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public override int FirstWordLength(ReadOnlySpan<char> text)
    {
        if (text[0] == '\'')
        {
            int suffix = ContractionLength(text[1..]);
            if (suffix > 0)
                return 1 + suffix;
        }

        int run = text[0] == ' ' && text.Length > 1 ? 1 : 0;
        CharacterKind kind = CharacterKinds.At(text, run, out int length);
        if (kind == CharacterKind.Number && digitsApart)
            return run == 0 ? length : 1;
        if (kind != CharacterKind.Space)
            return CharacterKinds.RunEnd(text, run + length, kind);

        int end = CharacterKinds.RunEnd(text, 1, CharacterKind.Space);
        // The last space of a run belongs to the word after it, unless the run is that one space.
        bool wordFollows = end < text.Length && !(digitsApart && CharacterKinds.At(text, end, out _) == CharacterKind.Number);
        return wordFollows && end > 1 ? end - 1 : end;
    }

    private static int ContractionLength(ReadOnlySpan<char> rest) => rest switch
    {
        ['s' or 't' or 'm' or 'd', ..] => 1,
        ['r' or 'v', 'e', ..] or ['l', 'l', ..] => 2,
        _ => 0,
    };
}

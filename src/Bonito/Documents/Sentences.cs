using System.Buffers;

namespace Bonito.Documents;

/// <summary>
/// Finds where sentences start. In doubt it does not cut: two sentences taken as one do less harm to a context than
/// one torn in two.
/// </summary>
static class Sentences
{
    const string WideTerminators = "。！？｡";
    static readonly SearchValues<char> s_terminators = SearchValues.Create(".!?…؟۔।॥" + WideTerminators);
    static readonly SearchValues<char> s_closers = SearchValues.Create("\"'’”»)]}*_」』）】》〉");
    static readonly SearchValues<char> s_openers = SearchValues.Create("\"'‘“«([{*_¿¡「『（【《〈");
    static readonly SearchValues<char> s_digits = SearchValues.Create("0123456789");
    static readonly SearchValues<char> s_romanDigits = SearchValues.Create("ivxIVX");

    /// <summary>
    /// The starts of the sentences in a paragraph or list item, the first being <paramref name="start"/>. Each lies on
    /// a character that is not white space. Line breaks count as spaces.
    /// </summary>
    public static IEnumerable<int> Starts(string text, int start, int end)
    {
        yield return start;
        int sentence = start;
        for (int at = start; ;)
        {
            int found = text.AsSpan(at, end - at).IndexOfAny(s_terminators);
            if (found < 0) yield break;

            int stop = at + found;
            int stopEnd = Skip(text, stop + 1, end, s_terminators);
            int close = Skip(text, stopEnd, end, s_closers);
            int next = SkipWhiteSpace(text, close, end);
            if (next == end) yield break;

            bool ends = WideTerminators.Contains(text[stopEnd - 1], StringComparison.Ordinal)
                || (next > close && EndsSentence(text.AsSpan(sentence, end - sentence), stop - sentence, stopEnd - sentence, next - sentence));
            if (ends && Graphemes.EndsBefore(text, next))
            {
                yield return next;
                sentence = next;
            }

            at = close;
        }
    }

    /// <summary>Whether a terminator with white space after it ends the sentence. Positions are within the sentence.</summary>
    static bool EndsSentence(ReadOnlySpan<char> text, int stop, int stopEnd, int next)
    {
        int opener = text[next..].IndexOfAnyExcept(s_openers);
        ReadOnlySpan<char> rest = opener < 0 ? [] : text[(next + opener)..];
        if (rest.IsEmpty) return true;
        if (char.IsLower(rest[0]) || s_terminators.Contains(rest[0])) return false;
        if (stopEnd > stop + 1 || text[stop] != '.') return true;

        ReadOnlySpan<char> word = WordBefore(text[..stop]);
        if (word.IsEmpty) return false;
        bool opens = word.Length == stop;
        if (opens && IsEnumerator(word)) return false;
        if (word.Length == 1 && char.IsUpper(word[0]) && !opens) return false;
        if (Abbreviations.IsNeverLast(word)) return false;
        if (char.IsDigit(rest[0]) && Abbreviations.IsBeforeNumber(word)) return false;
        return !Abbreviations.IsSometimesLast(word) || Abbreviations.OpensSentence(FirstWord(rest));
    }

    /// <summary>"1", "12", "b", "iv" before the first stop of a paragraph number it.</summary>
    static bool IsEnumerator(ReadOnlySpan<char> word) =>
        word.Length == 1 || (word.Length <= 4 && (!word.ContainsAnyExcept(s_digits) || !word.ContainsAnyExcept(s_romanDigits)));

    /// <summary>What stands between the last white space or opening bracket and the stop.</summary>
    static ReadOnlySpan<char> WordBefore(ReadOnlySpan<char> text)
    {
        // No abbreviation is longer: bounds the look back, so that a text of stops only stays linear.
        const int Longest = 16;
        int start = text.Length;
        while (start > 0 && text.Length - start < Longest && !char.IsWhiteSpace(text[start - 1]) && !s_openers.Contains(text[start - 1])) start--;
        return text[start..];
    }

    static ReadOnlySpan<char> FirstWord(ReadOnlySpan<char> text)
    {
        int length = 0;
        while (length < text.Length && char.IsLetter(text[length])) length++;
        return text[..length];
    }

    static int Skip(string text, int at, int end, SearchValues<char> characters)
    {
        int found = text.AsSpan(at, end - at).IndexOfAnyExcept(characters);
        return found < 0 ? end : at + found;
    }

    static int SkipWhiteSpace(string text, int at, int end)
    {
        while (at < end && char.IsWhiteSpace(text[at])) at++;
        return at;
    }
}

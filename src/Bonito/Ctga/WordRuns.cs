using System.Globalization;
using System.Text;

namespace Bonito.Ctga;

/// <summary>
/// Hashes of every run of 13 consecutive words of a text. A word is a run of letters, marks and digits, without regard to
/// upper and lower case; what stands between words does not count.
/// </summary>
/// <remarks>
/// A text of fewer words has no run. Scripts that do not separate words (Chinese, Japanese, Thai) have few, long words.
/// </remarks>
internal ref struct WordRuns(ReadOnlySpan<char> text)
{
    /// <summary>Words of a run.</summary>
    public const int Length = 13;

    // Odd, so that multiplication loses nothing modulo 2^64.
    const ulong Base = 0x9e3779b97f4a7c15;

    static readonly ulong Leaving = Power(Base, Length);

    readonly ulong[] words = new ulong[Length];
    ReadOnlySpan<char> rest = text;
    ulong sum;
    int count;

    public ulong Current { get; private set; }

    public bool MoveNext()
    {
        while (NextWord(out ulong word))
        {
            int slot = count++ % Length;
            sum = sum * Base + word - words[slot] * Leaving;
            words[slot] = word;
            if (count < Length) continue;
            Current = Mix(sum);
            return true;
        }
        return false;
    }

    bool NextWord(out ulong word)
    {
        word = 0xcbf29ce484222325;
        bool inWord = false;
        while (rest.Length > 0)
        {
            char c = rest[0];
            int units = 1;
            uint letter;
            if (c < 128)
            {
                letter = char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : 0u;
            }
            else
            {
                Rune.DecodeFromUtf16(rest, out Rune rune, out units);
                letter = IsOfWord(rune) ? (uint)Rune.ToLowerInvariant(rune).Value : 0;
            }
            rest = rest[units..];
            if (letter != 0)
            {
                inWord = true;
                word = (word ^ letter) * 0x100000001b3;
            }
            else if (inWord)
            {
                return true;
            }
        }
        return inWord;
    }

    static bool IsOfWord(Rune rune) => Rune.IsLetterOrDigit(rune) || Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    static ulong Power(ulong value, int exponent)
    {
        ulong power = 1;
        for (int i = 0; i < exponent; i++) power *= value;
        return power;
    }

    static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 33)) * 0xff51afd7ed558ccd;
        value = (value ^ (value >> 33)) * 0xc4ceb9fe1a85ec53;
        return value ^ (value >> 33);
    }
}

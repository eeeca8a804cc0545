using System.Diagnostics.CodeAnalysis;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// The byte-level alphabet of GPT-2: one printable character for each byte, so that a vocabulary file is text.
/// Printable Latin-1 bytes stand for themselves; the other 68, in ascending order, are U+0100 to U+0143.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] Characters = BuildCharacters();
    private static readonly short[] Bytes = BuildBytes();

    /// <summary>The 256 characters in the order of their code points, which is the order of the lowest ids of a trained vocabulary.</summary>
    public static IEnumerable<char> Ordered => Characters.Order();

    public static char ToCharacter(byte value) => Characters[value];

    public static byte ToByte(char character) => (byte)Bytes[character];

    /// <summary>Spells bytes in the alphabet.</summary>
    public static string Spell(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, static (characters, source) =>
    {
        for (int i = 0; i < source.Length; i++)
            characters[i] = Characters[source[i]];
    });

    /// <summary>Reads the bytes that a token spells; false when it holds a character outside the alphabet.</summary>
    public static bool TryRead(string token, [NotNullWhen(true)] out byte[]? bytes)
    {
        bytes = null;
        byte[] read = new byte[token.Length];
        for (int i = 0; i < read.Length; i++)
        {
            char character = token[i];
            if (character >= Bytes.Length || Bytes[character] < 0)
                return false;
            read[i] = (byte)Bytes[character];
        }

        bytes = read;
        return true;
    }

    private static char[] BuildCharacters()
    {
        char[] characters = new char[256];
        char next = '\u0100';
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is (>= 0x21 and <= 0x7E) or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);
            characters[value] = printable ? (char)value : next++;
        }

        return characters;
    }

    private static short[] BuildBytes()
    {
        short[] bytes = new short[Characters.Max() + 1];
        Array.Fill(bytes, (short)-1);
        for (int value = 0; value < 256; value++)
            bytes[Characters[value]] = (short)value;
        return bytes;
    }
}

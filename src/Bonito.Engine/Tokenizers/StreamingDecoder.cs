using System.Text;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// Decodes one token at a time and never splits a character: bytes wait until the character they belong to is complete.
/// What all calls return together is what <see cref="Tokenizer.Decode"/> returns. One per sequence; not thread-safe.
/// </summary>
public sealed class StreamingDecoder(Tokenizer tokenizer)
{
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private bool begun;

    /// <summary>The text that this token completes; empty for a special token or the middle of a character.</summary>
    /// <exception cref="EngineException">The id has no token.</exception>
    public string Push(int id) => tokenizer.IsSpecial(id) ? "" : Convert(tokenizer.BytesOf(id), flush: false);

    /// <summary>What is left, as U+FFFD where a character stayed incomplete. The decoder is then as new.</summary>
    public string Flush() => Convert([], flush: true);

    private string Convert(ReadOnlySpan<byte> bytes, bool flush)
    {
        Span<char> small = stackalloc char[64];
        int capacity = Encoding.UTF8.GetMaxCharCount(bytes.Length);
        Span<char> characters = capacity <= small.Length ? small : new char[capacity];
        characters = characters[..decoder.GetChars(bytes, characters, flush)];
        if (!begun && tokenizer.StripsLeadingSpace && characters is [' ', ..])
            characters = characters[1..];
        begun |= bytes.Length > 0;
        begun &= !flush;
        return new string(characters);
    }
}

using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Bonito.Engine.Tokenizers;

/// <summary>Byte-level byte-pair encoding, as GPT-2 has it: text becomes words, words become bytes, bytes are merged to tokens.</summary>
internal sealed class ByteLevelModel : TokenModel
{
    private readonly WordScanner words;
    private readonly bool addPrefixSpace;
    private readonly bool ignoreMerges;
    private readonly int[] byteIds;
    private readonly MergeTable merges;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> vocabulary;
    private readonly IReadOnlySet<int> special;

    /// <param name="words">Where words end.</param>
    /// <param name="addPrefixSpace">Whether text that begins without a space gets one.</param>
    /// <param name="ignoreMerges">Whether a word that is a token becomes that token, whatever the merges say.</param>
    /// <param name="vocabulary">Tokens in the byte-level alphabet, all 256 single bytes among them.</param>
    /// <param name="merges">The merges; the joined token of each is in the vocabulary.</param>
    /// <param name="special">Ids that text must never turn into.</param>
    public ByteLevelModel(
        WordScanner words, bool addPrefixSpace, bool ignoreMerges,
        Dictionary<string, int> vocabulary, MergeTable merges, IReadOnlySet<int> special)
    {
        this.words = words;
        this.addPrefixSpace = addPrefixSpace;
        this.ignoreMerges = ignoreMerges;
        this.merges = merges;
        this.special = special;
        this.vocabulary = vocabulary.GetAlternateLookup<ReadOnlySpan<char>>();
        byteIds = [.. Enumerable.Range(0, 256).Select(value => vocabulary[ByteAlphabet.ToCharacter((byte)value).ToString()])];
    }

    public override bool StripsLeadingSpace => false;

    public override void Encode(ReadOnlySpan<char> text, bool first, List<int> destination)
    {
        if (addPrefixSpace && text[0] != ' ')
            text = string.Concat(" ", text);

        while (text.Length > 0)
        {
            int length = words.FirstWordLength(text);
            EncodeWord(text[..length], destination);
            text = text[length..];
        }
    }

    // An added token may hold text that is not in the alphabet.
    public override byte[] BytesOf(string token) =>
        ByteAlphabet.TryRead(token, out byte[]? bytes) ? bytes : Encoding.UTF8.GetBytes(token);

    protected override void EncodeUncached(ReadOnlySpan<char> word, List<int> destination)
    {
        byte[]? rented = null;
        int capacity = Encoding.UTF8.GetMaxByteCount(word.Length);
        Span<byte> utf8 = capacity <= 256 ? stackalloc byte[256] : rented = ArrayPool<byte>.Shared.Rent(capacity);
        utf8 = utf8[..Encoding.UTF8.GetBytes(word, utf8)];

        if (ignoreMerges && vocabulary.TryGetValue(ByteAlphabet.Spell(utf8), out int id) && !special.Contains(id))
        {
            destination.Add(id);
        }
        else
        {
            int before = destination.Count;
            CollectionsMarshal.SetCount(destination, before + utf8.Length);
            Span<int> symbols = CollectionsMarshal.AsSpan(destination)[before..];
            for (int i = 0; i < utf8.Length; i++)
                symbols[i] = byteIds[utf8[i]];
            merges.Apply(destination, before);
        }

        if (rented is not null)
            ArrayPool<byte>.Shared.Return(rented);
    }
}

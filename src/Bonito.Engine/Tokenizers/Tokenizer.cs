using System.Runtime.InteropServices;
using System.Text;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// Byte-level byte-pair encoding as GPT-2 does it: text becomes words, words become bytes, bytes are merged to tokens.
/// Every text can be encoded, and decoding gives it back exactly. Immutable, and safe to use from several threads.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenizerFile _file;
    private readonly Vocabulary _vocabulary;
    private readonly BytePairModel _model;
    private readonly WordCache _cache = new();
    private readonly HashSet<int> _special;
    private readonly AddedTokenFinder _allAdded;
    private readonly AddedTokenFinder _ordinaryAdded;

    internal Tokenizer(TokenizerFile file)
    {
        _file = file;
        _special = [.. file.AddedTokens.Where(token => token.Special).Select(token => token.Id)];
        _vocabulary = new Vocabulary(file.Vocabulary, file.AddedTokens);
        _model = new BytePairModel(file.Vocabulary, file.Merges, file.IgnoreMerges, _special);
        _allAdded = new AddedTokenFinder(file.AddedTokens);
        _ordinaryAdded = new AddedTokenFinder(file.AddedTokens.Where(token => !token.Special));
    }

    /// <summary>The highest id plus one, added tokens included: how many rows an embedding needs.</summary>
    public int VocabularySize => _vocabulary.Size;

    /// <summary>The added tokens, special ones among them, in the order of the file.</summary>
    public IReadOnlyList<AddedToken> AddedTokens => _file.AddedTokens;

    /// <summary>Reads a <c>tokenizer.json</c>.</summary>
    /// <exception cref="EngineException">
    /// The file cannot be read, is malformed, or asks for something other than byte-level BPE with the GPT-2 words;
    /// the message names the field.
    /// </exception>
    public static Tokenizer Load(string path) => new(TokenizerReader.Read(path));

    /// <summary>
    /// Writes a <c>tokenizer.json</c> that Hugging Face <c>tokenizers</c> loads. The file appears whole or not at all,
    /// and replaces one that is there.
    /// </summary>
    /// <exception cref="EngineException">The file cannot be written.</exception>
    public void Save(string path) => TokenizerWriter.Write(_file, path);

    /// <summary>The id of a vocabulary token (in the byte-level alphabet) or of an added token; null when there is none.</summary>
    public int? TokenToId(string token) => _vocabulary.IdOf(token);

    /// <summary>The token of an id as the file spells it; null when there is none.</summary>
    public string? IdToToken(int id) => _vocabulary.TokenOf(id);

    /// <summary>Turns text into ids; adds no token before or after. A lone surrogate is encoded as U+FFFD.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="allowSpecial">
    /// Whether special tokens that the text spells become their ids. Leave it false for text from outside: a document
    /// that says "&lt;/s&gt;" must not end the sequence. Other added tokens are always recognised.
    /// </param>
    public int[] Encode(string text, bool allowSpecial = false)
    {
        var ids = new List<int>(text.Length / 4 + 8);
        Encode(text, ids, allowSpecial);
        return [.. ids];
    }

    /// <summary>Appends the ids of the text to a list; see <see cref="Encode(string, bool)"/>.</summary>
    public void Encode(ReadOnlySpan<char> text, List<int> destination, bool allowSpecial = false)
    {
        AddedTokenFinder finder = allowSpecial ? _allAdded : _ordinaryAdded;
        while (finder.Find(text, out int start) is { } token)
        {
            EncodeOrdinary(text[..start], destination);
            destination.Add(token.Id);
            text = text[(start + token.Content.Length)..];
        }

        EncodeOrdinary(text, destination);
    }

    /// <summary>Turns ids into text. Bytes that are not UTF-8 become U+FFFD.</summary>
    /// <param name="ids">Ids of this tokenizer.</param>
    /// <param name="skipSpecial">Whether special tokens are left out.</param>
    /// <exception cref="EngineException">An id has no token.</exception>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = true)
    {
        var bytes = new List<byte>(ids.Length * 4);
        foreach (int id in ids)
        {
            if (!skipSpecial || !IsSpecial(id))
                bytes.AddRange(BytesOf(id));
        }

        return Encoding.UTF8.GetString(CollectionsMarshal.AsSpan(bytes));
    }

    internal bool IsSpecial(int id) => _special.Contains(id);

    internal ReadOnlySpan<byte> BytesOf(int id) => _vocabulary.BytesOf(id);

    private void EncodeOrdinary(ReadOnlySpan<char> text, List<int> destination)
    {
        if (_file.AddPrefixSpace && text.Length > 0 && text[0] != ' ')
            text = string.Concat(" ", text);

        while (text.Length > 0)
        {
            int length = WordScanner.FirstWordLength(text);
            EncodeWord(text[..length], destination);
            text = text[length..];
        }
    }

    private void EncodeWord(ReadOnlySpan<char> word, List<int> destination)
    {
        if (word.Length > WordCache.LongestWord)
        {
            _model.Encode(word, destination);
            return;
        }

        ReadOnlySpan<int> ids = _cache.Find(word, out int slot);
        if (ids.IsEmpty)
        {
            int before = destination.Count;
            _model.Encode(word, destination);
            _cache.Store(slot, word, CollectionsMarshal.AsSpan(destination)[before..]);
        }
        else if (ids.Length == 1)
        {
            destination.Add(ids[0]);
        }
        else
        {
            destination.AddRange(ids);
        }
    }
}

using System.Runtime.InteropServices;
using System.Text;
using Bonito.Engine.Checkpoints;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// Byte-pair encoding over bytes (GPT-2, Llama 3, Qwen2) or over characters with byte fallback (SentencePiece: Llama 2,
/// Mistral). Every text can be encoded, and unless a normalizer changes it decoding gives it back exactly; only visible
/// spaces (U+2581) come back as spaces from the latter. Immutable, and safe to use from several threads.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenizerFile file;
    private readonly Pipeline pipeline;
    private readonly Vocabulary vocabulary;
    private readonly HashSet<int> special;
    private readonly AddedTokens all;
    private readonly AddedTokens ordinary;

    internal Tokenizer(TokenizerFile file)
    {
        this.file = file;
        special = [.. file.AddedTokens.Where(token => token.Special).Select(token => token.Id)];
        pipeline = PipelineReader.Read(file);
        vocabulary = new Vocabulary(file.Vocabulary, file.AddedTokens, pipeline.Model.BytesOf);
        all = new AddedTokens(file.AddedTokens, pipeline.Normalizer);
        ordinary = new AddedTokens(file.AddedTokens.Where(token => !token.Special), pipeline.Normalizer);
    }

    /// <summary>The highest id plus one, added tokens included: how many rows an embedding needs.</summary>
    public int VocabularySize => vocabulary.Size;

    /// <summary>The added tokens, special ones among them, in the order of the file.</summary>
    public IReadOnlyList<AddedToken> AddedTokens => file.AddedTokens;

    /// <summary>The ids that begin a sequence as the file says it: BOS, or none.</summary>
    public IReadOnlyList<int> Beginning => pipeline.Beginning;

    /// <summary>The ids that end a sequence as the file says it; most have none.</summary>
    public IReadOnlyList<int> End => pipeline.End;

    internal bool StripsLeadingSpace => pipeline.Model.StripsLeadingSpace;

    /// <summary>
    /// Reads the tokenizer of a model: a <c>tokenizer.json</c>, a SentencePiece <c>tokenizer.model</c>, a <c>.gguf</c> file, or
    /// a folder with one of the first two.
    /// </summary>
    /// <exception cref="EngineException">
    /// The file cannot be read, is malformed, or asks for something that is not done here; the message names the field.
    /// </exception>
    public static Tokenizer Load(string path) => TokenizerLoader.Load(path);

    /// <summary>The tokenizer that a GGUF file carries.</summary>
    /// <param name="metadata">What the file says.</param>
    /// <param name="source">The file, for messages.</param>
    /// <exception cref="EngineException">The metadata has no tokenizer, or one that is not done here.</exception>
    public static Tokenizer Read(GgufMetadata metadata, string source) => Create(GgufVocabulary.Read(metadata, source));

    /// <summary>Makes a tokenizer from the values of a GGUF file.</summary>
    /// <exception cref="EngineException">The values do not make a tokenizer; the message names the key.</exception>
    public static Tokenizer Create(GgufVocabulary vocabulary) => new(GgufTokenizer.Read(vocabulary));

    /// <summary>
    /// Writes a <c>tokenizer.json</c> that Hugging Face <c>tokenizers</c> loads. The file appears whole or not at all,
    /// and replaces one that is there.
    /// </summary>
    /// <exception cref="EngineException">The file cannot be written.</exception>
    public void Save(string path) => TokenizerWriter.Write(file, path);

    /// <summary>The id of a vocabulary token (as its file spells it) or of an added token; null when there is none.</summary>
    public int? TokenToId(string token) => vocabulary.IdOf(token);

    /// <summary>The token of an id as the file spells it; null when there is none.</summary>
    public string? IdToToken(int id) => vocabulary.TokenOf(id);

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

    /// <summary>The same between the tokens that begin and end a sequence.</summary>
    /// <param name="allowSpecial">As in <see cref="Encode(string, bool)"/>.</param>
    public int[] EncodeSequence(string text, bool allowSpecial = false)
    {
        List<int> ids = [.. Beginning];
        Encode(text, ids, allowSpecial);
        ids.AddRange(End);
        return [.. ids];
    }

    /// <summary>Appends the ids of the text to a list; see <see cref="Encode(string, bool)"/>.</summary>
    public void Encode(ReadOnlySpan<char> text, List<int> destination, bool allowSpecial = false)
    {
        AddedTokens tokens = allowSpecial ? all : ordinary;
        int at = 0;
        while (tokens.InText.Find(text, at, out int start, out int end) is { } token)
        {
            EncodeBetween(text[at..start], first: at == 0, tokens, destination);
            destination.Add(token.Id);
            at = end;
        }

        EncodeBetween(text[at..], first: at == 0, tokens, destination);
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

        ReadOnlySpan<byte> utf8 = CollectionsMarshal.AsSpan(bytes);
        return Encoding.UTF8.GetString(StripsLeadingSpace && utf8 is [(byte)' ', ..] ? utf8[1..] : utf8);
    }

    internal bool IsSpecial(int id) => special.Contains(id);

    internal ReadOnlySpan<byte> BytesOf(int id) => vocabulary.BytesOf(id);

    private void EncodeBetween(ReadOnlySpan<char> text, bool first, AddedTokens tokens, List<int> destination)
    {
        if (pipeline.Normalizer is not null && text.Length > 0)
            text = pipeline.Normalizer.Apply(text.ToString());

        int at = 0;
        while (tokens.InNormalized.Find(text, at, out int start, out int end) is { } token)
        {
            EncodeOrdinary(text[at..start], first && at == 0, destination);
            destination.Add(token.Id);
            at = end;
        }

        EncodeOrdinary(text[at..], first && at == 0, destination);
    }

    private void EncodeOrdinary(ReadOnlySpan<char> text, bool first, List<int> destination)
    {
        if (text.Length > 0)
            pipeline.Model.Encode(text, first, destination);
    }
}

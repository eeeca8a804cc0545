using System.Buffers;
using System.Text;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// Byte-pair encoding over characters, as SentencePiece has it: the space is a visible character, and a character without
/// a token becomes the tokens of its bytes, or the unknown token.
/// </summary>
/// <remarks>
/// Nothing cuts the text into words, and merging whole documents would be slow. But where no merge of the vocabulary joins
/// a character and a visible space after it, no token reaches across such a place: cut there, the text has the same tokens.
/// </remarks>
internal sealed class PieceModel : TokenModel
{
    private const int NoToken = -1;

    private readonly PieceSettings settings;
    private readonly MergeTable merges;
    private readonly int[] characterIds = new int[char.MaxValue + 1];
    private readonly Dictionary<int, int> supplementaryIds = [];
    private readonly int[] byteIds = new int[256];
    private readonly int unknown;
    private readonly bool spacesBeginWords;

    /// <param name="settings">What to do; with an unknown token, or byte fallback and all bytes in the vocabulary.</param>
    /// <param name="file">Vocabulary and merges.</param>
    /// <param name="merges">The merges of the file as a table.</param>
    /// <param name="special">Ids that text must never turn into.</param>
    public PieceModel(PieceSettings settings, TokenizerFile file, MergeTable merges, IReadOnlySet<int> special)
    {
        this.settings = settings;
        this.merges = merges;
        unknown = settings.Unknown ?? NoToken;
        Array.Fill(characterIds, NoToken);
        Array.Fill(byteIds, NoToken);
        foreach ((string token, int id) in file.Vocabulary)
        {
            if (settings.ByteFallback && ByteToken.TryRead(token, out byte value))
                byteIds[value] = id;
            else if (!special.Contains(id))
                AddCharacter(token, id);
        }

        spacesBeginWords = characterIds[Metaspace.Space] != NoToken && !JoinsSpaceBehindOther(file);
    }

    public override bool StripsLeadingSpace => settings.StripsLeadingSpace;

    public override void Encode(ReadOnlySpan<char> text, bool first, List<int> destination)
    {
        if (settings.Metaspace is not null)
            text = settings.Metaspace.Apply(text, first);

        while (text.Length > 0)
        {
            int length = FirstWordLength(text);
            EncodeWord(text[..length], destination);
            text = text[length..];
        }
    }

    public override byte[] BytesOf(string token) =>
        settings.ByteFallback && ByteToken.TryRead(token, out byte value) ? [value] : Encoding.UTF8.GetBytes(token.Replace(Metaspace.Space, ' '));

    protected override void EncodeUncached(ReadOnlySpan<char> word, List<int> destination)
    {
        int before = destination.Count;
        Span<byte> utf8 = stackalloc byte[4];
        while (word.Length > 0)
        {
            int id = characterIds[word[0]];
            int length = 1;
            if (id == NoToken)
            {
                // A lone surrogate is decoded as U+FFFD, which may be a token.
                Rune.DecodeFromUtf16(word, out Rune rune, out length);
                if (rune.IsBmp)
                    id = characterIds[rune.Value];
                else if (!supplementaryIds.TryGetValue(rune.Value, out id))
                    id = NoToken;
                if (id == NoToken)
                    AddBytes(utf8[..rune.EncodeToUtf8(utf8)], before, destination);
            }

            if (id != NoToken)
                destination.Add(id);
            word = word[length..];
        }

        merges.Apply(destination, before);
    }

    private int FirstWordLength(ReadOnlySpan<char> text)
    {
        if (settings.Metaspace is { Split: true })
            return text[1..].IndexOf(Metaspace.Space) is >= 0 and int space ? space + 1 : text.Length;
        if (!spacesBeginWords)
            return text.Length;

        int run = text.IndexOfAnyExcept(Metaspace.Space);
        if (run < 0)
            return text.Length;
        int next = text[run..].IndexOf(Metaspace.Space);
        return next < 0 ? text.Length : run + next;
    }

    private void AddBytes(ReadOnlySpan<byte> utf8, int before, List<int> destination)
    {
        foreach (byte value in utf8)
        {
            if (byteIds[value] == NoToken)
            {
                if (!(settings.FuseUnknown && destination.Count > before && destination[^1] == unknown))
                    destination.Add(unknown);
                return;
            }
        }

        foreach (byte value in utf8)
            destination.Add(byteIds[value]);
    }

    private void AddCharacter(string token, int id)
    {
        if (Rune.DecodeFromUtf16(token, out Rune rune, out int length) != OperationStatus.Done || length != token.Length)
            return;
        if (rune.IsBmp)
            characterIds[rune.Value] = id;
        else
            supplementaryIds[rune.Value] = id;
    }

    private static bool JoinsSpaceBehindOther(TokenizerFile file)
    {
        HashSet<int> results = [.. file.Merges.Select(merge => merge.Result)];
        return file.Vocabulary.Any(entry => results.Contains(entry.Value) &&
            entry.Key.AsSpan().TrimStart(Metaspace.Space).Contains(Metaspace.Space));
    }
}

using System.Text.Json;

namespace Bonito.Engine.Tokenizers;

/// <summary>Puts the tokenizer of a GGUF file in the terms of a <c>tokenizer.json</c>.</summary>
internal static class GgufTokenizer
{
    private const string Nfc = """{"type": "NFC"}""";

    public static TokenizerFile Read(GgufVocabulary vocabulary)
    {
        CheckLength(vocabulary, "scores", vocabulary.Scores?.Count);
        CheckLength(vocabulary, "token_type", vocabulary.Types?.Count);
        if (vocabulary.Tokens.Count is 0 or > TokenizerFile.IdLimit)
            throw Trouble(vocabulary, "tokens", $"1 to {TokenizerFile.IdLimit} tokens", $"{vocabulary.Tokens.Count}");
        return vocabulary.Model switch
        {
            "llama" => Pieces(vocabulary).ToFile(),
            "gpt2" => ByteLevel(vocabulary),
            _ => throw Trouble(vocabulary, "model", "\"llama\" (SentencePiece BPE) or \"gpt2\" (byte-level BPE), the ones that are known here", $"\"{vocabulary.Model}\""),
        };
    }

    private static SentencePieces Pieces(GgufVocabulary vocabulary)
    {
        if (vocabulary.Scores is not { } scores)
            throw Trouble(vocabulary, "scores", "a score for each token", "none");
        (string, float, PieceType)[] pieces = [.. vocabulary.Tokens.Select((token, id) => (token, scores[id], TypeOf(vocabulary, id)))];
        return new SentencePieces(
            vocabulary.Source, pieces, vocabulary.AddSpacePrefix ?? true,
            vocabulary.AddBosToken ?? true ? vocabulary.BosTokenId : null, vocabulary.AddEosToken ?? false ? vocabulary.EosTokenId : null);
    }

    private static TokenizerFile ByteLevel(GgufVocabulary vocabulary)
    {
        (IReadOnlyList<(string, JsonElement)> settings, bool ignoreMerges, bool addBos) = vocabulary.Pre switch
        {
            null or "default" or "gpt-2" or "gpt2" => (StandardSettings.Gpt2, false, false),
            "llama-bpe" or "llama3" or "llama-v3" => (StandardSettings.Split(Llama3Words.Expression, "null"), true, true),
            "qwen2" or "deepseek-r1-qwen" => (StandardSettings.Split(Llama3Words.QwenExpression, Nfc), false, false),
            "smollm" or "starcoder" => (StandardSettings.Gpt2DigitsApart, false, false),
            _ => throw Trouble(vocabulary, "pre", "default, gpt-2, llama-bpe, qwen2, smollm or starcoder, the ones that are known here", $"\"{vocabulary.Pre}\""),
        };
        var ids = new Dictionary<string, int>(vocabulary.Tokens.Count, StringComparer.Ordinal);
        var added = new List<AddedToken>();
        for (int id = 0; id < vocabulary.Tokens.Count; id++)
        {
            string token = vocabulary.Tokens[id];
            if (token.Length == 0 || !ids.TryAdd(token, id))
                throw Trouble(vocabulary, $"tokens[{id}]", "text that no other token has", $"\"{token}\"");
            PieceType type = TypeOf(vocabulary, id);
            if (type is PieceType.Control or PieceType.Unknown or PieceType.UserDefined)
                added.Add(new AddedToken(id, token, Special: type != PieceType.UserDefined));
        }

        if (vocabulary.Merges is not { } merges)
            throw Trouble(vocabulary, "merges", "the merges by rank", "none");
        var list = new MergeList(ids, merges.Count);
        for (int rank = 0; rank < merges.Count; rank++)
            Add(vocabulary, merges[rank], rank, list);
        return new TokenizerFile(
            vocabulary.Source, ids, list.Merges, Ranks: null, added,
            StandardSettings.WithTemplate(
                settings,
                vocabulary.AddBosToken ?? addBos ? Special(vocabulary, "bos_token_id", vocabulary.BosTokenId, added) : null,
                vocabulary.AddEosToken ?? false ? Special(vocabulary, "eos_token_id", vocabulary.EosTokenId, added) : null),
            StandardSettings.Model(ignoreMerges: ignoreMerges));
    }

    private static void Add(GgufVocabulary vocabulary, string merge, int rank, MergeList list)
    {
        string[] parts = merge.Split(' ');
        if (parts.Length != 2)
            throw Trouble(vocabulary, $"merges[{rank}]", "\"left right\"", $"\"{merge}\"");
        if (list.Add(parts[0], parts[1]) is { } trouble)
            throw Trouble(vocabulary, $"merges[{rank}]", trouble.Expected, $"\"{merge}\", {trouble.Got}");
    }

    private static AddedToken Special(GgufVocabulary vocabulary, string key, int? id, List<AddedToken> added) =>
        added.Find(token => token.Id == id) ?? throw Trouble(vocabulary, key, "the id of a control token", id is null ? "none" : $"{id}");

    private static PieceType TypeOf(GgufVocabulary vocabulary, int id)
    {
        PieceType type = vocabulary.Types is null ? PieceType.Normal : (PieceType)vocabulary.Types[id];
        return Enum.IsDefined(type) ? type : throw Trouble(vocabulary, $"token_type[{id}]", "a type from 1 to 6", $"{(int)type}");
    }

    private static void CheckLength(GgufVocabulary vocabulary, string key, int? count)
    {
        if (count is not null && count != vocabulary.Tokens.Count)
            throw Trouble(vocabulary, key, $"{vocabulary.Tokens.Count}, one for each token", $"{count}");
    }

    private static EngineException Trouble(GgufVocabulary vocabulary, string key, string expected, string got) =>
        new($"Cannot read the tokenizer of {vocabulary.Source}: tokenizer.ggml.{key}: expected {expected}, got {got}.");
}

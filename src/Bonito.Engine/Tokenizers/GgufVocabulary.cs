using Bonito.Engine.Checkpoints;

namespace Bonito.Engine.Tokenizers;

/// <summary>What the metadata of a GGUF file says about its tokenizer, under <c>tokenizer.ggml</c>. Null: the file does not say it.</summary>
public sealed record GgufVocabulary
{
    /// <summary>The file, for messages.</summary>
    public required string Source { get; init; }

    /// <summary><c>model</c>: "llama" for SentencePiece, "gpt2" for byte-level BPE.</summary>
    public required string Model { get; init; }

    /// <summary><c>pre</c>: the name of the expression that cuts text into words, for byte-level BPE.</summary>
    public string? Pre { get; init; }

    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>One for each token, for SentencePiece: the piece with the highest is made first.</summary>
    public IReadOnlyList<float>? Scores { get; init; }

    /// <summary><c>token_type</c>, one for each token: 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte. All are normal when null.</summary>
    public IReadOnlyList<int>? Types { get; init; }

    /// <summary>The merges by rank as "left right", for byte-level BPE.</summary>
    public IReadOnlyList<string>? Merges { get; init; }

    /// <summary>Whether text gets a space before it, for SentencePiece; yes when null.</summary>
    public bool? AddSpacePrefix { get; init; }

    /// <summary>Whether a sequence begins with BOS; when null: with SentencePiece and Llama 3.</summary>
    public bool? AddBosToken { get; init; }

    /// <summary>Whether a sequence ends with EOS; no when null.</summary>
    public bool? AddEosToken { get; init; }

    public int? BosTokenId { get; init; }

    public int? EosTokenId { get; init; }

    /// <summary>Collects the values from the metadata of a file.</summary>
    /// <exception cref="EngineException">A value is missing that every tokenizer needs, or of the wrong type.</exception>
    public static GgufVocabulary Read(GgufMetadata metadata, string source) => new()
    {
        Source = source,
        Model = metadata.String("tokenizer.ggml.model"),
        Pre = metadata.FindString("tokenizer.ggml.pre"),
        Tokens = metadata.FindStrings("tokenizer.ggml.tokens") ??
            throw new EngineException($"Cannot read the tokenizer of {source}: expected metadata tokenizer.ggml.tokens, got none."),
        Scores = metadata.FindSingles("tokenizer.ggml.scores"),
        Types = metadata.FindIntegers("tokenizer.ggml.token_type"),
        Merges = metadata.FindStrings("tokenizer.ggml.merges"),
        AddSpacePrefix = metadata.FindBoolean("tokenizer.ggml.add_space_prefix"),
        AddBosToken = metadata.FindBoolean("tokenizer.ggml.add_bos_token"),
        AddEosToken = metadata.FindBoolean("tokenizer.ggml.add_eos_token"),
        BosTokenId = metadata.FindCount("tokenizer.ggml.bos_token_id"),
        EosTokenId = metadata.FindCount("tokenizer.ggml.eos_token_id"),
    };
}

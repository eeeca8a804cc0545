using System.Text.Json;
using Bonito.Engine.Checkpoints;

namespace Bonito.Engine.Models;

/// <summary>
/// The shape of a decoder of the Llama family, its members named as the keys of Hugging Face's <c>config.json</c>.
/// </summary>
public sealed record LlamaConfig
{
    public Architecture Architecture { get; init; }

    /// <summary>V</summary>
    public required int VocabSize { get; init; }

    /// <summary>C</summary>
    public required int HiddenSize { get; init; }

    /// <summary>F</summary>
    public required int IntermediateSize { get; init; }

    public required int NumHiddenLayers { get; init; }

    /// <summary>H</summary>
    public required int NumAttentionHeads { get; init; }

    /// <summary>K</summary>
    public required int NumKeyValueHeads { get; init; }

    /// <summary>Set where it is not <see cref="HiddenSize"/> / <see cref="NumAttentionHeads"/>; <see cref="HeadWidth"/> is the width in any case.</summary>
    public int? HeadDim { get; init; }

    /// <summary>The window: tokens that a sequence can have.</summary>
    public required int MaxPositionEmbeddings { get; init; }

    public float RmsNormEps { get; init; } = 1e-5f;

    public double RopeTheta { get; init; } = 10_000;

    public RopeScaling? RopeScaling { get; init; }

    /// <summary>
    /// Whether rotary positions turn elements 2i and 2i + 1 of a head, as the files that Meta and, for Llama and Mistral, GGUF store
    /// want it, instead of i and i + D / 2. Not a key of <c>config.json</c>.
    /// </summary>
    public bool RotaryInterleaved { get; init; }

    /// <summary>Biases of queries, keys, values and the attention's output (Llama, Qwen3). Qwen2's are given with the architecture.</summary>
    public bool AttentionBias { get; init; }

    /// <summary>Biases of the feed-forward layers (Llama).</summary>
    public bool MlpBias { get; init; }

    /// <summary>How many of the latest tokens, itself included, a token attends to in the layers from <see cref="MaxWindowLayers"/> on; null is all.</summary>
    public int? SlidingWindow { get; init; }

    /// <summary>The first layer with a sliding window. (Hugging Face's name, which says something else.)</summary>
    public int MaxWindowLayers { get; init; }

    public bool TieWordEmbeddings { get; init; }

    public int? BosTokenId { get; init; }

    /// <summary>Tokens any of which ends a text.</summary>
    public TokenIds EosTokenIds { get; init; }

    /// <summary>The first of <see cref="EosTokenIds"/>, the one to end a text with when training.</summary>
    public int? EosTokenId
    {
        get => EosTokenIds.First;
        init => EosTokenIds = value is int id ? [id] : [];
    }

    /// <summary>D, the width of a head.</summary>
    public int HeadWidth => HeadDim ?? HiddenSize / NumAttentionHeads;

    /// <summary>H * D</summary>
    public int QueryWidth => NumAttentionHeads * HeadWidth;

    /// <summary>K * D</summary>
    public int KeyValueWidth => NumKeyValueHeads * HeadWidth;

    public bool HasQueryKeyValueBias => AttentionBias || Architecture == Architecture.Qwen2;

    public bool HasOutputBias => AttentionBias && Architecture != Architecture.Qwen2;

    /// <summary>Whether each head's query and key are normalised.</summary>
    public bool HasQueryKeyNorm => Architecture == Architecture.Qwen3;

    /// <summary>How many of the latest tokens, itself included, a token attends to in a layer.</summary>
    public int WindowOf(int layer) => SlidingWindow is int window && layer >= MaxWindowLayers ? window : int.MaxValue;

    /// <summary>Checks that the numbers make a model.</summary>
    /// <exception cref="EngineException">All troubles, one a line.</exception>
    public void Validate(string source)
    {
        List<string> troubles = [];
        void Positive(string name, int value)
        {
            if (value <= 0) troubles.Add($"{name} must be positive, got {value}");
        }
        Positive("vocab_size", VocabSize);
        Positive("hidden_size", HiddenSize);
        Positive("intermediate_size", IntermediateSize);
        Positive("num_hidden_layers", NumHiddenLayers);
        Positive("num_attention_heads", NumAttentionHeads);
        Positive("num_key_value_heads", NumKeyValueHeads);
        Positive("max_position_embeddings", MaxPositionEmbeddings);
        if (SlidingWindow is int window) Positive("sliding_window", window);
        if (MaxWindowLayers < 0) troubles.Add($"max_window_layers must not be negative, got {MaxWindowLayers}");
        if (troubles.Count == 0)
        {
            if (HeadDim is int width)
            {
                if (width <= 0 || width % 2 != 0) troubles.Add($"head_dim must be positive and even, got {width}");
            }
            else if (HiddenSize % NumAttentionHeads != 0 || HeadWidth % 2 != 0)
                troubles.Add($"hidden_size {HiddenSize} must be an even multiple of num_attention_heads {NumAttentionHeads}, where there is no head_dim");
            if (NumAttentionHeads % NumKeyValueHeads != 0)
                troubles.Add($"num_attention_heads {NumAttentionHeads} must be a multiple of num_key_value_heads {NumKeyValueHeads}");
            if ((long)NumAttentionHeads * HeadWidth > int.MaxValue) troubles.Add($"num_attention_heads {NumAttentionHeads} times head_dim {HeadWidth} is too large");
            if (!(RmsNormEps > 0)) troubles.Add($"rms_norm_eps must be positive, got {RmsNormEps}");
            if (!(RopeTheta > 0)) troubles.Add($"rope_theta must be positive, got {RopeTheta}");
            if (MlpBias && Architecture != Architecture.Llama) troubles.Add($"mlp_bias is for Llama, not {Architecture}");
            if (AttentionBias && Architecture is not (Architecture.Llama or Architecture.Qwen3)) troubles.Add($"attention_bias is for Llama and Qwen3, not {Architecture}");
            if (SlidingWindow != null && Architecture == Architecture.Llama) troubles.Add("sliding_window is not for Llama");
            if (MaxWindowLayers > 0 && Architecture is not (Architecture.Qwen2 or Architecture.Qwen3)) troubles.Add($"max_window_layers is for Qwen, not {Architecture}: all layers have the window");
            RopeScaling?.Check(troubles);
        }
        if (troubles.Count > 0) throw new EngineException($"{source} does not describe a model:\n  {string.Join("\n  ", troubles)}");
    }

    /// <summary>Reads <c>config.json</c>; refuses what this engine would compute otherwise than the model's authors.</summary>
    /// <exception cref="EngineException">All troubles, each with the key, its value and what is supported.</exception>
    public static LlamaConfig Load(string path)
    {
        string json;
        try
        {
            json = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"Cannot read the model's configuration {path}: {e.Message}", e);
        }
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            LlamaConfig config = LlamaConfigJson.Read(path, document.RootElement);
            config.Validate(path);
            return config;
        }
        catch (JsonException e)
        {
            throw new EngineException($"{path} is not a model's configuration: {e.Message}", e);
        }
    }

    /// <summary>Writes <c>config.json</c> so that Hugging Face's transformers loads the folder.</summary>
    /// <param name="dtype">How the weights are stored, in Hugging Face's words: <c>float32</c>, <c>float16</c>, <c>bfloat16</c>.</param>
    /// <exception cref="EngineException">The file cannot be written, or cannot say what the model is.</exception>
    public void Save(string path, string dtype)
    {
        if (RotaryInterleaved) throw new EngineException($"Cannot write {path}: in this model rotary positions turn neighbouring elements, which config.json cannot say. Reorder the rows of its query and key weights first.");
        if (RopeScaling is RopeScaling.Divided) throw new EngineException($"Cannot write {path}: config.json cannot hold divisors of rotary frequencies. Give the rope_scaling that they come from.");
        AtomicFile.Write(path, stream =>
        {
            using Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true });
            LlamaConfigJson.Write(writer, this, dtype);
        });
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Bonito.Engine.Checkpoints;

namespace Bonito.Engine.Models;

/// <summary>
/// The shape of a Llama-family decoder, named as in Hugging Face's <c>config.json</c> of LlamaForCausalLM.
/// </summary>
public sealed record LlamaConfig
{
    [JsonPropertyName("vocab_size")] public required int VocabSize { get; init; }

    [JsonPropertyName("hidden_size")] public required int HiddenSize { get; init; }

    [JsonPropertyName("intermediate_size")] public required int IntermediateSize { get; init; }

    [JsonPropertyName("num_hidden_layers")] public required int NumHiddenLayers { get; init; }

    [JsonPropertyName("num_attention_heads")] public required int NumAttentionHeads { get; init; }

    [JsonPropertyName("num_key_value_heads")] public required int NumKeyValueHeads { get; init; }

    [JsonPropertyName("max_position_embeddings")] public required int MaxPositionEmbeddings { get; init; }

    [JsonPropertyName("rms_norm_eps")] public float RmsNormEps { get; init; } = 1e-5f;

    [JsonPropertyName("rope_theta")] public double RopeTheta { get; init; } = 10_000;

    [JsonPropertyName("tie_word_embeddings")] public bool TieWordEmbeddings { get; init; }

    [JsonPropertyName("bos_token_id")] public int? BosTokenId { get; init; }

    [JsonPropertyName("eos_token_id")] public int? EosTokenId { get; init; }

    /// <summary>D, the width of a head.</summary>
    [JsonIgnore] public int HeadWidth => HiddenSize / NumAttentionHeads;

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
        if (troubles.Count == 0)
        {
            if (HiddenSize % NumAttentionHeads != 0 || HeadWidth % 2 != 0)
                troubles.Add($"hidden_size {HiddenSize} must be an even multiple of num_attention_heads {NumAttentionHeads}");
            if (NumAttentionHeads % NumKeyValueHeads != 0)
                troubles.Add($"num_attention_heads {NumAttentionHeads} must be a multiple of num_key_value_heads {NumKeyValueHeads}");
            if (!(RmsNormEps > 0)) troubles.Add($"rms_norm_eps must be positive, got {RmsNormEps}");
            if (!(RopeTheta > 0)) troubles.Add($"rope_theta must be positive, got {RopeTheta}");
        }
        if (troubles.Count > 0) throw new EngineException($"{source} does not describe a Llama model:\n  {string.Join("\n  ", troubles)}");
    }

    /// <summary>Reads <c>config.json</c>; refuses what this engine would compute wrongly (other architectures, scaled rotary embeddings, biases).</summary>
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
            Refuse(path, document.RootElement);
            LlamaConfig config = document.RootElement.Deserialize<LlamaConfig>() ?? throw new JsonException("null");
            config.Validate(path);
            return config;
        }
        catch (JsonException e)
        {
            throw new EngineException($"{path} is not a Llama configuration: {e.Message}", e);
        }
    }

    /// <summary>Writes <c>config.json</c> so that Hugging Face's transformers loads the folder.</summary>
    public void Save(string path, string dtype) => AtomicFile.Write(path, stream =>
    {
        using Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true });
        writer.WriteStartObject();
        writer.WriteStartArray("architectures");
        writer.WriteStringValue("LlamaForCausalLM");
        writer.WriteEndArray();
        writer.WriteString("model_type", "llama");
        writer.WriteString("hidden_act", "silu");
        writer.WriteBoolean("attention_bias", false);
        writer.WriteBoolean("mlp_bias", false);
        writer.WriteNumber("head_dim", HeadWidth);
        writer.WriteString("torch_dtype", dtype);
        foreach (JsonProperty property in JsonSerializer.SerializeToElement(this).EnumerateObject()) property.WriteTo(writer);
        writer.WriteEndObject();
    });

    static void Refuse(string path, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new EngineException($"{path} is not a Llama configuration: expected a JSON object, got {root.ValueKind}.");
        void Expect(string name, Func<JsonElement, bool> accepted, string wanted)
        {
            if (root.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null && !accepted(value))
                throw new EngineException($"{path}: this engine runs {name} = {wanted}, got {value.GetRawText()}.");
        }
        Expect("model_type", v => v.ValueKind == JsonValueKind.String && v.GetString() == "llama", "\"llama\"");
        Expect("hidden_act", v => v.ValueKind == JsonValueKind.String && v.GetString() is "silu" or "swish", "\"silu\"");
        Expect("attention_bias", v => v.ValueKind == JsonValueKind.False, "false");
        Expect("mlp_bias", v => v.ValueKind == JsonValueKind.False, "false");
        Expect("rope_scaling", _ => false, "null");
        if (root.TryGetProperty("head_dim", out JsonElement head) && head.TryGetInt32(out int width)
            && root.TryGetProperty("hidden_size", out JsonElement hidden) && root.TryGetProperty("num_attention_heads", out JsonElement heads)
            && hidden.TryGetInt32(out int h) && heads.TryGetInt32(out int n) && (long)width * n != h)
            throw new EngineException($"{path}: this engine runs head_dim = hidden_size / num_attention_heads = {(double)h / n}, got {width}.");
    }
}

using System.Text.Json;

namespace Bonito.Engine.Models;

/// <summary>
/// <see cref="LlamaConfig"/> as Hugging Face's <c>config.json</c>: read in the spellings of transformers 4 and 5 (<c>rope_scaling</c> or
/// <c>rope_parameters</c>, <c>torch_dtype</c> or <c>dtype</c>), written in the older one, which both read. Absent keys have the values
/// that transformers gives them.
/// </summary>
static class LlamaConfigJson
{
    const string Sliding = "sliding_attention", Full = "full_attention";

    static readonly Kind[] Kinds =
    [
        new(Architecture.Llama, "LlamaForCausalLM", "llama", 2048, null, null),
        new(Architecture.Mistral, "MistralForCausalLM", "mistral", 131072, 8, null),
        new(Architecture.Qwen2, "Qwen2ForCausalLM", "qwen2", 32768, 32, null),
        new(Architecture.Qwen3, "Qwen3ForCausalLM", "qwen3", 32768, 32, 128),
    ];

    /// <exception cref="EngineException">All troubles, one a line.</exception>
    public static LlamaConfig Read(string source, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object) throw new EngineException($"{source} is not a model's configuration: expected a JSON object, got {root.ValueKind}.");
        List<string> troubles = [];
        ConfigKeys keys = new(root, troubles);
        // What follows depends on the architecture: another one would only cause troubles that are none.
        Kind kind = FindKind(keys) ?? throw new EngineException($"{source}: this engine runs architectures {string.Join(", ", Kinds.Select(k => $"{k.Class} (model_type {k.ModelType})"))}; "
            + $"got architectures {keys.Find("architectures")?.GetRawText() ?? "null"}, model_type {keys.Find("model_type")?.GetRawText() ?? "null"}.");
        Refuse(keys, kind.Architecture);
        int layers = keys.Integer("num_hidden_layers"), hidden = keys.Integer("hidden_size"), heads = keys.Integer("num_attention_heads");
        int? width = keys.OptionalInteger("head_dim") ?? kind.HeadDim;
        int positions = keys.Integer("max_position_embeddings", kind.MaxPositionEmbeddings);
        ConfigKeys? rope = keys.Inside("rope_parameters");
        (int? window, int firstWindowed) = Windows(keys, kind.Architecture, layers, troubles);
        LlamaConfig config = new()
        {
            Architecture = kind.Architecture,
            VocabSize = keys.Integer("vocab_size"),
            HiddenSize = hidden,
            IntermediateSize = keys.Integer("intermediate_size"),
            NumHiddenLayers = layers,
            NumAttentionHeads = heads,
            NumKeyValueHeads = keys.Integer("num_key_value_heads", kind.KeyValueHeads ?? heads),
            HeadDim = width is int w && heads > 0 && (long)w * heads == hidden ? null : width,
            MaxPositionEmbeddings = positions,
            RmsNormEps = (float)keys.Number("rms_norm_eps", 1e-6),
            RopeTheta = rope != null && rope.Has("rope_theta") ? rope.Number("rope_theta") : keys.Number("rope_theta", 10_000),
            RopeScaling = RopeScalingJson.Read(rope ?? keys.Inside("rope_scaling"), positions),
            AttentionBias = kind.Architecture is Architecture.Llama or Architecture.Qwen3 && keys.Flag("attention_bias"),
            MlpBias = kind.Architecture == Architecture.Llama && keys.Flag("mlp_bias"),
            SlidingWindow = window,
            MaxWindowLayers = firstWindowed,
            TieWordEmbeddings = keys.Flag("tie_word_embeddings"),
            BosTokenId = keys.OptionalInteger("bos_token_id"),
            EosTokenIds = keys.Ids("eos_token_id"),
        };
        if (troubles.Count > 0) throw new EngineException($"{source} cannot be run:\n  {string.Join("\n  ", troubles)}");
        return config;
    }

    public static void Write(Utf8JsonWriter writer, LlamaConfig config, string dtype)
    {
        Kind kind = Kinds.Single(k => k.Architecture == config.Architecture);
        writer.WriteStartObject();
        writer.WriteStartArray("architectures");
        writer.WriteStringValue(kind.Class);
        writer.WriteEndArray();
        writer.WriteString("model_type", kind.ModelType);
        writer.WriteString("torch_dtype", dtype);
        writer.WriteNumber("vocab_size", config.VocabSize);
        writer.WriteNumber("hidden_size", config.HiddenSize);
        writer.WriteNumber("intermediate_size", config.IntermediateSize);
        writer.WriteNumber("num_hidden_layers", config.NumHiddenLayers);
        writer.WriteNumber("num_attention_heads", config.NumAttentionHeads);
        writer.WriteNumber("num_key_value_heads", config.NumKeyValueHeads);
        writer.WriteNumber("head_dim", config.HeadWidth);
        writer.WriteString("hidden_act", "silu");
        writer.WriteNumber("max_position_embeddings", config.MaxPositionEmbeddings);
        writer.WriteNumber("rms_norm_eps", config.RmsNormEps);
        writer.WriteNumber("rope_theta", config.RopeTheta);
        RopeScalingJson.Write(writer, config.RopeScaling);
        if (config.Architecture is Architecture.Llama or Architecture.Qwen3) writer.WriteBoolean("attention_bias", config.AttentionBias);
        if (config.Architecture == Architecture.Llama) writer.WriteBoolean("mlp_bias", config.MlpBias);
        WriteWindows(writer, config);
        writer.WriteBoolean("tie_word_embeddings", config.TieWordEmbeddings);
        if (config.BosTokenId is int bos) writer.WriteNumber("bos_token_id", bos);
        else writer.WriteNull("bos_token_id");
        WriteIds(writer, "eos_token_id", config.EosTokenIds);
        writer.WriteEndObject();
    }

    /// <summary>The architecture that <c>architectures</c> and <c>model_type</c> name; null where they name none, or two.</summary>
    static Kind? FindKind(ConfigKeys keys)
    {
        string? type = keys.Text("model_type");
        string[]? classes = keys.Texts("architectures");
        if (type == null && classes == null) return null;
        return Array.Find(Kinds, k => (type == null || type == k.ModelType) && (classes == null || classes is [string one] && one == k.Class));
    }

    static void Refuse(ConfigKeys keys, Architecture architecture)
    {
        if (keys.Text("hidden_act") is not (null or "silu" or "swish")) keys.Refuse("hidden_act", "\"silu\"");
        if (architecture == Architecture.Mistral && keys.Flag("attention_bias")) keys.Refuse("attention_bias", "false for MistralForCausalLM");
        if (architecture != Architecture.Llama && keys.Flag("mlp_bias")) keys.Refuse("mlp_bias", "true for LlamaForCausalLM only");
        if (architecture == Architecture.Llama) keys.Refuse("sliding_window", "null for LlamaForCausalLM");
        if (keys.Number("partial_rotary_factor", 1) != 1) keys.Refuse("partial_rotary_factor", "1");
        keys.Refuse("quantization_config", "weights of the types F32, F16 and BF16 and those of GGUF files, no quantization_config");
    }

    static (int? Window, int FirstLayer) Windows(ConfigKeys keys, Architecture architecture, int layers, List<string> troubles)
    {
        int? window = null;
        int first = 0;
        if (architecture == Architecture.Mistral) window = keys.OptionalInteger("sliding_window");
        else if (architecture != Architecture.Llama && keys.Flag("use_sliding_window"))
        {
            window = keys.Integer("sliding_window", 4096);
            first = keys.Integer("max_window_layers", 28);
        }
        if (keys.Texts("layer_types") is { } types)
        {
            first = Array.IndexOf(types, Sliding);
            bool ordered = first < 0 ? types.All(t => t == Full) : types.Take(first).All(t => t == Full) && types.Skip(first).All(t => t == Sliding);
            if (types.Length != layers || !ordered) keys.Refuse("layer_types", $"num_hidden_layers = {layers} entries, \"{Full}\" and after these \"{Sliding}\"");
            if (first < 0) window = null;
            else if (window == null) troubles.Add($"layer_types: has \"{Sliding}\", but no sliding_window is in use");
        }
        return window == null || first >= layers ? (null, 0) : (window, first);
    }

    static void WriteWindows(Utf8JsonWriter writer, LlamaConfig config)
    {
        if (config.Architecture == Architecture.Llama) return;
        bool qwen = config.Architecture != Architecture.Mistral;
        if (qwen)
        {
            writer.WriteBoolean("use_sliding_window", config.SlidingWindow != null);
            writer.WriteNumber("max_window_layers", config.SlidingWindow == null ? config.NumHiddenLayers : config.MaxWindowLayers);
        }
        if (config.SlidingWindow is int window) writer.WriteNumber("sliding_window", window);
        else writer.WriteNull("sliding_window");
    }

    static void WriteIds(Utf8JsonWriter writer, string key, TokenIds ids)
    {
        if (ids.Ids.Length == 0)
        {
            writer.WriteNull(key);
            return;
        }
        if (ids.Ids.Length == 1)
        {
            writer.WriteNumber(key, ids.Ids[0]);
            return;
        }
        writer.WriteStartArray(key);
        foreach (int id in ids) writer.WriteNumberValue(id);
        writer.WriteEndArray();
    }

    /// <summary>An architecture in Hugging Face's words, and what transformers takes for absent keys; null where that follows from others.</summary>
    sealed record Kind(Architecture Architecture, string Class, string ModelType, int MaxPositionEmbeddings, int? KeyValueHeads, int? HeadDim);
}

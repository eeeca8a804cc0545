using Bonito.Engine.Models;

namespace Bonito.Engine.Checkpoints;

/// <summary>A model's configuration as the metadata of a GGUF file, and back.</summary>
/// <remarks>Keys: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (the sections "LLM" and "Attention").</remarks>
internal static class GgufConfig
{
    public const string ArchitectureKey = "general.architecture";

    private static readonly (string Name, Architecture Architecture)[] Architectures =
        [("llama", Architecture.Llama), ("qwen2", Architecture.Qwen2), ("qwen3", Architecture.Qwen3)];

    /// <summary>Keys of members of these families that compute something else, and the value that changes nothing.</summary>
    private static readonly (string Key, float Neutral, string What)[] Refused =
    [
        ("expert_count", 0, "a mixture of experts"),
        ("attention.scale", 0, "an attention scale of its own"),
        ("attention.max_alibi_bias", 0, "ALiBi positions"),
        ("attention.clamp_kqv", 0, "clamped queries, keys and values"),
        ("attn_logit_softcapping", 0, "capped attention scores"),
        ("final_logit_softcapping", 0, "capped logits"),
        ("logit_scale", 1, "scaled logits"),
        ("embedding_scale", 1, "scaled embeddings"),
        ("residual_scale", 1, "scaled residuals"),
    ];

    private static readonly string[] EndKeys = ["tokenizer.ggml.eos_token_id", "tokenizer.ggml.eot_token_id", "tokenizer.ggml.eom_token_id"];

    /// <summary>Reads what the file says; refuses what this engine would compute otherwise than the model's authors.</summary>
    /// <exception cref="EngineException">What is missing, wrong or not supported.</exception>
    public static LlamaConfig Read(GgufFile file)
    {
        GgufMetadata metadata = file.Metadata;
        string name = metadata.String(ArchitectureKey), prefix = name + ".";
        if (Array.Find(Architectures, a => a.Name == name) is not ({ }, var architecture))
            throw new EngineException($"{file.Path}: the architecture is {ErrorText.Quote(name)}; this engine runs {string.Join(", ", Architectures.Select(a => a.Name))}.");
        if (!file.Tensors.TryGetValue(GgufNames.Embedding, out StoredTensor? embedding) || embedding.Shape is not [long vocabulary and <= int.MaxValue, _])
            throw new EngineException($"{file.Path}: expected a matrix '{GgufNames.Embedding}', got {(embedding is null ? "none: the file holds no weights" : ErrorText.Shape(embedding.Shape))}. Use the file of a whole model.");
        foreach ((string key, float neutral, string what) in Refused)
        {
            if (metadata.FindSingle(prefix + key) is float value && value != neutral)
                throw new EngineException($"{file.Path}: metadata '{prefix}{key}' is {value}; this engine does not run models with {what}.");
        }

        int heads = metadata.Count(prefix + "attention.head_count"), width = metadata.Count(prefix + "embedding_length");
        int positions = metadata.Count(prefix + "context_length");
        int? window = metadata.FindCount(prefix + "attention.sliding_window") is int w and > 0 ? w : null;
        // Mistral is Llama with a window; GGUF has no other word for it.
        if (architecture == Architecture.Llama && window is not null) architecture = Architecture.Mistral;
        var config = new LlamaConfig
        {
            Architecture = architecture,
            VocabSize = (int)vocabulary,
            HiddenSize = width,
            IntermediateSize = metadata.Count(prefix + "feed_forward_length"),
            NumHiddenLayers = metadata.Count(prefix + "block_count"),
            NumAttentionHeads = heads,
            NumKeyValueHeads = metadata.FindCount(prefix + "attention.head_count_kv") ?? heads,
            HeadDim = HeadDim(file, prefix, width, heads),
            MaxPositionEmbeddings = positions,
            RmsNormEps = metadata.Single(prefix + "attention.layer_norm_rms_epsilon"),
            RopeTheta = metadata.FindSingle(prefix + "rope.freq_base") ?? 10_000,
            RopeScaling = GgufRotary.Read(file, prefix, positions),
            RotaryInterleaved = IsInterleaved(architecture),
            AttentionBias = architecture is Architecture.Llama or Architecture.Qwen3 && file.Tensors.ContainsKey("blk.0.attn_q.bias"),
            MlpBias = architecture == Architecture.Llama && file.Tensors.ContainsKey("blk.0.ffn_gate.bias"),
            SlidingWindow = window,
            TieWordEmbeddings = !file.Tensors.ContainsKey(GgufNames.Output),
            BosTokenId = metadata.FindCount("tokenizer.ggml.bos_token_id"),
            EosTokenIds = [.. EndKeys.Select(metadata.FindCount).OfType<int>().Distinct()],
        };
        config.Validate(file.Path);
        if (config.RopeScaling is RopeScaling.Divided divided && divided.Divisors.Count != config.HeadWidth / 2)
            throw new EngineException($"{file.Path}: expected {config.HeadWidth / 2} values in '{GgufNames.RotaryDivisors}' for heads of width {config.HeadWidth}, got {divided.Divisors.Count}. {GgufCursor.Remedy}");
        return config;
    }

    /// <summary>The metadata that <see cref="Read"/> reads, with the architecture first; tokens but for their ids are the tokenizer's.</summary>
    /// <param name="source">The model, for messages.</param>
    /// <exception cref="EngineException">A GGUF file cannot say it.</exception>
    public static OrderedDictionary<string, object> Write(string source, LlamaConfig config)
    {
        if (config.MaxWindowLayers > 0 && config.SlidingWindow is not null)
            throw new EngineException($"{source}: the sliding window starts at layer {config.MaxWindowLayers}, which GGUF files of this architecture cannot say.");
        string name = NameOf(config.Architecture), prefix = name + ".";
        var metadata = new OrderedDictionary<string, object>(StringComparer.Ordinal)
        {
            [ArchitectureKey] = name,
            [prefix + "vocab_size"] = (uint)config.VocabSize,
            [prefix + "context_length"] = (uint)config.MaxPositionEmbeddings,
            [prefix + "embedding_length"] = (uint)config.HiddenSize,
            [prefix + "block_count"] = (uint)config.NumHiddenLayers,
            [prefix + "feed_forward_length"] = (uint)config.IntermediateSize,
            [prefix + "attention.head_count"] = (uint)config.NumAttentionHeads,
            [prefix + "attention.head_count_kv"] = (uint)config.NumKeyValueHeads,
            [prefix + "attention.layer_norm_rms_epsilon"] = config.RmsNormEps,
            [prefix + "attention.key_length"] = (uint)config.HeadWidth,
            [prefix + "attention.value_length"] = (uint)config.HeadWidth,
            [prefix + "rope.dimension_count"] = (uint)config.HeadWidth,
            [prefix + "rope.freq_base"] = (float)config.RopeTheta,
        };
        if (config.SlidingWindow is int window) metadata.Add(prefix + "attention.sliding_window", (uint)window);
        GgufRotary.Write(config.RopeScaling, prefix, metadata);
        if (config.BosTokenId is int bos) metadata.Add("tokenizer.ggml.bos_token_id", (uint)bos);
        ReadOnlySpan<int> ends = config.EosTokenIds.Ids;
        if (ends.Length > EndKeys.Length)
            throw new EngineException($"{source}: {ends.Length} tokens end a text; GGUF files can name {EndKeys.Length}. Shorten eos_token_id in config.json.");
        for (int i = 0; i < ends.Length; i++) metadata.Add(EndKeys[i], (uint)ends[i]);
        return metadata;
    }

    public static string NameOf(Architecture architecture) => architecture == Architecture.Mistral ? "llama" : Architectures.Single(a => a.Architecture == architecture).Name;

    /// <summary>Whether files of the architecture hold the rows of queries and keys in the order of <see cref="LlamaConfig.RotaryInterleaved"/>.</summary>
    public static bool IsInterleaved(Architecture architecture) => architecture is Architecture.Llama or Architecture.Mistral;

    private static int? HeadDim(GgufFile file, string prefix, int width, int heads)
    {
        GgufMetadata metadata = file.Metadata;
        int usual = heads == 0 ? 0 : width / heads;
        int head = metadata.FindCount(prefix + "attention.key_length") ?? usual;
        foreach (string key in (string[])["attention.value_length", "rope.dimension_count"])
        {
            if (metadata.FindCount(prefix + key) is int other && other != head)
                throw new EngineException($"{file.Path}: metadata '{prefix}{key}' is {other}; this engine runs models where it is the width of a key, {head}.");
        }
        return head == usual && head * heads == width ? null : head;
    }
}

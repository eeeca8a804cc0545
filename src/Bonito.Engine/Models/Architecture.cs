namespace Bonito.Engine.Models;

/// <summary>
/// The decoders that <see cref="Llama"/> runs. They are one structure; what tells them apart are biases, norms of queries and keys,
/// sliding windows and defaults.
/// </summary>
public enum Architecture
{
    /// <summary>LlamaForCausalLM: Llama 1 to 3, SmolLM2, and what shares their layout.</summary>
    Llama,

    /// <summary>MistralForCausalLM: all layers may attend through a sliding window.</summary>
    Mistral,

    /// <summary>Qwen2ForCausalLM: biases of queries, keys and values; the upper layers may have a sliding window.</summary>
    Qwen2,

    /// <summary>Qwen3ForCausalLM: each head's query and key are normalised before they are turned.</summary>
    Qwen3,
}

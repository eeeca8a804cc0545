using Bonito.Engine.Kernels;
using Bonito.Engine.Models;

namespace Bonito.Engine.Training;

/// <summary>Memory of the passes of a step, counted as the operations take it from their arena, in floats.</summary>
static class TrainingMemory
{
    // Rows whose logits exist at once (Ops.CrossEntropy).
    const int LossRows = 256;

    // Tensors of the arena start on cache lines.
    const int Granule = 16;

    // Rows of a frozen weight that are decoded at once (Ops.Linear).
    const long StripeFloats = 4 << 20;

    /// <summary>Activations and their gradients of one pass.</summary>
    /// <param name="lora">Null where all weights are trained.</param>
    /// <param name="decodes">Whether frozen weights have another format than float32.</param>
    /// <param name="tokens">Of the pass.</param>
    public static long Activations(LlamaConfig config, LoraOptions? lora, bool decodes, bool checkpointing, long tokens)
    {
        long width = config.HiddenSize, queries = config.QueryWidth, keys = config.KeyValueWidth, inner = config.IntermediateSize;
        // Norm, query, key, value, attention, output, sum, norm, gate, up, SwiGLU, down, sum.
        long block = 6 * width + 2 * queries + 2 * keys + 3 * inner + (config.HasQueryKeyNorm ? queries + keys : 0);
        // What has no gradient: inverses of norms, positions (twice), log-sums of attention.
        long plain = 4 + config.NumAttentionHeads + (config.HasQueryKeyNorm ? config.NumAttentionHeads + config.NumKeyValueHeads : 0);
        long low = lora == null ? 0 : AdaptedLayers(config, lora).Sum(_ => (long)lora.Rank) / config.NumHiddenLayers;
        long kept = 2 * block + plain + low;
        long blocks = checkpointing ? kept + config.NumHiddenLayers * width + 2 * width : config.NumHiddenLayers * kept;
        // The embedding has a gradient only where it is trained; the last norm has one always.
        long ends = (lora == null ? 2 : 1) * width + 1 + 2 * width + 1;
        long passing = 0;
        // Query, key and value are adapted together, unless dropout gives each its own input.
        if (lora != null) passing = lora.Dropout > 0 ? lora.Rank + Math.Max(inner, Math.Max(width, queries)) : 3 * lora.Rank;
        long rounding = (30L + (lora == null ? 0 : 7)) * (checkpointing ? 2 : config.NumHiddenLayers) * Granule;
        // As many rows of the largest weight as are decoded at once.
        long stripe = !decodes ? 0 : Math.Min(Math.Max(inner, config.VocabSize) * width, Math.Max(StripeFloats, Gemm.DepthBlock * Math.Max(inner, width)));
        // The logits are taken before the backward pass, what passes in it after.
        return tokens * (blocks + ends + passing) + (long)LossRows * (config.VocabSize + 1) + stripe + (lora?.Rank ?? 0) * Math.Max(inner, queries) + rounding;
    }

    /// <summary>Keys and values of one layer, in pages.</summary>
    /// <param name="lengths">Of the examples of a pass.</param>
    public static long Cache(LlamaConfig config, IEnumerable<int> lengths)
    {
        int panel = MicroKernel.Best.PanelWidth, padded = (config.HeadWidth + panel - 1) / panel * panel;
        long pages = lengths.Sum(n => ((long)n + KvCache.PageTokens - 1) / KvCache.PageTokens);
        return pages * KvCache.PageTokens * config.NumKeyValueHeads * (config.HeadWidth + padded);
    }

    /// <summary>Inputs and outputs of the layers that have low-rank matrices.</summary>
    public static IEnumerable<(long Outputs, long Inputs)> AdaptedLayers(LlamaConfig config, LoraOptions lora) =>
        from tensor in Llama.ExpectedTensors(config)
        where tensor.Shape.Count == 2 && tensor.Name.StartsWith("model.layers.", StringComparison.Ordinal) && lora.Targets(tensor.Name[..^".weight".Length])
        select (tensor.Shape[0], tensor.Shape[1]);
}

using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>The tensors of one format in a checkpoint.</summary>
public sealed record FormatShare(string Format, int Tensors, long Parameters, long Bytes);

/// <summary>What running a model takes.</summary>
/// <param name="WeightBytes">The weights, in memory once, in the format in which they are stored.</param>
/// <param name="CacheBytes">Keys and values (float32) of all sequences at their full length.</param>
/// <param name="OtherBytes">Logits and rotary tables; the rest is small beside them.</param>
/// <param name="AvailableBytes">What the machine, or the container, has in all.</param>
public sealed record MemoryNeed(int BatchSize, int Context, long WeightBytes, long CacheBytes, long OtherBytes, long AvailableBytes)
{
    public long TotalBytes => WeightBytes + CacheBytes + OtherBytes;

    public bool Fits => TotalBytes <= AvailableBytes;
}

/// <summary>What is to be known of a model before it is run.</summary>
/// <param name="Container"><c>safetensors</c> or <c>GGUF</c>.</param>
/// <param name="RopeScaling">Its kind; null where rotary positions are not scaled.</param>
/// <param name="Window">Tokens that a sequence can have.</param>
public sealed record ModelSummary(
    string Path, string Container, string Architecture, long Parameters, int Layers, int Width, int FeedForwardWidth, int Heads, int KeyValueHeads, int HeadWidth, int Vocabulary,
    int Window, int? SlidingWindow, string? RopeScaling, bool TiedEmbeddings, string Tokenizer, IReadOnlyList<FormatShare> Formats, MemoryNeed Memory)
{
    /// <param name="tokenizer">Of the model, in words.</param>
    /// <param name="batchSize">Sequences at a time.</param>
    /// <param name="context">Tokens of a sequence; null is the whole window.</param>
    public static ModelSummary Of(ModelSource source, string tokenizer, int batchSize, int? context)
    {
        LlamaConfig config = source.Config;
        StoredTensor[] tensors = [.. Llama.ExpectedTensors(config).Select(expected => source.Checkpoint.Tensors[expected.Name])];
        FormatShare[] formats =
        [
            .. tensors.GroupBy(t => t.DType).Select(group => new FormatShare(group.Key, group.Count(), group.Sum(Count), group.Sum(t => t.Length))).OrderByDescending(share => share.Bytes),
        ];
        return new ModelSummary(
            source.Path, source.Metadata is null ? "safetensors" : "GGUF", config.Architecture.ToString(), tensors.Sum(Count), config.NumHiddenLayers, config.HiddenSize, config.IntermediateSize,
            config.NumAttentionHeads, config.NumKeyValueHeads, config.HeadWidth, config.VocabSize, config.MaxPositionEmbeddings, config.SlidingWindow, config.RopeScaling?.GetType().Name,
            config.TieWordEmbeddings, tokenizer, formats, Need(config, formats.Sum(share => share.Bytes), batchSize, context ?? config.MaxPositionEmbeddings));
    }

    private static MemoryNeed Need(LlamaConfig config, long weights, int batchSize, int context)
    {
        long cache = 2L * config.NumHiddenLayers * batchSize * context * config.KeyValueWidth * sizeof(float);
        long other = ((long)batchSize * config.VocabSize + (long)config.MaxPositionEmbeddings * config.HeadWidth) * sizeof(float);
        return new MemoryNeed(batchSize, context, weights, cache, other, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
    }

    private static long Count(StoredTensor tensor) => tensor.Shape.Aggregate(1L, (a, b) => a * b);
}

using Bonito.Engine.Models;

namespace Bonito.Engine.Tests.Models;

/// <summary>
/// A small model whose sizes fit no panel and whose feed-forward layer is deeper than one block of the matrix product, with weights
/// large enough that every path carries signal.
/// </summary>
static class TinyLlama
{
    public static LlamaConfig Config(bool tied = false) => new()
    {
        VocabSize = 67,
        HiddenSize = 40,
        IntermediateSize = 401,
        NumHiddenLayers = 2,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 2,
        MaxPositionEmbeddings = 256,
        TieWordEmbeddings = tied,
    };

    /// <summary>Biases, normalised heads of a width of their own in groups of three, and in the second layer a window that ends within pages and panels.</summary>
    public static LlamaConfig Windowed => Config() with
    {
        Architecture = Architecture.Qwen3,
        NumAttentionHeads = 6,
        HeadDim = 14,
        AttentionBias = true,
        SlidingWindow = 37,
        MaxWindowLayers = 1,
    };

    public static Llama Create(bool gradients = false, bool tied = false) => Create(Config(tied), gradients);

    public static Llama Create(LlamaConfig config, bool gradients = false)
    {
        Llama model = new(config, gradients);
        Random random = new(6);
        foreach (Parameter p in model.Parameters)
            foreach (ref float w in p.Tensor.Values) w = p.Name.EndsWith("norm.weight", StringComparison.Ordinal) ? 1 + 0.3f * (random.NextSingle() - 0.5f) : 0.5f * (random.NextSingle() - 0.5f);
        return model;
    }

    public static int[] Tokens(int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(67))];
    }
}

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

    public static Llama Create(bool gradients = false, bool tied = false)
    {
        Llama model = new(Config(tied), gradients);
        Random random = new(6);
        foreach (Parameter p in model.Parameters)
            foreach (ref float w in p.Tensor.Values) w = p.Shape.Count == 1 ? 1 + 0.3f * (random.NextSingle() - 0.5f) : 0.5f * (random.NextSingle() - 0.5f);
        return model;
    }

    public static int[] Tokens(int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(67))];
    }
}

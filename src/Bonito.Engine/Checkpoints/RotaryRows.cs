using Bonito.Engine.Models;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// GGUF files of the architecture <c>llama</c> hold the rows of queries and keys in another order than Hugging Face: within a head of
/// width D, rows i and i + D / 2, which a rotary angle turns together, are neighbours. Whole rows move, so no format loses anything.
/// </summary>
internal static class RotaryRows
{
    /// <summary>Whether a tensor has such rows, by its Hugging Face name.</summary>
    public static bool Has(string name) => name.Contains(".self_attn.q_proj.", StringComparison.Ordinal) || name.Contains(".self_attn.k_proj.", StringComparison.Ordinal);

    /// <summary>The row of Hugging Face's order for each row of GGUF's.</summary>
    public static int[] ToInterleaved(int rows, int headWidth) =>
        [.. Enumerable.Range(0, rows).Select(row => row - row % headWidth + row % headWidth / 2 + row % 2 * (headWidth / 2))];

    /// <summary>The row of GGUF's order for each row of Hugging Face's.</summary>
    public static int[] ToHalves(int rows, int headWidth) =>
        [.. Enumerable.Range(0, rows).Select(row => row - row % headWidth + row % headWidth % (headWidth / 2) * 2 + row % headWidth / (headWidth / 2))];

    /// <summary>The order in which to write a tensor's rows (or a bias' values) for a model of the other order; null where they stay.</summary>
    public static int[]? Order(string name, long rows, LlamaConfig from, LlamaConfig to)
    {
        if (from.RotaryInterleaved == to.RotaryInterleaved || !Has(name)) return null;
        return to.RotaryInterleaved ? ToInterleaved(checked((int)rows), to.HeadWidth) : ToHalves(checked((int)rows), to.HeadWidth);
    }
}

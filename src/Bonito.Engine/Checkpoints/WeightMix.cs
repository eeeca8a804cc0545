using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// How a model's weights are stored: one format, or llama.cpp's mixes of formats, which spend more on the output layer and, in Q4_K_M and Q5_K_M,
/// on the value and the down projections of about half of the layers.
/// </summary>
public sealed class WeightMix
{
    /// <summary>The mixes, with the numbers that GGUF files have for them.</summary>
    public static IReadOnlyList<WeightMix> All { get; } =
    [
        new("F32", DType.F32, 0), new("F16", DType.F16, 1), new("BF16", DType.BF16, 32), new("Q8_0", DType.Q8_0, 7), new("Q6_K", DType.Q6_K, 18),
        new("Q5_K_M", DType.Q5_K, 17), new("Q4_K_M", DType.Q4_K, 15), new("Q4_0", DType.Q4_0, 2),
    ];

    private WeightMix(string name, DType type, uint fileType) => (Name, Type, FileType) = (name, type, fileType);

    public string Name { get; }

    /// <summary>The format of most weights.</summary>
    public DType Type { get; }

    /// <summary><c>general.file_type</c> of a GGUF file.</summary>
    public uint FileType { get; }

    /// <summary>The mix of this name, in any case; null when there is none.</summary>
    public static WeightMix? Find(string name) => All.FirstOrDefault(mix => string.Equals(mix.Name, name, StringComparison.OrdinalIgnoreCase));

    public override string ToString() => Name;

    /// <summary>
    /// The format of a tensor in a GGUF file. Vectors stay F32; rows that are no whole blocks of the format wanted fall back to Q8_0 or, if that
    /// does not fit either, F16.
    /// </summary>
    /// <param name="name">The tensor's name in GGUF files.</param>
    internal DType TypeOf(string name, IReadOnlyList<long> shape, LlamaConfig config)
    {
        if (shape.Count < 2) return DType.F32;
        DType wanted = Wanted(name, config);
        return new[] { wanted, DType.Q8_0, DType.F16 }.First(type => shape[^1] % type.BlockLength() == 0);
    }

    /// <summary>The format before what fits is looked at.</summary>
    internal DType Wanted(string name, LlamaConfig config)
    {
        if (!Type.IsQuantized() || Type == DType.Q8_0) return Type;
        if (name == (config.TieWordEmbeddings ? GgufNames.Embedding : GgufNames.Output)) return DType.Q6_K;
        if (Type is DType.Q4_K or DType.Q5_K && GgufNames.Place(name) is var (layer, kind) && kind is "attn_v" or "ffn_down")
        {
            int layers = config.NumHiddenLayers;
            if (layer < layers / 8 || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2) return DType.Q6_K;
        }
        return Type;
    }
}

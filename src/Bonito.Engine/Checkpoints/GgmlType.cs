using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>An element type of GGUF files: all that ggml numbers, for sizes and messages, whether weights are read from it or not.</summary>
/// <param name="Id">Its number in the file.</param>
/// <param name="Name">Its name in ggml, without the prefix GGML_TYPE_.</param>
/// <param name="BlockLength">Elements of a block, along a row.</param>
/// <param name="BlockBytes">Bytes of a block.</param>
/// <remarks>https://github.com/ggml-org/ggml/blob/master/include/ggml.h (enum ggml_type) and src/ggml-common.h (block sizes).</remarks>
internal sealed record GgmlType(uint Id, string Name, int BlockLength, int BlockBytes)
{
    /// <summary>The missing numbers were types of the past that no file may use any more.</summary>
    public static IReadOnlyList<GgmlType> All { get; } =
    [
        new(0, "F32", 1, 4), new(1, "F16", 1, 2), new(2, "Q4_0", 32, 18), new(3, "Q4_1", 32, 20),
        new(6, "Q5_0", 32, 22), new(7, "Q5_1", 32, 24), new(8, "Q8_0", 32, 34), new(9, "Q8_1", 32, 36),
        new(10, "Q2_K", 256, 84), new(11, "Q3_K", 256, 110), new(12, "Q4_K", 256, 144), new(13, "Q5_K", 256, 176),
        new(14, "Q6_K", 256, 210), new(15, "Q8_K", 256, 292), new(16, "IQ2_XXS", 256, 66), new(17, "IQ2_XS", 256, 74),
        new(18, "IQ3_XXS", 256, 98), new(19, "IQ1_S", 256, 50), new(20, "IQ4_NL", 32, 18), new(21, "IQ3_S", 256, 110),
        new(22, "IQ2_S", 256, 82), new(23, "IQ4_XS", 256, 136), new(24, "I8", 1, 1), new(25, "I16", 1, 2),
        new(26, "I32", 1, 4), new(27, "I64", 1, 8), new(28, "F64", 1, 8), new(29, "IQ1_M", 256, 56),
        new(30, "BF16", 1, 2), new(34, "TQ1_0", 256, 54), new(35, "TQ2_0", 256, 66), new(39, "MXFP4", 32, 17),
    ];

    private static readonly Dictionary<uint, GgmlType> ById = All.ToDictionary(type => type.Id);

    /// <summary>ggml's type of the same name.</summary>
    public static GgmlType Of(DType type) => All.Single(t => t.Name == type.ToString());

    /// <summary>The type with this number; null when ggml has none, or none that is known here.</summary>
    public static GgmlType? Find(uint id) => ById.GetValueOrDefault(id);
}

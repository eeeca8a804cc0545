using System.Diagnostics.CodeAnalysis;
using Bonito.Engine.Quantization;

namespace Bonito.Engine.Tensors;

/// <summary>
/// How the elements of a stored matrix are laid out. The names are those of safetensors and of GGUF
/// (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md), which the quantised formats come from.
/// </summary>
[SuppressMessage("Naming", "CA1707", Justification = "The formats' own names.")]
public enum DType
{
    F32,
    F16,
    BF16,

    /// <summary>Blocks of 32: a binary16 scale, 32 signed bytes. 8.5 bits an element.</summary>
    Q8_0,

    /// <summary>Blocks of 32: a binary16 scale, 32 nibbles less 8. 4.5 bits an element.</summary>
    Q4_0,

    /// <summary>Super-blocks of 256: 8 sub-blocks of 32 nibbles with 6-bit scales and minima. 4.5 bits an element.</summary>
    Q4_K,

    /// <summary>As <see cref="Q4_K"/> with 5 bits an element. 5.5 bits an element in all.</summary>
    Q5_K,

    /// <summary>Super-blocks of 256: 16 sub-blocks of 16 6-bit numbers less 32, with 8-bit scales. 6.5625 bits an element.</summary>
    Q6_K,

    /// <summary>
    /// Blocks of 64 along the whole matrix: 4-bit codes of 16 levels, with scales that are stored apart in 8 bits
    /// (<see cref="NestedScales"/>). 4.127 bits an element. Only in memory: it is made from other formats, to train adapters over it.
    /// </summary>
    NF4,
}

/// <summary>Sizes of the formats of <see cref="DType"/> whose rows are whole blocks: all but <see cref="DType.NF4"/>.</summary>
public static class DTypes
{
    /// <summary>Elements of a block, along a row; 1 for the formats that have none.</summary>
    public static int BlockLength(this DType type) => type switch
    {
        DType.F32 or DType.F16 or DType.BF16 => 1,
        DType.Q8_0 or DType.Q4_0 => 32,
        DType.Q4_K or DType.Q5_K or DType.Q6_K => 256,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>Bytes of a block.</summary>
    public static int BlockBytes(this DType type) => type switch
    {
        DType.F32 => 4,
        DType.F16 or DType.BF16 => 2,
        DType.Q8_0 => 34,
        DType.Q4_0 => 18,
        DType.Q4_K => 144,
        DType.Q5_K => 176,
        DType.Q6_K => 210,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>Bytes of a row.</summary>
    /// <param name="columns">A multiple of <see cref="BlockLength"/>.</param>
    public static long RowBytes(this DType type, long columns) => columns / type.BlockLength() * type.BlockBytes();

    /// <summary>Bytes of a matrix; of <see cref="DType.NF4"/> too, with its scales.</summary>
    /// <param name="columns">A multiple of <see cref="BlockLength"/>; any number for NF4, whose blocks go on in the next row.</param>
    public static long MatrixBytes(this DType type, long rows, long columns) => type == DType.NF4 ? NF4.Bytes(rows * columns) : rows * type.RowBytes(columns);

    public static bool IsQuantized(this DType type) => type >= DType.Q8_0;
}

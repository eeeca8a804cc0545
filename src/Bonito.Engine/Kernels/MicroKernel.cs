using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Bonito.Engine.Kernels;

/// <summary>
/// The inner loops of <see cref="Gemm"/> for one vector width: C[r, j] (+)= sum over k of A[k, r] * B[k, j], for a block of
/// at most <see cref="MaxRows"/> rows and one panel of <see cref="PanelWidth"/> columns. Whatever the width and the number of
/// rows, an element is one chain of fused multiply-adds in ascending k, so all of them give the same bits.
/// </summary>
public sealed unsafe partial class MicroKernel
{
    /// <summary>32 registers of 16 lanes: 14 x 32 blocks.</summary>
    public static readonly MicroKernel Wide512 = new("AVX-512", 32, [14, 8, 4, 2, 1], &Vector512Block);

    /// <summary>16 registers of 8 lanes: 6 x 16 blocks.</summary>
    public static readonly MicroKernel Wide256 = new("AVX2", 16, [6, 4, 2, 1], &Vector256Block);

    /// <summary>Portable: 6 x 8 blocks of 4 lanes.</summary>
    public static readonly MicroKernel Wide128 = new("portable", 8, [6, 4, 2, 1], &Vector128Block);

    /// <summary>The widest that this processor runs in hardware; DOTNET_EnableAVX512=0 and DOTNET_EnableAVX2=0 turn paths off.</summary>
    public static readonly MicroKernel Best = Avx512F.IsSupported ? Wide512 : Avx2.IsSupported && Fma.IsSupported ? Wide256 : Wide128;

    readonly delegate*<int, nint, float*, float*, float*, nint, bool, void> block;

    MicroKernel(string name, int panelWidth, int[] rowCounts, delegate*<int, nint, float*, float*, float*, nint, bool, void> block)
    {
        Name = name;
        PanelWidth = panelWidth;
        RowCounts = rowCounts;
        this.block = block;
    }

    public string Name { get; }

    /// <summary>Columns of a packed panel of B.</summary>
    public int PanelWidth { get; }

    /// <summary>Rows of the largest block.</summary>
    public int MaxRows => RowCounts[0];

    /// <summary>Block heights there are, largest first; the last is 1.</summary>
    public int[] RowCounts { get; }

    /// <summary>Whether the fused multiply-adds of this processor are in hardware (elsewhere they are exact but slow).</summary>
    public static bool HasHardwareFma => Fma.IsSupported || AdvSimd.IsSupported;

    /// <summary>The height of the block that starts at a row, when the remaining rows are cut greedily.</summary>
    public int BlockRows(int remaining)
    {
        foreach (int rows in RowCounts)
            if (rows <= remaining) return rows;
        return 1;
    }

    /// <param name="rows">One of <see cref="RowCounts"/>.</param>
    /// <param name="depth">Length of the sum.</param>
    /// <param name="a">Packed, [depth, rows].</param>
    /// <param name="b">Packed, [depth, <see cref="PanelWidth"/>].</param>
    /// <param name="c">[rows, <see cref="PanelWidth"/>] with <paramref name="stride"/> floats from row to row.</param>
    /// <param name="stride">Row stride of <paramref name="c"/>, in floats.</param>
    /// <param name="accumulate">Add to C instead of overwriting it.</param>
    public void Block(int rows, nint depth, float* a, float* b, float* c, nint stride, bool accumulate) =>
        block(rows, depth, a, b, c, stride, accumulate);

    public override string ToString() => Name;
}

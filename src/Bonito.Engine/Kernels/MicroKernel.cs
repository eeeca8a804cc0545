using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Kernels;

/// <summary>
/// The inner loops of <see cref="Gemm"/> for one vector width: C[r, j] (+)= sum over k of A[k, r] * B[k, j], for a block of
/// at most <see cref="MaxRows"/> rows and one panel of <see cref="PanelWidth"/> columns. Whatever the width and the number of
/// rows, an element is one chain of fused multiply-adds in ascending k, so all of them give the same bits.
/// </summary>
public sealed unsafe partial class MicroKernel
{
    // 2^-14
    const float SmallestNormalHalf = 6.103515625e-5f;

    /// <summary>32 registers of 16 lanes: 14 x 32 blocks.</summary>
    public static readonly MicroKernel Wide512 = new("AVX-512", 32, [14, 8, 4, 2, 1], &Vector512Block, &Vector512BlockBF16, &Vector512BlockF16);

    /// <summary>16 registers of 8 lanes: 6 x 16 blocks.</summary>
    public static readonly MicroKernel Wide256 = new("AVX2", 16, [6, 4, 2, 1], &Vector256Block, &Vector256BlockBF16, &Vector256BlockF16);

    /// <summary>Portable: 6 x 8 blocks of 4 lanes.</summary>
    public static readonly MicroKernel Wide128 = new("portable", 8, [6, 4, 2, 1], &Vector128Block, &Vector128BlockBF16, &Vector128BlockF16);

    /// <summary>The widest that this processor runs in hardware; DOTNET_EnableAVX512=0 and DOTNET_EnableAVX2=0 turn paths off.</summary>
    public static readonly MicroKernel Best = Avx512F.IsSupported ? Wide512 : Avx2.IsSupported && Fma.IsSupported ? Wide256 : Wide128;

    readonly delegate*<int, nint, float*, float*, float*, nint, bool, void> block;
    readonly delegate*<int, nint, float*, ushort*, float*, nint, bool, void> blockBF16;
    readonly delegate*<int, nint, float*, ushort*, float*, nint, bool, void> blockF16;

    MicroKernel(
        string name,
        int panelWidth,
        int[] rowCounts,
        delegate*<int, nint, float*, float*, float*, nint, bool, void> block,
        delegate*<int, nint, float*, ushort*, float*, nint, bool, void> blockBF16,
        delegate*<int, nint, float*, ushort*, float*, nint, bool, void> blockF16)
    {
        Name = name;
        PanelWidth = panelWidth;
        RowCounts = rowCounts;
        this.block = block;
        this.blockBF16 = blockBF16;
        this.blockF16 = blockF16;
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

    /// <summary>As the other, with a panel of a 16-bit format, widened in registers: the same bits as after widening it before.</summary>
    /// <param name="type"><see cref="DType.BF16"/> or <see cref="DType.F16"/>.</param>
    public void Block(DType type, int rows, nint depth, float* a, ushort* b, float* c, nint stride, bool accumulate)
    {
        if (type == DType.BF16) blockBF16(rows, depth, a, b, c, stride, accumulate);
        else blockF16(rows, depth, a, b, c, stride, accumulate);
    }

    public override string ToString() => Name;

    // Where the processor has the instruction it is named: the runtime does not find it behind the portable methods.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<uint> Vector512Wide(ushort* p) => Avx512F.IsSupported
        ? Avx512F.ConvertToVector512UInt32(Vector256.Load(p))
        : Vector512.Create(Vector256Wide(p), Vector256Wide(p + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<uint> Vector256Wide(ushort* p) => Avx2.IsSupported
        ? Avx2.ConvertToVector256Int32(Vector128.Load(p)).AsUInt32()
        : Vector256.Create(Vector128Wide(p), Vector128Wide(p + 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<uint> Vector128Wide(ushort* p) => Vector128.WidenLower(Vector64.Load(p).ToVector128Unsafe());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Vector512BF16(ushort* p) => (Vector512Wide(p) << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector256<float> Vector256BF16(ushort* p) => (Vector256Wide(p) << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector128<float> Vector128BF16(ushort* p) => (Vector128Wide(p) << 16).AsSingle();

    // Exact for all finite numbers (PackedMatrix refuses the others): exponent and fraction move to their places and the exponent's
    // bias changes; subnormal numbers get an exponent by a subtraction. Arithmetic on subnormal floats would be shorter, and two
    // orders of magnitude slower.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector512<float> Vector512F16(ushort* p)
    {
        Vector512<uint> bits = Vector512Wide(p), magnitude = (bits & Vector512.Create(0x7FFFu)) << 13;
        Vector512<float> subnormal = (magnitude + Vector512.Create(113u << 23)).AsSingle() - Vector512.Create(SmallestNormalHalf);
        Vector512<uint> value = Vector512.ConditionalSelect(Vector512.LessThan(magnitude, Vector512.Create(1u << 23)), subnormal.AsUInt32(), magnitude + Vector512.Create(112u << 23));
        return (value | ((bits & Vector512.Create(0x8000u)) << 16)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Vector256F16(ushort* p)
    {
        Vector256<uint> bits = Vector256Wide(p), magnitude = (bits & Vector256.Create(0x7FFFu)) << 13;
        Vector256<float> subnormal = (magnitude + Vector256.Create(113u << 23)).AsSingle() - Vector256.Create(SmallestNormalHalf);
        Vector256<uint> value = Vector256.ConditionalSelect(Vector256.LessThan(magnitude, Vector256.Create(1u << 23)), subnormal.AsUInt32(), magnitude + Vector256.Create(112u << 23));
        return (value | ((bits & Vector256.Create(0x8000u)) << 16)).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector128<float> Vector128F16(ushort* p)
    {
        Vector128<uint> bits = Vector128Wide(p), magnitude = (bits & Vector128.Create(0x7FFFu)) << 13;
        Vector128<float> subnormal = (magnitude + Vector128.Create(113u << 23)).AsSingle() - Vector128.Create(SmallestNormalHalf);
        Vector128<uint> value = Vector128.ConditionalSelect(Vector128.LessThan(magnitude, Vector128.Create(1u << 23)), subnormal.AsUInt32(), magnitude + Vector128.Create(112u << 23));
        return (value | ((bits & Vector128.Create(0x8000u)) << 16)).AsSingle();
    }

    /// <summary>Widens finite 16-bit floats, in the kernels' own vectors.</summary>
    /// <param name="count">A multiple of 16.</param>
    internal static void Widen(DType type, ushort* source, long count, float* destination)
    {
        if (type == DType.BF16)
            for (long i = 0; i < count; i += 16) Vector512BF16(source + i).Store(destination + i);
        else
            for (long i = 0; i < count; i += 16) Vector512F16(source + i).Store(destination + i);
    }
}

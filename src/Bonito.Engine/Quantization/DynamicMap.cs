using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Bonito.Engine.Quantization;

/// <summary>
/// The 8-bit dynamic maps (Dettmers, "8-Bit Approximations for Parallelism in Deep Learning", 2016; Dettmers et al., "8-bit Optimizers via
/// Block-wise Quantization", 2022): 0, 1 and seven decades of equal steps, twice as many in each decade as in the one below it, so that
/// small numbers keep a digit where large ones keep two. Bitsandbytes computes them with PyTorch, whose last bits depend on the processor;
/// here each is rounded once.
/// </summary>
internal sealed unsafe class DynamicMap
{
    /// <summary>Codes, and numbers that they stand for.</summary>
    public const int Count = 256;

    /// <summary>From -0.993 to 1.</summary>
    public static readonly DynamicMap Signed = new(true);

    /// <summary>From 0 to 1, with twice the steps.</summary>
    public static readonly DynamicMap Unsigned = new(false);

    const int Decades = 7;

    // What a power of two is in powers of ten.
    const float Log10Of2 = 0.30103f;

    // Pinned: kernels hold its address.
    readonly float[] values = GC.AllocateArray<float>(Count, pinned: true);
    readonly float[] bounds = new float[Count - 1];
    readonly int zero;

    // Of each decade, the lowest first, where a number is its start and, up to the next decade, its slope times a fraction of 1. The
    // number 1 stands last.
    readonly Vector512<float> starts, slopes;

    // Of each decade, to find a code: the bound above it, and where in codes it starts, rises and ends.
    readonly Vector512<float> above, codeStarts, codeSlopes, codeEnds;

    // Bounds of the lowest decade with zero, and of the highest with 1.
    readonly float lowest, highest;

    DynamicMap(bool signed)
    {
        List<double> all = [0, 1];
        Span<float> start = stackalloc float[8], slope = stackalloc float[8], codeStart = stackalloc float[8], codeSlope = stackalloc float[8], codeEnd = stackalloc float[8];
        ReadOnlySpan<double> units = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1];
        for (int decade = 0; decade < Decades; decade++)
        {
            int steps = 1 << (signed ? decade : decade + 1), first = signed ? steps : steps - 1;
            for (int step = 0; step < steps; step++)
            {
                double middle = (0.1 + 0.9 * (step + 0.5) / steps) * units[decade];
                all.Add(middle);
                if (signed) all.Add(-middle);
            }
            start[decade] = (float)((0.1 + 0.45 / steps) * units[decade]);
            slope[decade] = (float)(0.9 * units[decade]);
            codeStart[decade] = (float)(first - steps / 9.0);
            codeSlope[decade] = (float)(steps / (0.9 * units[decade]));
            codeEnd[decade] = first + steps - 0.5f;
        }
        start[Decades] = 1;
        all.Sort();
        for (int code = 0; code < Count; code++) values[code] = (float)all[code];
        for (int code = 0; code < Count - 1; code++) bounds[code] = (values[code] + values[code + 1]) * 0.5f;
        zero = all.IndexOf(0);
        Span<float> end = stackalloc float[8];
        for (int decade = 0; decade < Decades; decade++) end[decade] = bounds[zero + (int)codeEnd[decade]];
        (lowest, highest) = (bounds[zero], end[Decades - 1]);
        end[Decades - 1] = float.PositiveInfinity;
        (starts, slopes, above, codeStarts, codeSlopes, codeEnds) = (Twice(start), Twice(slope), Twice(end), Twice(codeStart), Twice(codeSlope), Twice(codeEnd));
    }

    /// <summary>The numbers in ascending order: [<see cref="Count"/>], valid as long as the process.</summary>
    public float* Values => (float*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(values));

    /// <summary>The code of the nearest number; halfway, of the lower one.</summary>
    public byte Nearest(float x)
    {
        int code = 0;
        for (int step = Count / 2; step > 0; step /= 2)
            if (x > bounds[code + step - 1]) code += step;
        return (byte)code;
    }

    /// <summary>The numbers of 16 codes, within two units in the last place of <see cref="Values"/>: from their decades, which need no memory.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Decode(byte* codes)
    {
        Vector512<int> code = Widen(codes), side = code - Vector512.Create(zero);
        // Decades begin at the powers of two from 2 to 128, and 1 is 256: the exponent tells the decade, the fraction the place in it.
        Vector512<int> place = zero == 0 ? code + Vector512<int>.One : Vector512.Abs(side) << 1;
        Vector512<int> bits = Vector512.ConvertToSingle(place).AsInt32(), decade = (bits >>> 23) - Vector512.Create(128);
        Vector512<float> fraction = (bits & Vector512.Create(0x7FFFFF) | Vector512.Create(0x3F800000)).AsSingle() - Vector512<float>.One;
        Vector512<int> number = Vector512.FusedMultiplyAdd(Of(slopes, decade), fraction, Of(starts, decade)).AsInt32() & Vector512.GreaterThan(place, Vector512<int>.One);
        return (number | side & Vector512.Create(int.MinValue)).AsSingle();
    }

    /// <summary>The codes of the nearest numbers to 16 others; <see cref="Nearest"/>, but that one within rounding of halfway may go to either side.</summary>
    /// <param name="x">From -1 to 1; from 0 to 1 where the map has no sign.</param>
    /// <param name="least">No code of the result is below these.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Encode(Vector512<float> x, Vector512<int> least, byte* codes)
    {
        Vector512<float> size = Vector512.Abs(x);
        // A float's bits are nearly its logarithm: at most 0.026 decades too low, and bounds lie at most 0.28 above the powers of ten, so
        // this is the decade or the one below it.
        Vector512<float> decades = Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(size.AsInt32()), Vector512.Create(Log10Of2 / (1 << 23)), Vector512.Create(Decades - 0.29f - 127 * Log10Of2));
        Vector512<int> decade = Vector512.ConvertToInt32Native(Vector512.MaxNative(decades, Vector512<float>.Zero));
        decade -= Vector512.GreaterThan(size, Of(above, decade)).AsInt32();
        Vector512<float> place = Vector512.MinNative(Vector512.FusedMultiplyAdd(Of(codeSlopes, decade), size, Of(codeStarts, decade)), Of(codeEnds, decade));
        Vector512<int> steps = Vector512.ConvertToInt32Native(place) & Vector512.GreaterThan(size, Vector512.Create(lowest)).AsInt32();
        steps -= Vector512.GreaterThan(size, Vector512.Create(highest)).AsInt32();
        // One step to either side of zero; there is no -1.
        Vector512<int> negative = x.AsInt32() >> 31;
        Narrow(Vector512.Max(Vector512.Create(zero) + ((steps ^ negative) - negative), least), codes);
    }

    static Vector512<float> Twice(ReadOnlySpan<float> eight) => Vector512.Create(Vector256.Create(eight), Vector256.Create(eight));

    /// <summary>Of eight numbers, which a table has twice, those that the low bits of the indices name.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<float> Of(Vector512<float> table, Vector512<int> index)
    {
        if (Avx512F.IsSupported) return Avx512F.PermuteVar16x32(table, index);
        if (Avx2.IsSupported) return Vector512.Create(Avx2.PermuteVar8x32(table.GetLower(), index.GetLower()), Avx2.PermuteVar8x32(table.GetLower(), index.GetUpper()));
        return Vector512.Shuffle(table, index & Vector512.Create(7));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Widen(byte* codes)
    {
        Vector128<byte> bytes = Vector128.Load(codes);
        if (Avx512F.IsSupported) return Avx512F.ConvertToVector512Int32(bytes);
        (Vector128<ushort> low, Vector128<ushort> high) = Vector128.Widen(bytes);
        return Vector512.Create(Vector256.WidenLower(low.ToVector256Unsafe()), Vector256.WidenLower(high.ToVector256Unsafe())).AsInt32();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Narrow(Vector512<int> values, byte* codes)
    {
        if (Avx512F.IsSupported)
        {
            Avx512F.ConvertToVector128Byte(values).Store(codes);
            return;
        }
        Vector256<ushort> halves = Vector256.Narrow(values.GetLower().AsUInt32(), values.GetUpper().AsUInt32());
        Vector128.Narrow(halves.GetLower(), halves.GetUpper()).Store(codes);
    }
}

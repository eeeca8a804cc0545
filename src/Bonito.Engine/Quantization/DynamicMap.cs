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

    // Magnitudes are looked up by their exponent and 7 bits of their fraction, from 2^-23, below which all is nearest to zero, to 1.
    const int CellShift = 16, FirstCell = (127 - 23) << 7, Cells = (127 << 7) - FirstCell + 1;

    // A cell holds how many bounds lie below it and, in its low bits, the low bits of the bound inside it.
    const int BelowShift = 20, NoBound = (1 << BelowShift) - 1;

    // Pinned: kernels hold their addresses.
    readonly float[] values = GC.AllocateArray<float>(Count, pinned: true);
    readonly int[] cells = GC.AllocateArray<int>(Cells, pinned: true);
    readonly float[] bounds = new float[Count - 1];
    readonly int zero;

    DynamicMap(bool signed)
    {
        ReadOnlySpan<double> units = [1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1];
        List<double> all = [0, 1];
        for (int decade = 0; decade < units.Length; decade++)
        {
            int steps = 1 << (signed ? decade : decade + 1);
            for (int step = 0; step < steps; step++)
            {
                double middle = (0.1 + 0.9 * (step + 0.5) / steps) * units[decade];
                all.Add(middle);
                if (signed) all.Add(-middle);
            }
        }
        all.Sort();
        for (int code = 0; code < Count; code++) values[code] = (float)all[code];
        for (int code = 0; code < Count - 1; code++) bounds[code] = (values[code] + values[code + 1]) * 0.5f;
        zero = all.IndexOf(0);
        FillCells();
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

    /// <summary>The numbers of 16 codes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Decode(byte* codes)
    {
        float* table = Values;
        return Vector512.Create(
            table[codes[0]], table[codes[1]], table[codes[2]], table[codes[3]], table[codes[4]], table[codes[5]], table[codes[6]], table[codes[7]],
            table[codes[8]], table[codes[9]], table[codes[10]], table[codes[11]], table[codes[12]], table[codes[13]], table[codes[14]], table[codes[15]]);
    }

    /// <summary>16 times <see cref="Nearest"/>.</summary>
    /// <param name="x">From -1 to 1; from 0 to 1 where the map has no sign.</param>
    /// <param name="least">No code of the result is below these.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Encode(Vector512<float> x, Vector512<int> least, byte* codes)
    {
        Vector512<int> bits = x.AsInt32(), negative = bits >>> 31, magnitude = bits & Vector512.Create(int.MaxValue);
        Vector512<int> cell = Vector512.Min(Vector512.Max((magnitude >>> CellShift) - Vector512.Create(FirstCell), Vector512<int>.Zero), Vector512.Create(Cells - 1));
        Vector512<int> found = Gather((int*)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(cells)), cell);
        // Halfway belongs to the lower number, which for negative ones has the larger magnitude.
        Vector512<int> low = (magnitude & Vector512.Create((1 << CellShift) - 1)) + negative;
        Vector512<int> steps = (found >>> BelowShift) - Vector512.GreaterThan(low, found & Vector512.Create(NoBound));
        // One step to either side of zero; there is no -1.
        Vector512<int> code = Vector512.Create(zero) + Vector512.ConditionalSelect(Vector512.Equals(negative, Vector512<int>.Zero), steps, -steps);
        Narrow(Vector512.Max(code, least), codes);
    }

    void FillCells()
    {
        for (int cell = 0; cell < Cells; cell++)
        {
            uint first = (uint)(FirstCell + cell) << CellShift;
            // All that is below the first cell falls into it, zero too.
            float start = cell == 0 ? 0 : BitConverter.UInt32BitsToSingle(first), end = BitConverter.UInt32BitsToSingle(first + (1u << CellShift));
            float[] inside = [.. bounds.Where(bound => bound >= start && bound < end)];
            int below = bounds.Count(bound => bound > 0 && bound < start);
            if (inside.Length > 1 || (cell == 0 && inside.Length > 0)) throw new InvalidOperationException($"{inside.Length} bounds between {start} and {end}.");
            cells[cell] = below << BelowShift | (inside.Length == 0 ? NoBound : (int)(BitConverter.SingleToUInt32Bits(inside[0]) & ((1 << CellShift) - 1)));
        }
    }

    // One load after another: gathering instructions take a hundred cycles where microcode keeps them from leaking (CVE-2022-40982).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static Vector512<int> Gather(int* table, Vector512<int> index)
    {
        int* lanes = stackalloc int[16];
        index.Store(lanes);
        return Vector512.Create(
            table[lanes[0]], table[lanes[1]], table[lanes[2]], table[lanes[3]], table[lanes[4]], table[lanes[5]], table[lanes[6]], table[lanes[7]],
            table[lanes[8]], table[lanes[9]], table[lanes[10]], table[lanes[11]], table[lanes[12]], table[lanes[13]], table[lanes[14]], table[lanes[15]]);
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

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

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

    // Pinned: kernels hold its address.
    readonly float[] values = GC.AllocateArray<float>(Count, pinned: true);
    readonly float[] bounds = new float[Count - 1];

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
        for (int code = 0; code < Count; code++) Values[code] = (float)all[code];
        for (int code = 0; code < Count - 1; code++) bounds[code] = (Values[code] + Values[code + 1]) * 0.5f;
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
}

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Bonito.Engine.Kernels;

/// <summary>
/// 32 activations as the integer kernels read them: x = <see cref="Scale"/> * code, codes from -127 to 127, beside the sums that
/// formats with an offset or a minimum need. One cache line.
/// </summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
public unsafe struct ActivationBlock
{
    /// <summary>Activations of a block.</summary>
    public const int Length = 32;

    public fixed sbyte Codes[Length];

    /// <summary>The largest magnitude / 127; NaN where an activation is not finite, so that the damage shows in the product.</summary>
    public float Scale;

    /// <summary>
    /// Two int16: -8 times the sum of the codes k with k mod 4 below 2, and of the others. Where the accumulators of pairs start
    /// when the weights are stored 8 too high.
    /// </summary>
    public int Offset;

    /// <summary><see cref="Scale"/> * the sum of the codes.</summary>
    public float Sum;

    /// <summary><see cref="Scale"/> * the sum of the first 16 codes.</summary>
    public float FirstSum;

    /// <summary><see cref="Scale"/> * the sum of the last 16 codes.</summary>
    public float LastSum;

    /// <summary>-8 times the sum of the codes: where a 32-bit accumulator starts when the weights are stored 8 too high.</summary>
    public int Offset8;

    /// <summary>-128 times the sum of the codes, for weights that are stored 128 too high.</summary>
    public int Offset128;

    // Adding it rounds a float below 2^22 to an integer, ties to even, which is then the low bits: the same on every processor.
    const float Rounder = 12_582_912;
    const int RounderBits = 0x4B40_0000;

    /// <summary>Quantises 32 activations: code = round(x * 127 / largest magnitude), ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Quantize(float* x, ActivationBlock* block)
    {
        Vector256<float> x0 = Vector256.Load(x), x1 = Vector256.Load(x + 8), x2 = Vector256.Load(x + 16), x3 = Vector256.Load(x + 24);
        Vector256<float> largest = Vector256.Max(Vector256.Max(Vector256.Abs(x0), Vector256.Abs(x1)), Vector256.Max(Vector256.Abs(x2), Vector256.Abs(x3)));
        Vector128<float> half = Vector128.Max(largest.GetLower(), largest.GetUpper());
        float magnitude = MathF.Max(MathF.Max(half[0], half[1]), MathF.Max(half[2], half[3]));
        if (!float.IsFinite(magnitude))
        {
            *block = new ActivationBlock { Scale = float.NaN, Sum = float.NaN, FirstSum = float.NaN, LastSum = float.NaN };
            return;
        }
        // Below, the factor would be infinite; such activations are nothing beside any weight.
        Vector256<float> factor = Vector256.Create(magnitude < 1e-36f ? 0 : 127 / magnitude);
        Vector256<int> c0 = Round(x0 * factor), c1 = Round(x1 * factor), c2 = Round(x2 * factor), c3 = Round(x3 * factor);
        Vector256<short> first = Vector256.Narrow(c0, c1), last = Vector256.Narrow(c2, c3);
        Vector256.Narrow(first, last).Store(block->Codes);
        int firstSum = Vector256.Sum(c0 + c1), lastSum = Vector256.Sum(c2 + c3);
        Vector256<int> all = c0 + c1 + c2 + c3;
        int low = all[0] + all[1] + all[4] + all[5], high = firstSum + lastSum - low;
        float scale = magnitude < 1e-36f ? 0 : magnitude / 127;
        block->Scale = scale;
        block->Offset = ((-8 * low) & 0xFFFF) | (-8 * high << 16);
        block->Offset8 = -8 * (firstSum + lastSum);
        block->Offset128 = -128 * (firstSum + lastSum);
        block->Sum = scale * (firstSum + lastSum);
        block->FirstSum = scale * firstSum;
        block->LastSum = scale * lastSum;
    }

    static Vector256<int> Round(Vector256<float> x) => (x + Vector256.Create(Rounder)).AsInt32() - Vector256.Create(RounderBits);
}

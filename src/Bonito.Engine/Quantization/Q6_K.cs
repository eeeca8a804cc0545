using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Bonito.Engine.Quantization;

/// <summary>
/// Super-blocks of 256 values in 210 bytes: 128 bytes with the low 4 bits, 64 with the high 2 bits, 16 signed bytes (a scale factor
/// for each sub-block of 16), then d (binary16). A value is d * factor * (q - 32). Each half of 128 values is four groups g of 32, of
/// which the low bits lie in 64 bytes (groups 0 and 1 in the low nibbles of the first and second 32, groups 2 and 3 in the high ones)
/// and the high bits in 32 (group g in bits 2g and 2g + 1).
/// </summary>
internal static class Q6_K
{
    private const int Length = 256;
    private const int SubLength = 16;
    private const int SubBlocks = 16;
    private const int HighAt = 128;
    private const int FactorsAt = 192;
    private const int ScaleAt = 208;
    private const int Middle = 32;

    /// <summary>Scalar reference of <see cref="Dequantize"/>.</summary>
    public static void Reference(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block[ScaleAt..]);
        for (int i = 0; i < Length; i++)
        {
            (int low, int lowShift, int high, int highShift) = Place(i);
            int q = ((block[low] >> lowShift) & 15) | (((block[high] >> highShift) & 3) << 4);
            values[i] = d * (sbyte)block[FactorsAt + i / SubLength] * (q - Middle);
        }
    }

    public static void Dequantize(ReadOnlySpan<byte> block, Span<float> values)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block[ScaleAt..]);
        for (int group = 0; group < 8; group++)
        {
            (int lowAt, int lowShift, int highAt, int highShift) = Place(group * 32);
            Vector256<byte> low = (Vector256.Create(block.Slice(lowAt, 32)) >>> lowShift) & Vector256.Create((byte)15);
            Vector256<byte> high = (Vector256.Create(block.Slice(highAt, 32)) >>> highShift) & Vector256.Create((byte)3);
            Vector256<sbyte> q = (low | (high << 4)).AsSByte() - Vector256.Create((sbyte)Middle);
            BlockVectors.Store(q.GetLower(), d * (sbyte)block[FactorsAt + group * 2], 0, values.Slice(group * 32, 16));
            BlockVectors.Store(q.GetUpper(), d * (sbyte)block[FactorsAt + group * 2 + 1], 0, values.Slice(group * 32 + 16, 16));
        }
    }

    public static void Quantize(ReadOnlySpan<float> values, Span<byte> block)
    {
        Span<float> scales = stackalloc float[SubBlocks];
        float extreme = 0;
        for (int s = 0; s < SubBlocks; s++)
        {
            scales[s] = ScaleSearch.Symmetric(values.Slice(s * SubLength, SubLength), Middle);
            if (MathF.Abs(scales[s]) > MathF.Abs(extreme)) extreme = scales[s];
        }
        block.Clear();
        // The extreme scale becomes the factor -128, the one end of the range that reaches farther.
        BinaryPrimitives.WriteHalfLittleEndian(block[ScaleAt..], (Half)(extreme / -128));
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block[ScaleAt..]);
        for (int s = 0; s < SubBlocks; s++)
            block[FactorsAt + s] = (byte)(sbyte)(extreme == 0 ? 0 : Math.Clamp(MathF.Round(scales[s] / extreme * -128), -128, 127));

        for (int i = 0; i < Length; i++)
        {
            float scale = d * (sbyte)block[FactorsAt + i / SubLength];
            int q = (scale == 0 ? 0 : (int)Math.Clamp(MathF.Round(values[i] / scale), -Middle, Middle - 1)) + Middle;
            (int low, int lowShift, int high, int highShift) = Place(i);
            block[low] |= (byte)((q & 15) << lowShift);
            block[high] |= (byte)(q >> 4 << highShift);
        }
    }

    /// <summary>The byte and the bit at which the low 4 and the high 2 bits of a value start.</summary>
    private static (int Low, int LowShift, int High, int HighShift) Place(int i)
    {
        int half = i / 128, group = i % 128 / 32, within = i % 32;
        return (half * 64 + group % 2 * 32 + within, group / 2 * 4, HighAt + half * 32 + within, group * 2);
    }
}

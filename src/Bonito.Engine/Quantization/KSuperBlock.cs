using System.Buffers.Binary;

namespace Bonito.Engine.Quantization;

/// <summary>
/// What Q4_K and Q5_K share: 256 values as 8 sub-blocks of 32, value = scale[s] * q - minimum[s], and the first 16 bytes. These are
/// d and dmin (binary16), then 12 bytes with 8 six-bit scale factors and 8 six-bit minimum factors; scale[s] = d * factor. Sub-blocks 0
/// to 3 have their scale factors in the low 6 bits of bytes 0 to 3 and their minimum factors in those of bytes 4 to 7; of sub-blocks 4
/// to 7 bytes 8 to 11 hold the low 4 bits (of the scale factor in the low, of the minimum factor in the high nibble), and the
/// 2 high bits sit in the high bits of bytes 0 to 3 and 4 to 7.
/// </summary>
internal static class KSuperBlock
{
    public const int Length = 256;
    public const int SubBlocks = 8;
    public const int SubLength = 32;
    public const int HeaderBytes = 16;

    private const int FactorsAt = 4;
    private const int LargestFactor = 63;

    /// <summary>The scale and the minimum of each sub-block.</summary>
    public static void ReadScales(ReadOnlySpan<byte> block, Span<float> scales, Span<float> minima)
    {
        float d = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        float dmin = (float)BinaryPrimitives.ReadHalfLittleEndian(block[2..]);
        ReadOnlySpan<byte> factors = block.Slice(FactorsAt, 12);
        for (int s = 0; s < SubBlocks; s++)
        {
            (int scale, int minimum) = s < 4
                ? (factors[s] & 63, factors[s + 4] & 63)
                : ((factors[s + 4] & 15) | (factors[s - 4] >> 6 << 4), (factors[s + 4] >> 4) | (factors[s] >> 6 << 4));
            scales[s] = d * scale;
            minima[s] = dmin * minimum;
        }
    }

    /// <summary>Chooses scales and minima, writes the first 16 bytes of the block and gives the integer of each value.</summary>
    /// <param name="top">The largest integer: 15 or 31.</param>
    public static void Fit(ReadOnlySpan<float> values, int top, Span<byte> block, Span<byte> q)
    {
        Span<float> weights = stackalloc float[SubLength], scales = stackalloc float[SubBlocks], minima = stackalloc float[SubBlocks];
        float largestScale = 0, largestMinimum = 0;
        for (int s = 0; s < SubBlocks; s++)
        {
            ReadOnlySpan<float> part = values.Slice(s * SubLength, SubLength);
            Weigh(part, weights);
            (scales[s], minima[s]) = ScaleSearch.Affine(part, weights, top);
            largestScale = MathF.Max(largestScale, scales[s]);
            largestMinimum = MathF.Max(largestMinimum, minima[s]);
        }
        BinaryPrimitives.WriteHalfLittleEndian(block, (Half)(largestScale / LargestFactor));
        BinaryPrimitives.WriteHalfLittleEndian(block[2..], (Half)(largestMinimum / LargestFactor));
        WriteFactors(block.Slice(FactorsAt, 12), scales, largestScale, minima, largestMinimum);

        // With the scales as a reader will see them.
        ReadScales(block, scales, minima);
        for (int i = 0; i < Length; i++)
        {
            float scale = scales[i / SubLength];
            q[i] = scale == 0 ? (byte)0 : (byte)Math.Clamp(MathF.Round((values[i] + minima[i / SubLength]) / scale), 0, top);
        }
    }

    /// <summary>An error matters more where a value is large, but nowhere nothing.</summary>
    private static void Weigh(ReadOnlySpan<float> values, Span<float> weights)
    {
        float squares = 0;
        foreach (float value in values) squares += value * value;
        float typical = MathF.Sqrt(squares / values.Length);
        for (int i = 0; i < values.Length; i++) weights[i] = typical + MathF.Abs(values[i]);
    }

    private static void WriteFactors(Span<byte> factors, ReadOnlySpan<float> scales, float largestScale, ReadOnlySpan<float> minima, float largestMinimum)
    {
        for (int s = 0; s < SubBlocks; s++)
        {
            int scale = Factor(scales[s], largestScale), minimum = Factor(minima[s], largestMinimum);
            if (s < 4)
            {
                factors[s] = (byte)scale;
                factors[s + 4] = (byte)minimum;
            }
            else
            {
                factors[s + 4] = (byte)((scale & 15) | ((minimum & 15) << 4));
                factors[s - 4] |= (byte)(scale >> 4 << 6);
                factors[s] |= (byte)(minimum >> 4 << 6);
            }
        }
    }

    private static int Factor(float value, float largest) => largest == 0 ? 0 : (int)MathF.Round(value / largest * LargestFactor);
}

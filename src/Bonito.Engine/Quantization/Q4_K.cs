using System.Runtime.Intrinsics;

namespace Bonito.Engine.Quantization;

/// <summary>
/// Super-blocks of 256 values in 144 bytes: the scales of <see cref="KSuperBlock"/>, then 4 times 32 bytes, of which the p-th 32
/// hold sub-block 2p in the low and sub-block 2p + 1 in the high nibbles.
/// </summary>
internal static class Q4_K
{
    private const int Top = 15;
    private const int QuantsAt = KSuperBlock.HeaderBytes;

    /// <summary>Scalar reference of <see cref="Dequantize"/>.</summary>
    public static void Reference(ReadOnlySpan<byte> block, Span<float> values)
    {
        Span<float> scales = stackalloc float[KSuperBlock.SubBlocks], minima = stackalloc float[KSuperBlock.SubBlocks];
        KSuperBlock.ReadScales(block, scales, minima);
        for (int i = 0; i < KSuperBlock.Length; i++)
        {
            int s = i / 32;
            int q = (block[QuantsAt + s / 2 * 32 + i % 32] >> (s % 2 * 4)) & 15;
            values[i] = q * scales[s] - minima[s];
        }
    }

    public static void Dequantize(ReadOnlySpan<byte> block, Span<float> values)
    {
        Span<float> scales = stackalloc float[KSuperBlock.SubBlocks], minima = stackalloc float[KSuperBlock.SubBlocks];
        KSuperBlock.ReadScales(block, scales, minima);
        for (int s = 0; s < KSuperBlock.SubBlocks; s += 2)
        {
            Vector256<byte> pairs = Vector256.Create(block.Slice(QuantsAt + s * 16, 32));
            BlockVectors.Store((pairs & Vector256.Create((byte)15)).AsSByte(), scales[s], minima[s], values.Slice(s * 32, 32));
            BlockVectors.Store((pairs >>> 4).AsSByte(), scales[s + 1], minima[s + 1], values.Slice(s * 32 + 32, 32));
        }
    }

    public static void Quantize(ReadOnlySpan<float> values, Span<byte> block)
    {
        Span<byte> q = stackalloc byte[KSuperBlock.Length];
        KSuperBlock.Fit(values, Top, block, q);
        for (int p = 0; p < 4; p++)
            for (int i = 0; i < 32; i++) block[QuantsAt + p * 32 + i] = (byte)(q[p * 64 + i] | (q[p * 64 + 32 + i] << 4));
    }
}

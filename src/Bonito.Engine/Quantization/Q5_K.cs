using System.Runtime.Intrinsics;

namespace Bonito.Engine.Quantization;

/// <summary>
/// Super-blocks of 256 values in 176 bytes: the scales of <see cref="KSuperBlock"/>; 32 bytes with the highest of the 5 bits, bit s of
/// byte i for value i of sub-block s; then the low 4 bits as in <see cref="Q4_K"/>.
/// </summary>
internal static class Q5_K
{
    private const int Top = 31;
    private const int HighAt = KSuperBlock.HeaderBytes;
    private const int QuantsAt = HighAt + 32;

    /// <summary>Scalar reference of <see cref="Dequantize"/>.</summary>
    public static void Reference(ReadOnlySpan<byte> block, Span<float> values)
    {
        Span<float> scales = stackalloc float[KSuperBlock.SubBlocks], minima = stackalloc float[KSuperBlock.SubBlocks];
        KSuperBlock.ReadScales(block, scales, minima);
        for (int i = 0; i < KSuperBlock.Length; i++)
        {
            int s = i / 32;
            int low = (block[QuantsAt + s / 2 * 32 + i % 32] >> (s % 2 * 4)) & 15, high = (block[HighAt + i % 32] >> s) & 1;
            values[i] = (low + 16 * high) * scales[s] - minima[s];
        }
    }

    public static void Dequantize(ReadOnlySpan<byte> block, Span<float> values)
    {
        Span<float> scales = stackalloc float[KSuperBlock.SubBlocks], minima = stackalloc float[KSuperBlock.SubBlocks];
        KSuperBlock.ReadScales(block, scales, minima);
        Vector256<byte> high = Vector256.Create(block.Slice(HighAt, 32));
        for (int s = 0; s < KSuperBlock.SubBlocks; s += 2)
        {
            Vector256<byte> pairs = Vector256.Create(block.Slice(QuantsAt + s * 16, 32));
            Vector256<byte> even = (pairs & Vector256.Create((byte)15)) | Sixteens(high >>> s);
            Vector256<byte> odd = (pairs >>> 4) | Sixteens(high >>> (s + 1));
            BlockVectors.Store(even.AsSByte(), scales[s], minima[s], values.Slice(s * 32, 32));
            BlockVectors.Store(odd.AsSByte(), scales[s + 1], minima[s + 1], values.Slice(s * 32 + 32, 32));
        }
    }

    public static void Quantize(ReadOnlySpan<float> values, Span<byte> block)
    {
        Span<byte> q = stackalloc byte[KSuperBlock.Length];
        KSuperBlock.Fit(values, Top, block, q);
        block[HighAt..].Clear();
        for (int i = 0; i < KSuperBlock.Length; i++)
        {
            int s = i / 32;
            block[HighAt + i % 32] |= (byte)(q[i] >> 4 << s);
            block[QuantsAt + s / 2 * 32 + i % 32] |= (byte)((q[i] & 15) << (s % 2 * 4));
        }
    }

    private static Vector256<byte> Sixteens(Vector256<byte> bits) => (bits & Vector256<byte>.One) << 4;
}

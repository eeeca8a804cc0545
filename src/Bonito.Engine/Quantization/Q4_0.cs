using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Bonito.Engine.Quantization;

/// <summary>
/// Blocks of 32 values in 18 bytes: the scale (binary16), then 16 bytes, of which byte i holds value i in its low and value i + 16
/// in its high nibble. A value is scale * (nibble - 8); the scale is the value of largest magnitude / -8.
/// </summary>
internal static class Q4_0
{
    private const int Half = 16;
    private const int Quants = 2;

    /// <summary>Scalar reference of <see cref="Dequantize"/>.</summary>
    public static void Reference(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        for (int i = 0; i < Half; i++)
        {
            values[i] = scale * ((block[Quants + i] & 15) - 8);
            values[i + Half] = scale * ((block[Quants + i] >> 4) - 8);
        }
    }

    public static void Dequantize(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        Vector128<byte> pairs = Vector128.Create(block.Slice(Quants, Half));
        var eight = Vector128.Create((sbyte)8);
        BlockVectors.Store((pairs & Vector128.Create((byte)15)).AsSByte() - eight, scale, 0, values[..Half]);
        BlockVectors.Store((pairs >>> 4).AsSByte() - eight, scale, 0, values[Half..]);
    }

    public static void Quantize(ReadOnlySpan<float> values, Span<byte> block)
    {
        float extreme = 0;
        foreach (float value in values)
            if (MathF.Abs(value) > MathF.Abs(extreme)) extreme = value;
        float scale = extreme / -8;
        BinaryPrimitives.WriteHalfLittleEndian(block, (System.Half)scale);
        // By the scale before it is rounded, as the format is defined.
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = 0; i < Half; i++) block[Quants + i] = (byte)(Nibble(values[i] * inverse) | (Nibble(values[i + Half] * inverse) << 4));
    }

    /// <summary>Truncation of a positive number rounds it; -8 to 8 become 0 to 15.</summary>
    private static int Nibble(float scaled) => Math.Min(15, (int)(scaled + 8.5f));
}

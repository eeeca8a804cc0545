using System.Buffers.Binary;
using System.Runtime.Intrinsics;

namespace Bonito.Engine.Quantization;

/// <summary>
/// Blocks of 32 values in 34 bytes: the scale (binary16), then 32 signed bytes q. A value is scale * q; the scale is the largest
/// magnitude / 127.
/// </summary>
internal static class Q8_0
{
    private const int Length = 32;
    private const int Quants = 2;

    /// <summary>Scalar reference of <see cref="Dequantize"/>.</summary>
    public static void Reference(ReadOnlySpan<byte> block, Span<float> values)
    {
        float scale = (float)BinaryPrimitives.ReadHalfLittleEndian(block);
        for (int i = 0; i < Length; i++) values[i] = scale * (sbyte)block[Quants + i];
    }

    public static void Dequantize(ReadOnlySpan<byte> block, Span<float> values) =>
        BlockVectors.Store(Vector256.Create(block.Slice(Quants, Length)).AsSByte(), (float)BinaryPrimitives.ReadHalfLittleEndian(block), 0, values);

    public static void Quantize(ReadOnlySpan<float> values, Span<byte> block)
    {
        float largest = 0;
        foreach (float value in values) largest = MathF.Max(largest, MathF.Abs(value));
        float scale = largest / 127;
        BinaryPrimitives.WriteHalfLittleEndian(block, (Half)scale);
        // By the scale before it is rounded, as the format is defined.
        float inverse = scale == 0 ? 0 : 1 / scale;
        for (int i = 0; i < Length; i++) block[Quants + i] = (byte)(sbyte)MathF.Round(values[i] * inverse, MidpointRounding.AwayFromZero);
    }
}

using System.Numerics;
using System.Runtime.InteropServices;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// Converts between float32 and the 16-bit formats F16 (IEEE 754 binary16) and BF16 (the upper half of a float32), whose bits are held in
/// <see cref="ushort"/>. Widening is exact, down to the bits of a NaN. Narrowing rounds to the nearest, ties to even; too large a number
/// becomes infinity; a NaN stays a NaN, made quiet, with the upper bits of its payload.
/// Sources and destinations have equal lengths and do not overlap.
/// </summary>
public static class FloatConversion
{
    /// <summary>Float32's infinity as bits; the bits of a magnitude above it are a NaN.</summary>
    private const int Infinity = 0x7F80_0000;

    /// <summary>The smallest magnitude, as bits of a float32, that rounds to F16's infinity: 65,520.</summary>
    private const int F16Overflow = 0x477F_F000;

    /// <summary>The smallest magnitude, as bits of a float32, that rounds to BF16's infinity: half a step above the largest BF16.</summary>
    private const int BF16Overflow = 0x7F7F_8000;

    /// <summary>2^-14 as bits of a float32: F16's magnitudes below it are multiples of 2^-24.</summary>
    private const int F16Normal = 113 << 23;

    /// <summary>What float32's exponent exceeds F16's by, in float32's place.</summary>
    private const int ExponentShift = (127 - 15) << 23;

    /// <summary>Scalar reference: the value of an F16.</summary>
    public static float F16ToF32(ushort bits)
    {
        int exponent = (bits >> 10) & 31;
        int fraction = bits & 1023;
        int magnitude = exponent switch
        {
            0 => BitConverter.SingleToInt32Bits(fraction / 16_777_216f),
            31 => Infinity | (fraction << 13),
            _ => ((exponent + 112) << 23) | (fraction << 13),
        };
        return BitConverter.Int32BitsToSingle(((bits & 0x8000) << 16) | magnitude);
    }

    /// <summary>Scalar reference: the value of a BF16.</summary>
    public static float BF16ToF32(ushort bits) => BitConverter.Int32BitsToSingle(bits << 16);

    /// <summary>Scalar reference: the F16 nearest to a float32.</summary>
    public static ushort F32ToF16(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value);
        int sign = (bits >>> 16) & 0x8000;
        if (float.IsNaN(value)) return (ushort)(sign | 0x7E00 | ((bits >> 13) & 1023));
        double magnitude = Math.Abs((double)value);
        if (magnitude >= 65_520) return (ushort)(sign | 0x7C00);
        // Steps of 2^(exponent - 10): 1,024 to 2,047 of them are a normal number, fewer a subnormal one, 2,048 carry into the exponent.
        int exponent = Math.Max(Math.ILogB(magnitude), -14);
        int steps = (int)Math.Round(Math.ScaleB(magnitude, 10 - exponent), MidpointRounding.ToEven);
        return (ushort)(sign | (((exponent + 14) << 10) + steps));
    }

    /// <summary>Scalar reference: the BF16 nearest to a float32.</summary>
    public static ushort F32ToBF16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value)) return (ushort)((bits >> 16) | 0x40);
        uint dropped = bits & 0xFFFF;
        uint kept = bits >> 16;
        return (ushort)(dropped > 0x8000 || (dropped == 0x8000 && (kept & 1) == 1) ? kept + 1 : kept);
    }

    /// <summary>The values of F16s.</summary>
    public static void F16ToF32(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        CheckLengths(source.Length, destination.Length);
        int i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out Vector<uint> low, out Vector<uint> high);
            WidenF16(Vector.AsVectorInt32(low)).CopyTo(destination[i..]);
            WidenF16(Vector.AsVectorInt32(high)).CopyTo(destination[(i + Vector<uint>.Count)..]);
        }
        for (; i < source.Length; i++) destination[i] = F16ToF32(source[i]);
    }

    /// <summary>The values of BF16s.</summary>
    public static void BF16ToF32(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        CheckLengths(source.Length, destination.Length);
        int i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out Vector<uint> low, out Vector<uint> high);
            Vector.AsVectorSingle(low << 16).CopyTo(destination[i..]);
            Vector.AsVectorSingle(high << 16).CopyTo(destination[(i + Vector<uint>.Count)..]);
        }
        for (; i < source.Length; i++) destination[i] = BF16ToF32(source[i]);
    }

    /// <summary>The F16s nearest to float32s.</summary>
    public static void F32ToF16(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        CheckLengths(source.Length, destination.Length);
        int i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector<int> low = NarrowToF16(new Vector<float>(source[i..]));
            Vector<int> high = NarrowToF16(new Vector<float>(source[(i + Vector<int>.Count)..]));
            Vector.Narrow(Vector.AsVectorUInt32(low), Vector.AsVectorUInt32(high)).CopyTo(destination[i..]);
        }
        for (; i < source.Length; i++) destination[i] = F32ToF16(source[i]);
    }

    /// <summary>The BF16s nearest to float32s.</summary>
    public static void F32ToBF16(ReadOnlySpan<float> source, Span<ushort> destination)
    {
        CheckLengths(source.Length, destination.Length);
        int i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector<int> low = NarrowToBF16(new Vector<float>(source[i..]));
            Vector<int> high = NarrowToBF16(new Vector<float>(source[(i + Vector<int>.Count)..]));
            Vector.Narrow(Vector.AsVectorUInt32(low), Vector.AsVectorUInt32(high)).CopyTo(destination[i..]);
        }
        for (; i < source.Length; i++) destination[i] = F32ToBF16(source[i]);
    }

    /// <summary>The place of the first finite number that a type cannot hold and that would become infinity; -1 when there is none.</summary>
    public static int IndexOfOverflow(ReadOnlySpan<float> source, DType type)
    {
        if (type == DType.F32) return -1;
        int limit = type == DType.F16 ? F16Overflow : BF16Overflow;
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(source);
        int i = 0;
        for (; i <= bits.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            Vector<int> magnitude = new Vector<int>(bits[i..]) & new Vector<int>(int.MaxValue);
            Vector<int> overflow = Vector.GreaterThanOrEqual(magnitude, new Vector<int>(limit)) & Vector.LessThan(magnitude, new Vector<int>(Infinity));
            if (overflow != Vector<int>.Zero) break;
        }
        for (; i < bits.Length; i++)
        {
            int magnitude = bits[i] & int.MaxValue;
            if (magnitude >= limit && magnitude < Infinity) return i;
        }
        return -1;
    }

    private static Vector<float> WidenF16(Vector<int> half)
    {
        Vector<int> sign = (half & new Vector<int>(0x8000)) << 16;
        Vector<int> magnitude = (half & new Vector<int>(0x7FFF)) << 13;
        Vector<int> normal = magnitude + new Vector<int>(ExponentShift);
        // Infinity and NaN: the largest exponent of F16 becomes the largest of float32.
        Vector<int> special = normal + new Vector<int>(ExponentShift);
        // Subnormal: give it the exponent of 2^-14 as if it had the leading one that it lacks, and take that one off again.
        Vector<int> lifted = normal + new Vector<int>(1 << 23);
        Vector<int> subnormal = Vector.AsVectorInt32(Vector.AsVectorSingle(lifted) - Vector.AsVectorSingle(new Vector<int>(F16Normal)));

        Vector<int> result = Vector.ConditionalSelect(Vector.LessThan(magnitude, new Vector<int>(1 << 23)), subnormal, normal);
        result = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(magnitude, new Vector<int>(31 << 23)), special, result);
        return Vector.AsVectorSingle(sign | result);
    }

    private static Vector<int> NarrowToF16(Vector<float> value)
    {
        Vector<int> bits = Vector.AsVectorInt32(value);
        Vector<int> magnitude = bits & new Vector<int>(int.MaxValue);
        Vector<int> normal = RoundOff(magnitude - new Vector<int>(ExponentShift), 13);
        // Subnormal: in 0.5 + x the last bit stands for 2^-24, F16's smallest step, so that the addition rounds as wanted.
        var half = new Vector<float>(0.5f);
        Vector<int> subnormal = Vector.AsVectorInt32(Vector.AsVectorSingle(magnitude) + half) - Vector.AsVectorInt32(half);
        Vector<int> nan = new Vector<int>(0x7E00) | ((magnitude >> 13) & new Vector<int>(1023));

        Vector<int> result = Vector.ConditionalSelect(Vector.LessThan(magnitude, new Vector<int>(F16Normal)), subnormal, normal);
        result = Vector.ConditionalSelect(Vector.GreaterThanOrEqual(magnitude, new Vector<int>(F16Overflow)), new Vector<int>(0x7C00), result);
        result = Vector.ConditionalSelect(Vector.GreaterThan(magnitude, new Vector<int>(Infinity)), nan, result);
        return result | ((bits >>> 16) & new Vector<int>(0x8000));
    }

    private static Vector<int> NarrowToBF16(Vector<float> value)
    {
        Vector<int> bits = Vector.AsVectorInt32(value);
        Vector<int> magnitude = bits & new Vector<int>(int.MaxValue);
        Vector<int> nan = (magnitude >> 16) | new Vector<int>(0x40);
        Vector<int> result = Vector.ConditionalSelect(Vector.GreaterThan(magnitude, new Vector<int>(Infinity)), nan, RoundOff(magnitude, 16));
        return result | ((bits >>> 16) & new Vector<int>(0x8000));
    }

    /// <summary>Drops the low bits, rounding to the nearest, ties to even: adds just less than half, and the missing bit where the kept part is odd.</summary>
    private static Vector<int> RoundOff(Vector<int> bits, int count) =>
        (bits + new Vector<int>((1 << (count - 1)) - 1) + ((bits >> count) & Vector<int>.One)) >> count;

    private static void CheckLengths(int source, int destination)
    {
        if (source != destination) throw new ArgumentException($"Source and destination must have equal lengths, got {source} and {destination}.");
    }
}

using System.Runtime.InteropServices;
using Bonito.Engine.Checkpoints;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Quantization;

/// <summary>
/// Rows of every <see cref="DType"/> to and from float32. The results are the same on every processor; they are what kernels that
/// compute with stored rows are measured against. Rows have whole blocks; sources and destinations do not overlap.
/// </summary>
public static class RowCodec
{
    /// <summary>
    /// How far a product of a stored row with a float32 row, summed in float32 in any order, may lie from <see cref="Dot"/>, as a
    /// share of the sum of the magnitudes of its terms.
    /// </summary>
    public const double DotBudget = 1e-5;

    /// <summary>The largest magnitude that quantised formats store here: it keeps every binary16 scale finite.</summary>
    public const float LargestQuantized = 500_000;

    /// <summary>The values of stored rows of any format but <see cref="DType.NF4"/>, whose scales lie apart.</summary>
    /// <param name="source">Whole blocks.</param>
    /// <param name="destination">As many floats as the blocks hold.</param>
    public static void Dequantize(DType type, ReadOnlySpan<byte> source, Span<float> destination)
    {
        CheckLengths(type, source.Length, destination.Length);
        switch (type)
        {
            case DType.F32:
                MemoryMarshal.Cast<byte, float>(source).CopyTo(destination);
                return;
            case DType.F16:
                FloatConversion.F16ToF32(MemoryMarshal.Cast<byte, ushort>(source), destination);
                return;
            case DType.BF16:
                FloatConversion.BF16ToF32(MemoryMarshal.Cast<byte, ushort>(source), destination);
                return;
        }
        int bytes = type.BlockBytes(), length = type.BlockLength();
        for (; !source.IsEmpty; source = source[bytes..], destination = destination[length..])
        {
            ReadOnlySpan<byte> block = source[..bytes];
            Span<float> values = destination[..length];
            switch (type)
            {
                case DType.Q8_0: Q8_0.Dequantize(block, values); break;
                case DType.Q4_0: Q4_0.Dequantize(block, values); break;
                case DType.Q4_K: Q4_K.Dequantize(block, values); break;
                case DType.Q5_K: Q5_K.Dequantize(block, values); break;
                case DType.Q6_K: Q6_K.Dequantize(block, values); break;
                default: throw new ArgumentOutOfRangeException(nameof(type), type, null);
            }
        }
    }

    /// <summary>The values of one row of a matrix.</summary>
    /// <param name="destination">As many floats as the matrix has columns.</param>
    public static unsafe void ToFloat(StoredMatrix matrix, int row, Span<float> destination)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)matrix.Rows, nameof(row));
        if (matrix.Type == DType.NF4)
        {
            if (destination.Length != matrix.Columns) throw new ArgumentException($"{destination.Length} values are no row of {matrix}.", nameof(destination));
            fixed (float* values = destination) NF4.Dequantize(matrix, (long)row * matrix.Columns, matrix.Columns, values);
            return;
        }
        Dequantize(matrix.Type, new ReadOnlySpan<byte>(matrix.Row(row), checked((int)matrix.RowBytes)), destination);
    }

    /// <summary>
    /// Stores values: F16 and BF16 rounded to nearest, ties to even; Q8_0 and Q4_0 by their definition; Q4_K, Q5_K and Q6_K with a
    /// search for the scales that lose least.
    /// </summary>
    /// <param name="source">Values that <see cref="IndexOfUnstorable"/> does not object to.</param>
    /// <param name="destination">The blocks; all of their bytes are written.</param>
    public static void Quantize(DType type, ReadOnlySpan<float> source, Span<byte> destination)
    {
        CheckLengths(type, destination.Length, source.Length);
        switch (type)
        {
            case DType.F32:
                MemoryMarshal.AsBytes(source).CopyTo(destination);
                return;
            case DType.F16:
                FloatConversion.F32ToF16(source, MemoryMarshal.Cast<byte, ushort>(destination));
                return;
            case DType.BF16:
                FloatConversion.F32ToBF16(source, MemoryMarshal.Cast<byte, ushort>(destination));
                return;
        }
        int bytes = type.BlockBytes(), length = type.BlockLength();
        for (; !source.IsEmpty; source = source[length..], destination = destination[bytes..])
        {
            ReadOnlySpan<float> values = source[..length];
            Span<byte> block = destination[..bytes];
            switch (type)
            {
                case DType.Q8_0: Q8_0.Quantize(values, block); break;
                case DType.Q4_0: Q4_0.Quantize(values, block); break;
                case DType.Q4_K: Q4_K.Quantize(values, block); break;
                case DType.Q5_K: Q5_K.Quantize(values, block); break;
                case DType.Q6_K: Q6_K.Quantize(values, block); break;
                default: throw new ArgumentOutOfRangeException(nameof(type), type, null);
            }
        }
    }

    /// <summary>
    /// The place of the first value that a type cannot store: too large for F16 or BF16, NaN or infinite or beyond
    /// <see cref="LargestQuantized"/> for a quantised type, whose whole block it would spoil. -1 when there is none.
    /// </summary>
    public static int IndexOfUnstorable(DType type, ReadOnlySpan<float> source)
    {
        if (!type.IsQuantized()) return FloatConversion.IndexOfOverflow(source, type);
        return source.IndexOfAnyExceptInRange(-LargestQuantized, LargestQuantized);
    }

    /// <summary>Reference: the product of a stored row with a float32 row, summed in order in float64.</summary>
    public static double Dot(DType type, ReadOnlySpan<byte> row, ReadOnlySpan<float> other)
    {
        CheckLengths(type, row.Length, other.Length);
        int bytes = type.BlockBytes(), length = type.BlockLength();
        Span<float> values = stackalloc float[length];
        double sum = 0;
        for (; !row.IsEmpty; row = row[bytes..], other = other[length..])
        {
            Dequantize(type, row[..bytes], values);
            for (int i = 0; i < length; i++) sum += (double)values[i] * other[i];
        }
        return sum;
    }

    private static void CheckLengths(DType type, int bytes, int values)
    {
        if (values % type.BlockLength() != 0 || type.RowBytes(values) != bytes)
            throw new ArgumentException($"{values} values do not fill {bytes} bytes of {type}, whose blocks of {type.BlockLength()} take {type.BlockBytes()} bytes.");
    }
}

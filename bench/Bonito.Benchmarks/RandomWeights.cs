using Bonito.Engine.Tensors;

namespace Bonito.Benchmarks;

/// <summary>Weights that mean nothing but have the sizes, formats and magnitudes of real ones.</summary>
static unsafe class RandomWeights
{
    /// <summary>A matrix of a format with values of about the given magnitude / sqrt(columns).</summary>
    public static NativeBuffer Make(DType type, int rows, int columns, int seed)
    {
        long bytes = rows * type.RowBytes(columns);
        NativeBuffer buffer = new((bytes + 3) / 4);
        Random random = new(seed);
        float size = 1 / MathF.Sqrt(columns);
        if (!type.IsQuantized())
        {
            for (long i = 0; i < (long)rows * columns; i++)
            {
                float value = (random.NextSingle() - 0.5f) * 2 * size;
                if (type == DType.F32) buffer.Data[i] = value;
                else ((ushort*)buffer.Data)[i] = type == DType.F16 ? BitConverter.HalfToUInt16Bits((Half)value) : (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16);
            }
            return buffer;
        }
        byte* data = (byte*)buffer.Data;
        for (long at = 0; at < bytes; at += 1 << 20) random.NextBytes(new Span<byte>(data + at, (int)Math.Min(1 << 20, bytes - at)));
        // Scales: d first, but for Q6_K, which has it last; K formats multiply it by 6- or 8-bit scales.
        for (long at = 0; at < bytes; at += type.BlockBytes())
        {
            ushort d = BitConverter.HalfToUInt16Bits((Half)(type switch { DType.Q8_0 => size / 100, DType.Q4_0 => size / 8, DType.Q6_K => size / 3000, _ => size / 500 }));
            byte* block = data + at;
            if (type == DType.Q6_K) *(ushort*)(block + 208) = d;
            else *(ushort*)block = d;
            if (type is DType.Q4_K or DType.Q5_K) ((ushort*)block)[1] = d;
        }
        return buffer;
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Quantization;

/// <summary>
/// 4-bit NormalFloat (Dettmers et al., "QLoRA", 2023): a block of 64 values along the whole matrix, divided by its largest magnitude, takes
/// of 16 levels (quantiles of a normal distribution) the nearest. A byte holds two codes, the earlier value in its high bits, as in
/// bitsandbytes. A value is level * scale. Values that do not matter beside a zero scale take the level 0; bitsandbytes gives them -1,
/// which a doubly quantised scale would turn into noise.
/// </summary>
internal static unsafe class NF4
{
    public const int Block = 64;
    const int BlockBytes = Block / 2;
    const int Zero = 7;

    static ReadOnlySpan<float> Levels =>
    [
        -1, -0.6961928009986877f, -0.5250730514526367f, -0.39491748809814453f, -0.28444138169288635f, -0.18477343022823334f, -0.09105003625154495f, 0,
        0.07958029955625534f, 0.16093020141124725f, 0.24611230194568634f, 0.33791524171829224f, 0.44070982933044434f, 0.5626170039176941f, 0.7229568362236023f, 1,
    ];

    // Half-way between levels; a value above a bound takes the level above it.
    static ReadOnlySpan<float> Bounds =>
    [
        -0.8480964004993439f, -0.6106329262256622f, -0.4599952697753906f, -0.33967943489551544f, -0.23460740596055984f, -0.13791173323988914f, -0.045525018125772476f,
        0.03979014977812767f, 0.1202552504837513f, 0.2035212516784668f, 0.2920137718319893f, 0.3893125355243683f, 0.5016634166240692f, 0.6427869200706482f, 0.8614784181118011f,
    ];

    /// <summary>Bytes of the codes of some values; the last byte may be half full.</summary>
    public static long CodeBytes(long values) => (values + 1) / 2;

    /// <summary>Blocks of some values; the last may be short.</summary>
    public static long Blocks(long values) => (values + Block - 1) / Block;

    /// <summary>Bytes of a matrix of so many values: codes, a byte for the scale of each block, and the maxima of those scales.</summary>
    public static long Bytes(long values)
    {
        long blocks = Blocks(values);
        return CodeBytes(values) + blocks + (blocks + NestedScales.Group - 1) / NestedScales.Group * sizeof(float);
    }

    /// <summary>The codes of a block.</summary>
    /// <param name="values">[64]; zero past the end of a matrix.</param>
    /// <param name="codes">[32]</param>
    /// <returns>The scale: the largest magnitude.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Quantize(float* values, byte* codes)
    {
        Vector512<float> largest = Vector512.Max(
            Vector512.Max(Vector512.Abs(Vector512.Load(values)), Vector512.Abs(Vector512.Load(values + 16))),
            Vector512.Max(Vector512.Abs(Vector512.Load(values + 32)), Vector512.Abs(Vector512.Load(values + 48))));
        float scale = 0;
        for (int i = 0; i < 16; i++) scale = MathF.Max(scale, largest.GetElement(i));
        float inverse = 1 / scale;
        if (!float.IsFinite(inverse))
        {
            new Span<byte>(codes, BlockBytes).Fill(Zero << 4 | Zero);
            return scale;
        }
        int* wide = stackalloc int[16];
        for (int first = 0; first < Block; first += 16)
        {
            Vector512<float> x = Vector512.Load(values + first) * inverse;
            Vector512<int> code = Vector512<int>.Zero;
            foreach (float bound in Bounds) code -= Vector512.GreaterThan(x, Vector512.Create(bound)).AsInt32();
            code.Store(wide);
            for (int i = 0; i < 8; i++) codes[first / 2 + i] = (byte)(wide[2 * i] << 4 | wide[2 * i + 1]);
        }
        return scale;
    }

    /// <summary>Scalar reference of <see cref="Quantize"/>.</summary>
    public static float QuantizeReference(ReadOnlySpan<float> values, Span<byte> codes)
    {
        float scale = 0;
        foreach (float value in values) scale = MathF.Max(scale, MathF.Abs(value));
        float inverse = 1 / scale;
        codes.Clear();
        for (int i = 0; i < values.Length; i++)
        {
            int code = float.IsFinite(inverse) ? 0 : Zero;
            if (float.IsFinite(inverse))
                foreach (float bound in Bounds)
                    if (values[i] * inverse > bound) code++;
            codes[i / 2] |= (byte)(i % 2 == 0 ? code << 4 : code);
        }
        return scale;
    }

    /// <summary>Consecutive values of a matrix, wherever they begin.</summary>
    /// <param name="first">Row * columns + column.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Dequantize(StoredMatrix matrix, long first, int count, float* values)
    {
        float* whole = stackalloc float[Block];
        byte* padded = stackalloc byte[BlockBytes];
        long total = (long)matrix.Rows * matrix.Columns;
        for (long at = first, end = first + count; at < end;)
        {
            long block = at / Block;
            byte* codes = matrix.Data + block * BlockBytes;
            float scale = matrix.Scales[block];
            int skip = (int)(at % Block), take = (int)Math.Min(Block - skip, end - at);
            if (take == Block) Dequantize(codes, scale, values);
            else
            {
                // The last block of a matrix may lack bytes.
                int bytes = (int)CodeBytes(Math.Min(Block, total - block * Block));
                new Span<byte>(codes, bytes).CopyTo(new Span<byte>(padded, BlockBytes));
                Dequantize(padded, scale, whole);
                new Span<float>(whole + skip, take).CopyTo(new Span<float>(values, take));
            }
            at += take;
            values += take;
        }
    }

    /// <summary>Scalar reference of a block: level * scale.</summary>
    public static void Reference(byte* codes, float scale, float* values)
    {
        for (int i = 0; i < Block; i++) values[i] = Levels[i % 2 == 0 ? codes[i / 2] >> 4 : codes[i / 2] & 15] * scale;
    }

    /// <summary>
    /// A block, by a table of the 16 scaled levels in registers. Each byte is spread over two lanes, shifted by 4 in the first; the
    /// permutation looks at the last 4 bits (of two halves of the table: 3) alone.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    static void Dequantize(byte* codes, float scale, float* values)
    {
        if (Avx512F.IsSupported)
        {
            Vector512<float> table = Vector512.Create(Levels) * scale;
            for (int i = 0; i < Block; i += 16)
            {
                Vector512<ulong> bytes = Avx512F.ConvertToVector512UInt64(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<ulong>(codes + i / 2)).AsByte());
                Avx512F.PermuteVar16x32(table, ((bytes >>> 4) | (bytes << 32)).AsInt32()).Store(values + i);
            }
        }
        else if (Avx2.IsSupported)
        {
            Vector256<float> low = Vector256.Create(Levels[..8]) * scale, high = Vector256.Create(Levels[8..]) * scale;
            for (int i = 0; i < Block; i += 8)
            {
                Vector256<long> bytes = Avx2.ConvertToVector256Int64(Vector128.CreateScalarUnsafe(Unsafe.ReadUnaligned<uint>(codes + i / 2)).AsByte());
                Vector256<int> index = ((bytes >>> 4) | (bytes << 32)).AsInt32();
                Avx.BlendVariable(Avx2.PermuteVar8x32(low, index), Avx2.PermuteVar8x32(high, index), (index << 28).AsSingle()).Store(values + i);
            }
        }
        else Reference(codes, scale, values);
    }
}

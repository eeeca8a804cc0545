using Bonito.Engine.Tensors;

namespace Bonito.Engine.Kernels;

/// <summary>
/// Rewrites rows of quantised blocks as tiles of <see cref="Rows"/> rows, interleaved so that a vector holds the same four
/// weights of each row and a row stays in its lane: one row of activations and many are then summed in the same order.
/// </summary>
/// <remarks>
/// A tile of 16 rows, one group of 32 weights along the rows (a "step"); q is one of its 8 quads of four weights:
/// <list type="bullet">
/// <item>Q8_0: 16 scales (binary16), then for each q: 16 rows x 4 bytes, each the weight's code + 128.</item>
/// <item>Q4_0: 16 scales (binary16), then for q below 4: 16 rows x 4 bytes, quad q in the low nibbles, quad q + 4 in the high ones.</item>
/// <item>Q4_K: before the first of 8 steps 16 x d, 16 x dmin (binary16); then 16 scales, 16 minima (bytes), nibbles as Q4_0.</item>
/// <item>Q5_K: as Q4_K with a byte for each weight.</item>
/// <item>Q6_K: before the first of 8 steps 16 x d (binary16); then 16 scales of the first half, 16 of the last (signed bytes), a byte for
/// each weight, its code from 0 to 63.</item>
/// </list>
/// </remarks>
public static unsafe class TilePacking
{
    /// <summary>Rows of a tile: 32-bit lanes of the widest vector.</summary>
    public const int Rows = 16;

    /// <summary>Weights of a step.</summary>
    public const int Step = ActivationBlock.Length;

    const int NibbleBytes = Rows * Step / 2;
    const int ByteBytes = Rows * Step;
    const int LowNibbles = 0x0F0F_0F0F;

    /// <summary>Steps of a format's block.</summary>
    public static int StepsPerBlock(DType type) => type.BlockLength() / Step;

    /// <summary>Bytes of a block of all rows of a tile.</summary>
    public static int BlockBytes(DType type) => type switch
    {
        DType.Q8_0 => 2 * Rows + ByteBytes,
        DType.Q4_0 => 2 * Rows + NibbleBytes,
        DType.Q4_K => 4 * Rows + 8 * (2 * Rows + NibbleBytes),
        DType.Q5_K => 4 * Rows + 8 * (2 * Rows + ByteBytes),
        DType.Q6_K => 2 * Rows + 8 * (2 * Rows + ByteBytes),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not a quantised format."),
    };

    /// <summary>Bytes of a tile of rows of so many weights.</summary>
    public static long TileBytes(DType type, int columns) => (long)(columns / type.BlockLength()) * BlockBytes(type);

    /// <summary>Writes one tile; rows past the matrix become zeros.</summary>
    /// <param name="tile">Which: rows 16 * tile to 16 * tile + 15.</param>
    /// <param name="destination">[<see cref="TileBytes"/>], not read.</param>
    public static void Pack(StoredMatrix source, int tile, byte* destination)
    {
        int first = tile * Rows, rows = Math.Min(Rows, source.Rows - first), blocks = source.Columns / source.Type.BlockLength();
        int from = source.Type.BlockBytes(), to = BlockBytes(source.Type);
        if (rows < Rows) new Span<byte>(destination, checked(blocks * to)).Clear();
        for (int r = 0; r < rows; r++)
        {
            byte* block = source.Row(first + r);
            byte* target = destination;
            for (int b = 0; b < blocks; b++, block += from, target += to)
            {
                switch (source.Type)
                {
                    case DType.Q8_0: PackQ8_0(block, target, r); break;
                    case DType.Q4_0: PackQ4_0(block, target, r); break;
                    case DType.Q4_K: PackQ4_K(block, target, r); break;
                    case DType.Q5_K: PackQ5_K(block, target, r); break;
                    default: PackQ6_K(block, target, r); break;
                }
            }
        }
    }

    static void PackQ8_0(byte* block, byte* target, int row)
    {
        ((ushort*)target)[row] = *(ushort*)block;
        int* codes = (int*)(block + 2);
        int* quads = (int*)(target + 2 * Rows) + row;
        for (int q = 0; q < 8; q++) quads[q * Rows] = codes[q] ^ unchecked((int)0x8080_8080);
    }

    static void PackQ4_0(byte* block, byte* target, int row)
    {
        ((ushort*)target)[row] = *(ushort*)block;
        int* codes = (int*)(block + 2);
        int* quads = (int*)(target + 2 * Rows) + row;
        for (int q = 0; q < 4; q++) quads[q * Rows] = codes[q];
    }

    static void PackQ4_K(byte* block, byte* target, int row)
    {
        PackScales(block, target, row, out byte* scales);
        int* codes = (int*)(block + 16);
        byte* step = target + 4 * Rows;
        for (int s = 0; s < 8; s++, step += 2 * Rows + NibbleBytes)
        {
            (step[row], step[Rows + row]) = ScaleAndMin(scales, s);
            int* pair = codes + s / 2 * 8;
            int* quads = (int*)(step + 2 * Rows) + row;
            for (int q = 0; q < 4; q++)
                quads[q * Rows] = (s & 1) == 0 ? (pair[q] & LowNibbles) | ((pair[q + 4] & LowNibbles) << 4) : ((pair[q] >> 4) & LowNibbles) | (pair[q + 4] & ~LowNibbles);
        }
    }

    static void PackQ5_K(byte* block, byte* target, int row)
    {
        PackScales(block, target, row, out byte* scales);
        int* high = (int*)(block + 16);
        int* codes = (int*)(block + 48);
        byte* step = target + 4 * Rows;
        for (int s = 0; s < 8; s++, step += 2 * Rows + ByteBytes)
        {
            (step[row], step[Rows + row]) = ScaleAndMin(scales, s);
            int* pair = codes + s / 2 * 8;
            int* quads = (int*)(step + 2 * Rows) + row;
            for (int q = 0; q < 8; q++)
                quads[q * Rows] = ((pair[q] >> (s & 1) * 4) & LowNibbles) | (((high[q] >> s) & 0x0101_0101) << 4);
        }
    }

    static void PackQ6_K(byte* block, byte* target, int row)
    {
        int* low = (int*)block;
        int* high = (int*)(block + 128);
        sbyte* scales = (sbyte*)(block + 192);
        ((ushort*)target)[row] = *(ushort*)(block + 208);
        byte* step = target + 2 * Rows;
        for (int s = 0; s < 8; s++, step += 2 * Rows + ByteBytes)
        {
            // Each half of 128 weights: 64 bytes of low nibbles (steps 0 and 1, then 2 and 3 in the high ones), 32 bytes of 2-bit fields.
            int half = s / 4, place = s % 4;
            ((sbyte*)step)[row] = scales[half * 8 + place * 2];
            ((sbyte*)step)[Rows + row] = scales[half * 8 + place * 2 + 1];
            int* quads = (int*)(step + 2 * Rows) + row;
            for (int q = 0; q < 8; q++)
                quads[q * Rows] = ((low[half * 16 + (place & 1) * 8 + q] >> (place >> 1) * 4) & LowNibbles) | (((high[half * 8 + q] >> place * 2) & 0x0303_0303) << 4);
        }
    }

    static void PackScales(byte* block, byte* target, int row, out byte* scales)
    {
        ((ushort*)target)[row] = *(ushort*)block;
        ((ushort*)target)[Rows + row] = *(ushort*)(block + 2);
        scales = block + 4;
    }

    /// <summary>The 6-bit scale and minimum of a sub-block, out of the 12 bytes that hold 8 of each.</summary>
    static (byte Scale, byte Min) ScaleAndMin(byte* packed, int s) => s < 4
        ? ((byte)(packed[s] & 63), (byte)(packed[s + 4] & 63))
        : ((byte)((packed[s + 4] & 15) | (packed[s - 4] >> 6 << 4)), (byte)((packed[s + 4] >> 4) | (packed[s] >> 6 << 4)));
}

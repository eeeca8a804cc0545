using System.Buffers.Binary;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Bonito.Parquet.Codecs;

/// <summary>The checksum of pages: CRC-32 as in gzip.</summary>
static class Crc32
{
    const int Folded = 64;

    static readonly uint[] Tables = MakeTables();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = ~0u;
        if (Pclmulqdq.IsSupported && bytes.Length >= Folded) crc = Fold(crc, ref bytes);
        return ~Update(crc, bytes);
    }

    /// <summary>By tables, eight bytes at a time.</summary>
    internal static uint Update(uint crc, ReadOnlySpan<byte> bytes)
    {
        uint[] tables = Tables;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            uint low = crc ^ BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            crc = tables[7 * 256 + (int)(low & 255)] ^ tables[6 * 256 + (int)(low >> 8 & 255)]
                ^ tables[5 * 256 + (int)(low >> 16 & 255)] ^ tables[4 * 256 + (int)(low >> 24)]
                ^ tables[3 * 256 + bytes[4]] ^ tables[2 * 256 + bytes[5]] ^ tables[256 + bytes[6]] ^ tables[bytes[7]];
        }
        foreach (byte part in bytes) crc = crc >> 8 ^ tables[(int)((crc ^ part) & 255)];
        return crc;
    }

    // As polynomials, 64 bytes at a time: what was read is multiplied to where it stands 64 (or 16) bytes later, modulo the
    // polynomial of the checksum, and added there. Sixteen bytes are left, whose checksum is that of all before.
    static uint Fold(uint crc, ref ReadOnlySpan<byte> bytes)
    {
        Vector128<ulong> by64 = Vector128.Create(0x1_5444_2BD4ul, 0x1_C6E4_1596ul);
        Vector128<ulong> by16 = Vector128.Create(0x1_7519_97D0ul, 0x0_CCAA_009Eul);
        Vector128<ulong> a = Load(bytes) ^ Vector128.CreateScalar((ulong)crc);
        Vector128<ulong> b = Load(bytes[16..]), c = Load(bytes[32..]), d = Load(bytes[48..]);
        for (bytes = bytes[Folded..]; bytes.Length >= Folded; bytes = bytes[Folded..])
        {
            a = Moved(a, by64) ^ Load(bytes);
            b = Moved(b, by64) ^ Load(bytes[16..]);
            c = Moved(c, by64) ^ Load(bytes[32..]);
            d = Moved(d, by64) ^ Load(bytes[48..]);
        }
        Span<byte> left = stackalloc byte[16];
        a = Moved(Moved(Moved(a, by16) ^ b, by16) ^ c, by16) ^ d;
        a.AsByte().CopyTo(left);
        return Update(0, left);
    }

    static Vector128<ulong> Load(ReadOnlySpan<byte> bytes) => Vector128.Create(bytes[..16]).AsUInt64();

    static Vector128<ulong> Moved(Vector128<ulong> value, Vector128<ulong> by) =>
        Pclmulqdq.CarrylessMultiply(value, by, 0x00) ^ Pclmulqdq.CarrylessMultiply(value, by, 0x11);

    // Table k says what a byte becomes that has k more bytes after it.
    static uint[] MakeTables()
    {
        var tables = new uint[8 * 256];
        for (uint i = 0; i < 256; i++)
        {
            uint crc = i;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0xEDB88320u : crc >> 1;
            tables[i] = crc;
        }
        for (int i = 256; i < tables.Length; i++) tables[i] = tables[i - 256] >> 8 ^ tables[tables[i - 256] & 255];
        return tables;
    }
}

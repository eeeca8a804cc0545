namespace Bonito.Parquet.Codecs;

/// <summary>The checksum of pages: CRC-32 as in gzip, eight bytes at a time.</summary>
static class Crc32
{
    static readonly uint[] Tables = MakeTables();

    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint[] tables = Tables;
        uint crc = ~0u;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            uint low = crc ^ System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(bytes);
            crc = tables[7 * 256 + (int)(low & 255)] ^ tables[6 * 256 + (int)(low >> 8 & 255)]
                ^ tables[5 * 256 + (int)(low >> 16 & 255)] ^ tables[4 * 256 + (int)(low >> 24)]
                ^ tables[3 * 256 + bytes[4]] ^ tables[2 * 256 + bytes[5]] ^ tables[256 + bytes[6]] ^ tables[bytes[7]];
        }
        foreach (byte part in bytes) crc = crc >> 8 ^ tables[(int)((crc ^ part) & 255)];
        return ~crc;
    }

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

using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Bonito.Parquet.Writing;

/// <summary>Bytes being collected in the format's plain encoding.</summary>
sealed class ByteBuffer
{
    readonly ArrayBufferWriter<byte> bytes = new();

    public int Length => bytes.WrittenCount;

    public ReadOnlySpan<byte> Written => bytes.WrittenSpan;

    public void Clear() => bytes.ResetWrittenCount();

    public void Byte(byte value)
    {
        bytes.GetSpan(1)[0] = value;
        bytes.Advance(1);
    }

    public void Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(bytes.GetSpan(4), value);
        bytes.Advance(4);
    }

    public void Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(bytes.GetSpan(8), value);
        bytes.Advance(8);
    }

    public void Append(ReadOnlySpan<byte> value) => bytes.Write(value);

    public void Varint(uint value)
    {
        for (; value > 127; value >>= 7) Byte((byte)(value | 128));
        Byte((byte)value);
    }

    /// <summary>A text after its length; gives its bytes, without the length.</summary>
    public ReadOnlySpan<byte> Text(string value)
    {
        int most = 4 + Encoding.UTF8.GetMaxByteCount(value.Length);
        Span<byte> room = bytes.GetSpan(most);
        int length = Encoding.UTF8.GetBytes(value, room[4..]);
        BinaryPrimitives.WriteInt32LittleEndian(room, length);
        bytes.Advance(4 + length);
        return room.Slice(4, length);
    }
}

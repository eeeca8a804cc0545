using System.Buffers.Binary;
using System.Text;

namespace Bonito.Rows.Arrow;

/// <summary>
/// A table in the FlatBuffers encoding that Arrow's metadata has: a position, and before or behind it the list of where
/// its fields stand. Every offset is checked; a field that is not there has its default.
/// </summary>
readonly struct FlatTable
{
    readonly ReadOnlyMemory<byte> bytes;
    readonly int at;
    readonly int fields;
    readonly int fieldCount;

    FlatTable(ReadOnlyMemory<byte> bytes, long at)
    {
        this.bytes = bytes;
        this.at = Inside(at, 4);
        fields = Inside(at - BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[this.at..]), 4);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span[fields..]);
        Inside(fields, size);
        fieldCount = Math.Max(0, (size - 4) / 2);
    }

    /// <exception cref="ArrowFormatException">There is no table.</exception>
    public static FlatTable Root(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < 4) throw new ArrowFormatException("the metadata is empty");
        return new FlatTable(bytes, BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span));
    }

    public bool Flag(int field) => Find(field, 1) is { } found && bytes.Span[found] != 0;

    public byte Byte(int field) => Find(field, 1) is { } found ? bytes.Span[found] : (byte)0;

    public short Short(int field, short otherwise = 0) =>
        Find(field, 2) is { } found ? BinaryPrimitives.ReadInt16LittleEndian(bytes.Span[found..]) : otherwise;

    public int Int(int field, int otherwise = 0) =>
        Find(field, 4) is { } found ? BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[found..]) : otherwise;

    public long Long(int field) => Find(field, 8) is { } found ? BinaryPrimitives.ReadInt64LittleEndian(bytes.Span[found..]) : 0;

    public FlatTable? Table(int field) => Find(field, 4) is { } found ? new FlatTable(bytes, Target(found)) : null;

    public string Text(int field)
    {
        if (Find(field, 4) is not { } found) return "";
        int start = Inside(Target(found), 4);
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[start..]);
        return Encoding.UTF8.GetString(bytes.Span.Slice(Inside(start + 4L, length), (int)length));
    }

    /// <summary>The tables of a vector of tables.</summary>
    public FlatTable[] Tables(int field)
    {
        ReadOnlyMemory<byte> items = Items(field, 4, out int first);
        var tables = new FlatTable[items.Length / 4];
        for (int i = 0; i < tables.Length; i++) tables[i] = new FlatTable(bytes, Target(first + i * 4));
        return tables;
    }

    /// <summary>The bytes of a vector of structs or numbers of the given size.</summary>
    public ReadOnlyMemory<byte> Items(int field, int size) => Items(field, size, out _);

    ReadOnlyMemory<byte> Items(int field, int size, out int first)
    {
        first = 0;
        if (Find(field, 4) is not { } found) return default;
        int start = Inside(Target(found), 4);
        long length = BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[start..]) * (long)size;
        first = Inside(start + 4L, length);
        return bytes.Slice(first, (int)length);
    }

    long Target(int position) => position + (long)BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[position..]);

    int? Find(int field, int size)
    {
        if (field >= fieldCount) return null;
        int offset = BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span[(fields + 4 + field * 2)..]);
        return offset == 0 ? null : Inside((long)at + offset, size);
    }

    int Inside(long position, long length) => position >= 0 && length >= 0 && position + length <= bytes.Length
        ? (int)position
        : throw new ArrowFormatException($"the metadata points at {length} bytes from {position}, outside of its {bytes.Length}");
}

using System.Buffers;
using System.Text;

namespace Bonito.Parquet.Thrift;

/// <summary>Writes Thrift's compact protocol. Fields of a struct are written in ascending order of their ids.</summary>
sealed class CompactWriter
{
    readonly ArrayBufferWriter<byte> bytes = new();
    readonly Stack<short> outer = new();
    short last;

    public ReadOnlySpan<byte> Written => bytes.WrittenSpan;

    public void Int16(short id, short value)
    {
        Header(id, WireType.Int16);
        ZigZag(value);
    }

    public void Int32(short id, int value)
    {
        Header(id, WireType.Int32);
        Int32(value);
    }

    /// <summary>An element of a list.</summary>
    public void Int32(int value) => ZigZag(value);

    public void Int64(short id, long value)
    {
        Header(id, WireType.Int64);
        ZigZag(value);
    }

    public void Text(short id, string value)
    {
        Header(id, WireType.Binary);
        Text(value);
    }

    /// <summary>An element of a list.</summary>
    public void Text(string value) => Bytes(Encoding.UTF8.GetBytes(value));

    public void Binary(short id, ReadOnlySpan<byte> value)
    {
        Header(id, WireType.Binary);
        Bytes(value);
    }

    /// <summary>Begins a list; its elements follow.</summary>
    public void List(short id, WireType element, int count)
    {
        Header(id, WireType.List);
        if (count < 15)
        {
            Byte((byte)(count << 4 | (int)element));
            return;
        }
        Byte((byte)(15 << 4 | (int)element));
        Varint((ulong)count);
    }

    /// <summary>Begins a struct that is a field; <see cref="End"/> ends it.</summary>
    public void Struct(short id)
    {
        Header(id, WireType.Struct);
        Struct();
    }

    /// <summary>Begins a struct that is an element of a list, or the whole; <see cref="End"/> ends it.</summary>
    public void Struct()
    {
        outer.Push(last);
        last = 0;
    }

    public void End()
    {
        Byte(0);
        last = outer.Pop();
    }

    /// <summary>A struct without fields, as a field.</summary>
    public void Empty(short id)
    {
        Struct(id);
        End();
    }

    void Header(short id, WireType type)
    {
        int step = id - last;
        if (step is > 0 and <= 15)
        {
            Byte((byte)(step << 4 | (int)type));
        }
        else
        {
            Byte((byte)type);
            ZigZag(id);
        }
        last = id;
    }

    void Bytes(ReadOnlySpan<byte> value)
    {
        Varint((ulong)value.Length);
        bytes.Write(value);
    }

    void Byte(byte value) => bytes.Write([value]);

    void ZigZag(long value) => Varint((ulong)(value << 1 ^ value >> 63));

    void Varint(ulong value)
    {
        for (; value > 127; value >>= 7) Byte((byte)(value | 128));
        Byte((byte)value);
    }
}

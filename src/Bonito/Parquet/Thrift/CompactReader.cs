using System.Text;

namespace Bonito.Parquet.Thrift;

/// <summary>
/// Reads Thrift's compact protocol from bytes in memory. It allocates only the texts that it returns; no count or length is
/// believed beyond the bytes that are there.
/// </summary>
ref struct CompactReader(ReadOnlySpan<byte> data)
{
    const int MaximalDepth = 32;

    readonly ReadOnlySpan<byte> data = data;

    public int Position { get; private set; }

    /// <summary>Goes to the next field of a struct.</summary>
    /// <param name="id">The field before (0 at the struct's start); becomes that of this one.</param>
    /// <param name="type">How the field is written.</param>
    /// <returns>False at the end of the struct.</returns>
    public bool NextField(ref short id, out WireType type)
    {
        byte header = Byte();
        type = (WireType)(header & 15);
        if (header == 0) return false;
        if (type is WireType.Stop or > WireType.Uuid) throw new MalformedException($"field type {header & 15} is not one of Thrift's");
        id = header >> 4 == 0 ? (short)ZigZag() : (short)(id + (header >> 4));
        return true;
    }

    public static bool Boolean(WireType type) => type switch
    {
        WireType.True => true,
        WireType.False => false,
        _ => throw Unexpected(type, "a truth value"),
    };

    public int Int32(WireType type)
    {
        long value = Int64(type);
        return value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw new MalformedException($"{value} does not fit 32 bits");
    }

    public long Int64(WireType type) => type switch
    {
        WireType.Int8 => (sbyte)Byte(),
        WireType.Int16 or WireType.Int32 or WireType.Int64 => ZigZag(),
        _ => throw Unexpected(type, "an integer"),
    };

    public string Text(WireType type) => Encoding.UTF8.GetString(Binary(type));

    public ReadOnlySpan<byte> Binary(WireType type)
    {
        if (type != WireType.Binary) throw Unexpected(type, "text or bytes");
        ulong length = Varint();
        if (length > int.MaxValue) throw new MalformedException($"a text of {length} bytes is longer than any that can be");
        if (length > (ulong)(data.Length - Position)) throw Ended();
        ReadOnlySpan<byte> value = data.Slice(Position, (int)length);
        Position += (int)length;
        return value;
    }

    /// <summary>Enters a list.</summary>
    /// <param name="type">How the list field is written.</param>
    /// <param name="element">How its elements are written.</param>
    /// <returns>How many elements follow: no more than there are bytes.</returns>
    public int List(WireType type, out WireType element)
    {
        if (type is not (WireType.List or WireType.Set)) throw Unexpected(type, "a list");
        byte header = Byte();
        element = (WireType)(header & 15);
        if (element is WireType.Stop or > WireType.Uuid)
            throw new MalformedException($"element type {header & 15} is not one of Thrift's");
        ulong count = header >> 4 == 15 ? Varint() : (ulong)(header >> 4);
        if (count > int.MaxValue) throw new MalformedException($"a list of {count} elements is longer than any that can be");
        if (count > (ulong)(data.Length - Position)) throw Ended();
        return (int)count;
    }

    public static void Struct(WireType type)
    {
        if (type != WireType.Struct) throw Unexpected(type, "a struct");
    }

    /// <summary>Passes over a field that nobody here reads.</summary>
    public void Skip(WireType type) => Skip(type, 0);

    void Skip(WireType type, int depth)
    {
        if (depth > MaximalDepth) throw new MalformedException($"structs are nested more than {MaximalDepth} deep");
        switch (type)
        {
            case WireType.True or WireType.False:
                break;
            case WireType.Int8:
                Byte();
                break;
            case WireType.Int16 or WireType.Int32 or WireType.Int64:
                Varint();
                break;
            case WireType.Double:
                Pass(8);
                break;
            case WireType.Uuid:
                Pass(16);
                break;
            case WireType.Binary:
                Binary(type);
                break;
            case WireType.List or WireType.Set:
                int count = List(type, out WireType element);
                for (int i = 0; i < count; i++) SkipElement(element, depth + 1);
                break;
            case WireType.Map:
                SkipMap(depth);
                break;
            case WireType.Struct:
                short id = 0;
                while (NextField(ref id, out WireType field)) Skip(field, depth + 1);
                break;
            default:
                throw Unexpected(type, "a value");
        }
    }

    // A truth value is part of a field's header, but takes a byte of its own as an element.
    void SkipElement(WireType type, int depth)
    {
        if (type is WireType.True or WireType.False) Pass(1);
        else Skip(type, depth);
    }

    void SkipMap(int depth)
    {
        ulong count = Varint();
        if (count == 0) return;
        if (count > (ulong)(data.Length - Position)) throw Ended();
        byte types = Byte();
        for (ulong i = 0; i < count; i++)
        {
            SkipElement((WireType)(types >> 4), depth + 1);
            SkipElement((WireType)(types & 15), depth + 1);
        }
    }

    void Pass(int count)
    {
        if (count > data.Length - Position) throw Ended();
        Position += count;
    }

    byte Byte() => Position < data.Length ? data[Position++] : throw Ended();

    long ZigZag()
    {
        ulong value = Varint();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte part = Byte();
            value |= (ulong)(part & 127) << shift;
            if (part < 128) return value;
        }
        throw new MalformedException("a number is longer than 64 bits");
    }

    static MalformedException Ended() => new("the bytes end in the middle of a struct", endedEarly: true);

    static MalformedException Unexpected(WireType type, string expected) =>
        new($"a field holds {type} where {expected} is expected");
}

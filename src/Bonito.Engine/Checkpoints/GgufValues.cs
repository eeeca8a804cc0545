using System.Runtime.InteropServices;

namespace Bonito.Engine.Checkpoints;

/// <summary>The types of metadata values, by their numbers in the file.</summary>
internal enum GgufValueType : uint
{
    UInt8, Int8, UInt16, Int16, UInt32, Int32, Single, Boolean, String, Array, UInt64, Int64, Double,
}

/// <summary>
/// Reads metadata values into the .NET types of the same names; arrays into arrays of them (<c>float[]</c>, <c>string[]</c>), nested
/// ones into <c>Array[]</c>.
/// </summary>
internal static class GgufValues
{
    /// <summary>Arrays inside of arrays: more than any writer makes, fewer than overflow the stack.</summary>
    private const int MaxDepth = 8;

    public static object Read(GgufCursor cursor, string what)
    {
        GgufValueType type = ReadType(cursor, what);
        return type == GgufValueType.Array ? ReadArray(cursor, what, 1) : ReadItems(cursor, what, type, 1, 0).GetValue(0)!;
    }

    private static GgufValueType ReadType(GgufCursor cursor, string what)
    {
        uint type = cursor.UInt32($"{what}: type");
        if (type <= (uint)GgufValueType.Double) return (GgufValueType)type;
        throw cursor.Bad(what, $"a value type from 0 to {(uint)GgufValueType.Double}", $"{type}");
    }

    private static Array ReadArray(GgufCursor cursor, string what, int depth)
    {
        if (depth > MaxDepth) throw cursor.Bad(what, $"at most {MaxDepth} arrays inside of each other", "more");
        GgufValueType type = ReadType(cursor, $"{what}: items");
        return ReadItems(cursor, what, type, cursor.Count($"{what}: items", FewestBytes(type)), depth);
    }

    private static Array ReadItems(GgufCursor cursor, string what, GgufValueType type, int count, int depth) => type switch
    {
        GgufValueType.UInt8 => Plain<byte>(cursor, what, count),
        GgufValueType.Int8 => Plain<sbyte>(cursor, what, count),
        GgufValueType.UInt16 => Plain<ushort>(cursor, what, count),
        GgufValueType.Int16 => Plain<short>(cursor, what, count),
        GgufValueType.UInt32 => Plain<uint>(cursor, what, count),
        GgufValueType.Int32 => Plain<int>(cursor, what, count),
        GgufValueType.Single => Plain<float>(cursor, what, count),
        GgufValueType.UInt64 => Plain<ulong>(cursor, what, count),
        GgufValueType.Int64 => Plain<long>(cursor, what, count),
        GgufValueType.Double => Plain<double>(cursor, what, count),
        GgufValueType.Boolean => Booleans(cursor, what, count),
        GgufValueType.String => Many(count, () => cursor.String(what)),
        GgufValueType.Array => Many(count, () => ReadArray(cursor, what, depth + 1)),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>Numbers lie in the file as in memory: the engine runs on little-endian processors only.</summary>
    private static T[] Plain<T>(GgufCursor cursor, string what, int count)
        where T : unmanaged
    {
        var items = new T[count];
        foreach (Range part in Parts(count)) cursor.Take(what, MemoryMarshal.AsBytes(items.AsSpan(part)).Length).CopyTo(MemoryMarshal.AsBytes(items.AsSpan(part)));
        return items;
    }

    /// <summary>Pieces whose bytes an int can count.</summary>
    private static IEnumerable<Range> Parts(int count)
    {
        const int Longest = 1 << 27;
        for (long start = 0; start < count; start += Longest) yield return (int)start..(int)Math.Min(count, start + Longest);
    }

    private static bool[] Booleans(GgufCursor cursor, string what, int count)
    {
        ReadOnlySpan<byte> bytes = cursor.Take(what, count);
        int bad = bytes.IndexOfAnyExceptInRange((byte)0, (byte)1);
        if (bad >= 0) throw cursor.Bad(what, "a boolean, 0 or 1", $"{bytes[bad]}");
        return [.. MemoryMarshal.Cast<byte, bool>(bytes)];
    }

    private static T[] Many<T>(int count, Func<T> read)
    {
        var items = new T[count];
        for (int i = 0; i < count; i++) items[i] = read();
        return items;
    }

    /// <summary>A string has at least its length, an array its type and length.</summary>
    private static int FewestBytes(GgufValueType type) => type switch
    {
        GgufValueType.UInt8 or GgufValueType.Int8 or GgufValueType.Boolean => 1,
        GgufValueType.UInt16 or GgufValueType.Int16 => 2,
        GgufValueType.UInt32 or GgufValueType.Int32 or GgufValueType.Single => 4,
        GgufValueType.Array => 12,
        _ => 8,
    };
}

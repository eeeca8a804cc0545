using System.Buffers.Binary;
using System.Text;

namespace Bonito.Rows.Arrow;

/// <summary>The values of a column in one batch, read from its buffers when asked for.</summary>
abstract class ArrowArray(int length, ReadOnlyMemory<byte> validity)
{
    public int Length => length;

    /// <exception cref="ArrowFormatException">The value stands outside of the buffers, or is no text.</exception>
    public object? this[int i] => validity.Length == 0 || (validity.Span[i >> 3] >> (i & 7) & 1) != 0 ? Value(i) : null;

    protected abstract object? Value(int i);
}

sealed class NullArray(int length) : ArrowArray(length, default)
{
    protected override object? Value(int i) => null;
}

sealed class BoolArray(int length, ReadOnlyMemory<byte> validity, ReadOnlyMemory<byte> bits) : ArrowArray(length, validity)
{
    static readonly object True = true, False = false;

    protected override object? Value(int i) => (bits.Span[i >> 3] >> (i & 7) & 1) != 0 ? True : False;
}

/// <summary>What stored bytes are as a value of a row.</summary>
delegate object ArrowConverter(ReadOnlySpan<byte> value);

/// <summary>Values of equally many bytes each.</summary>
sealed class FixedArray(int length, ReadOnlyMemory<byte> validity, ReadOnlyMemory<byte> data, int width, ArrowConverter convert)
    : ArrowArray(length, validity)
{
    protected override object? Value(int i) => convert(data.Span.Slice(i * width, width));
}

/// <summary>Texts or bytes one behind the other, and where each ends.</summary>
sealed class TextArray(int length, ReadOnlyMemory<byte> validity, ArrowOffsets offsets, ReadOnlyMemory<byte> data, ArrowConverter convert)
    : ArrowArray(length, validity)
{
    protected override object? Value(int i)
    {
        (int start, int count) = offsets.Range(i, data.Length);
        return convert(data.Span.Slice(start, count));
    }
}

/// <summary>Texts or bytes by views: up to 12 bytes stand in the view, more in one of the buffers.</summary>
sealed class ViewArray(
    int length, ReadOnlyMemory<byte> validity, ReadOnlyMemory<byte> views, ReadOnlyMemory<byte>[] data, ArrowConverter convert, ArrowBudget budget)
    : ArrowArray(length, validity)
{
    protected override object? Value(int i)
    {
        ReadOnlySpan<byte> view = views.Span.Slice(i * 16, 16);
        int size = BinaryPrimitives.ReadInt32LittleEndian(view);
        if (size < 0) throw new ArrowFormatException($"a text of {size} bytes");
        // Many views can show the same bytes.
        budget.Take(size);
        if (size <= 12) return convert(view.Slice(4, size));
        int buffer = BinaryPrimitives.ReadInt32LittleEndian(view[8..]);
        int start = BinaryPrimitives.ReadInt32LittleEndian(view[12..]);
        if (buffer < 0 || buffer >= data.Length || start < 0 || start > data[buffer].Length - size)
            throw new ArrowFormatException($"a text of {size} bytes stands outside of its buffer");
        return convert(data[buffer].Span.Slice(start, size));
    }
}

sealed class ListArray(int length, ReadOnlyMemory<byte> validity, ArrowOffsets offsets, ArrowArray items, ArrowBudget budget)
    : ArrowArray(length, validity)
{
    protected override object? Value(int i)
    {
        (int start, int count) = offsets.Range(i, items.Length);
        return Items(items, start, count, budget);
    }

    public static object?[] Items(ArrowArray items, int start, int count, ArrowBudget budget)
    {
        budget.Take(count);
        object?[] own = new object?[count];
        for (int i = 0; i < count; i++) own[i] = items[start + i];
        return own;
    }
}

sealed class FixedListArray(int length, ReadOnlyMemory<byte> validity, int size, ArrowArray items, ArrowBudget budget) : ArrowArray(length, validity)
{
    protected override object? Value(int i) => ListArray.Items(items, i * size, size, budget);
}

/// <summary>Maps: rows where keys are text (of equal keys the last counts), else lists of rows of key and value.</summary>
sealed class MapArray(ArrowArray entries, bool asRow) : ArrowArray(entries.Length, default)
{
    protected override object? Value(int i)
    {
        if (!asRow || entries[i] is not object?[] list) return entries[i];
        var values = new OrderedDictionary<string, object?>(list.Length, StringComparer.Ordinal);
        foreach (object? entry in list)
        {
            if (entry is not Row row || row.ValueArray[0] is not string key) throw new ArrowFormatException("a key of a map is null");
            values[key] = row.ValueArray[1];
        }
        return new Row([.. values.Keys], [.. values.Values]);
    }
}

sealed class StructArray(int length, ReadOnlyMemory<byte> validity, string[] names, ArrowArray[] parts) : ArrowArray(length, validity)
{
    protected override object? Value(int i)
    {
        object?[] values = new object?[parts.Length];
        for (int part = 0; part < parts.Length; part++) values[part] = parts[part][i];
        return new Row(names, values);
    }
}

/// <summary>Positions in a dictionary.</summary>
sealed class DictionaryArray(ArrowArray positions, ArrowDictionary dictionary) : ArrowArray(positions.Length, default)
{
    protected override object? Value(int i) => positions[i] is { } position ? dictionary[position] : null;
}

/// <summary>Where the items of a list or the bytes of a text stand: behind those of the one before.</summary>
readonly struct ArrowOffsets(ReadOnlyMemory<byte> offsets, bool large)
{
    public (int Start, int Count) Range(int i, int length)
    {
        long start = At(i), end = At(i + 1);
        if (start < 0 || end < start || end > length) throw new ArrowFormatException($"a value from {start} to {end} stands outside of its buffer of {length}");
        return ((int)start, (int)(end - start));
    }

    long At(int i) => large
        ? BinaryPrimitives.ReadInt64LittleEndian(offsets.Span[(i * 8)..])
        : BinaryPrimitives.ReadInt32LittleEndian(offsets.Span[(i * 4)..]);
}

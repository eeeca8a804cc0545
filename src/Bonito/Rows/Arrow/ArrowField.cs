namespace Bonito.Rows.Arrow;

/// <summary>Arrow's types, with their numbers in the format.</summary>
enum ArrowKind : byte
{
    None, Null, Int, FloatingPoint, Binary, Utf8, Bool, Decimal, Date, Time, Timestamp, Interval, List, Struct, Union,
    FixedSizeBinary, FixedSizeList, Map, Duration, LargeBinary, LargeUtf8, LargeList, RunEndEncoded, BinaryView, Utf8View,
    ListView, LargeListView,
}

/// <summary>Units of dates and times, with their numbers in the format.</summary>
enum ArrowUnit : byte { Second, Millisecond, Microsecond, Nanosecond }

/// <summary>A column, or a part of one, as the schema describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Kind">The type of its values; of those in the dictionary when it has one.</param>
/// <param name="Width">Bits of an integer, float, decimal, date or time; bytes of a fixed binary; items of a fixed list.</param>
/// <param name="IsSigned">Of an integer.</param>
/// <param name="Unit">Of a date, time, timestamp or duration.</param>
/// <param name="IsUtc">Whether a timestamp names a zone, so that what is stored counts in UTC.</param>
/// <param name="Scale">Digits of a decimal behind the point.</param>
/// <param name="Children">The fields of a struct, the item of a list, the entries of a map.</param>
sealed record ArrowField(
    string Name, ArrowKind Kind, int Width, bool IsSigned, ArrowUnit Unit, bool IsUtc, int Scale, ArrowField[] Children)
{
    /// <summary>Where the values stand when the column holds positions in a dictionary.</summary>
    public ArrowDictionaryKey? Dictionary { get; init; }
}

/// <summary>A dictionary's number, and the integers that are positions in it.</summary>
readonly record struct ArrowDictionaryKey(long Id, int Width, bool IsSigned);

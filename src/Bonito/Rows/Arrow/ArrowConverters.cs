using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using Bonito.Parquet;
using Bonito.Parquet.Reading;

namespace Bonito.Rows.Arrow;

/// <summary>Which converter a column needs.</summary>
static class ArrowConverters
{
    const int LeastShared = -128, MostShared = 1024;

    static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Small integers (labels, counts, flags) are one object each for all rows.
    static readonly object[] Shared = [.. Enumerable.Range(LeastShared, MostShared - LeastShared).Select(i => (object)(long)i)];

    public static ArrowConverter Of(ArrowField field) => field.Kind switch
    {
        ArrowKind.Int => Int(field),
        ArrowKind.FloatingPoint => field.Width switch
        {
            16 => static value => (double)BinaryPrimitives.ReadHalfLittleEndian(value),
            32 => static value => (double)BinaryPrimitives.ReadSingleLittleEndian(value),
            _ => static value => BinaryPrimitives.ReadDoubleLittleEndian(value),
        },
        ArrowKind.Utf8 or ArrowKind.LargeUtf8 or ArrowKind.Utf8View => value => Text(field, value),
        // Bytes are no text: where they are not UTF-8, replacement characters say so.
        ArrowKind.Binary or ArrowKind.LargeBinary or ArrowKind.BinaryView or ArrowKind.FixedSizeBinary =>
            static value => Encoding.UTF8.GetString(value),
        ArrowKind.Decimal => value => Decimal(new BigInteger(value, isUnsigned: false, isBigEndian: false), field.Scale),
        ArrowKind.Date when field.Width == 32 => static value => Times.Date(BinaryPrimitives.ReadInt32LittleEndian(value)),
        ArrowKind.Date => static value => Times.Timestamp(BinaryPrimitives.ReadInt64LittleEndian(value), TimeUnit.Milliseconds, isUtc: false)[..^"T00:00:00".Length],
        ArrowKind.Time => value => Times.Time(InUnit(field, Integer(value)), Unit(field), isUtc: false),
        ArrowKind.Timestamp => value => Times.Timestamp(InUnit(field, Integer(value)), Unit(field), field.IsUtc),
        ArrowKind.Duration => value => Duration(field, Integer(value)),
        _ => throw new ArrowFormatException($"the column '{field.Name}' has the type {field.Kind}, which is not read"),
    };

    static ArrowConverter Int(ArrowField field) => (field.Width, field.IsSigned) switch
    {
        (8, true) => static value => Box((sbyte)value[0]),
        (8, false) => static value => Box(value[0]),
        (16, true) => static value => Box(BinaryPrimitives.ReadInt16LittleEndian(value)),
        (16, false) => static value => Box(BinaryPrimitives.ReadUInt16LittleEndian(value)),
        (32, true) => static value => Box(BinaryPrimitives.ReadInt32LittleEndian(value)),
        (32, false) => static value => Box(BinaryPrimitives.ReadUInt32LittleEndian(value)),
        (_, true) => static value => Box(BinaryPrimitives.ReadInt64LittleEndian(value)),
        // A row has integers of 64 bits with a sign: what is beyond them is kept as text.
        (_, false) => static value => BinaryPrimitives.ReadUInt64LittleEndian(value) is <= long.MaxValue and ulong small
            ? Box((long)small)
            : BinaryPrimitives.ReadUInt64LittleEndian(value).ToString(CultureInfo.InvariantCulture),
    };

    static object Box(long value) => value is >= LeastShared and < MostShared ? Shared[value - LeastShared] : value;

    static long Integer(ReadOnlySpan<byte> value) =>
        value.Length == 4 ? BinaryPrimitives.ReadInt32LittleEndian(value) : BinaryPrimitives.ReadInt64LittleEndian(value);

    static string Text(ArrowField field, ReadOnlySpan<byte> value)
    {
        try
        {
            return Strict.GetString(value);
        }
        catch (DecoderFallbackException)
        {
            throw new ArrowFormatException($"a text of the column '{field.Name}' is not UTF-8");
        }
    }

    static string Decimal(BigInteger unscaled, int scale)
    {
        if (scale < 0) (unscaled, scale) = (unscaled * BigInteger.Pow(10, -scale), 0);
        string digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string sign = unscaled.Sign < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits.AsSpan(0, digits.Length - scale)}.{digits.AsSpan(digits.Length - scale)}";
    }

    static TimeUnit Unit(ArrowField field) => field.Unit switch
    {
        ArrowUnit.Second or ArrowUnit.Millisecond => TimeUnit.Milliseconds,
        ArrowUnit.Microsecond => TimeUnit.Microseconds,
        _ => TimeUnit.Nanoseconds,
    };

    static long InUnit(ArrowField field, long value)
    {
        if (field.Unit != ArrowUnit.Second) return value;
        if (value is > long.MaxValue / 1000 or < long.MinValue / 1000) throw new ArrowFormatException($"the column '{field.Name}' has a time of {value} seconds");
        return value * 1000;
    }

    /// <summary>ISO 8601, in seconds: <c>PT90.5S</c>.</summary>
    static string Duration(ArrowField field, long value)
    {
        int digits = 3 * (int)field.Unit;
        string seconds = Decimal(value, digits);
        return $"PT{(digits == 0 ? seconds : seconds.TrimEnd('0').TrimEnd('.'))}S";
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Numerics;
using System.Text;
using Bonito.Parquet.Metadata;

namespace Bonito.Parquet.Reading;

/// <summary>What stored bytes are as a value of a row.</summary>
delegate object? ValueConverter(ReadOnlySpan<byte> value);

/// <summary>Which converter a leaf needs, by how its values are stored and what they mean.</summary>
static class ValueConverters
{
    const int LeastShared = -128, MostShared = 1024;

    // Small integers (labels, counts, flags) are one object each for all rows.
    static readonly object[] SharedIntegers = [.. Enumerable.Range(LeastShared, MostShared - LeastShared).Select(i => (object)(long)i)];
    static readonly object True = true, False = false;

    /// <exception cref="MalformedException">The meaning does not fit how the values are stored.</exception>
    public static ValueConverter Of(SchemaNode leaf)
    {
        LogicalType? logical = leaf.Logical;
        return (leaf.Type, logical?.Kind ?? LogicalKind.Unknown) switch
        {
            (_, LogicalKind.Null) => static _ => null,
            (PhysicalType.Boolean, LogicalKind.Unknown) => static value => value[0] != 0 ? True : False,

            (PhysicalType.Int32, LogicalKind.Unknown) => static value => Integer(Int32(value)),
            (PhysicalType.Int32, LogicalKind.Integer) when logical!.IsSigned => static value => Integer(Int32(value)),
            (PhysicalType.Int32, LogicalKind.Integer) => static value => Integer((uint)Int32(value)),
            (PhysicalType.Int32, LogicalKind.Date) => static value => Times.Date(Int32(value)),
            (PhysicalType.Int32, LogicalKind.Time) when logical!.Unit == TimeUnit.Milliseconds =>
                value => Times.Time(Int32(value), logical.Unit, logical.IsUtc),
            (PhysicalType.Int32, LogicalKind.Decimal) => OfDecimal(logical!, static value => Int32(value)),

            (PhysicalType.Int64, LogicalKind.Unknown) => static value => Integer(Int64(value)),
            (PhysicalType.Int64, LogicalKind.Integer) when logical!.IsSigned => static value => Integer(Int64(value)),
            (PhysicalType.Int64, LogicalKind.Integer) => static value => Unsigned((ulong)Int64(value)),
            (PhysicalType.Int64, LogicalKind.Time) => value => Times.Time(Int64(value), logical!.Unit, logical.IsUtc),
            (PhysicalType.Int64, LogicalKind.Timestamp) => value => Times.Timestamp(Int64(value), logical!.Unit, logical.IsUtc),
            (PhysicalType.Int64, LogicalKind.Decimal) => OfDecimal(logical!, static value => Int64(value)),

            (PhysicalType.Int96, _) => static value =>
                Times.JulianTimestamp(Int64(value), BinaryPrimitives.ReadInt32LittleEndian(value[8..])),
            (PhysicalType.Float, LogicalKind.Unknown) => static value => (double)BinaryPrimitives.ReadSingleLittleEndian(value),
            (PhysicalType.Double, LogicalKind.Unknown) => static value => BinaryPrimitives.ReadDoubleLittleEndian(value),

            (PhysicalType.ByteArray or PhysicalType.FixedLengthByteArray, LogicalKind.Decimal) => OfDecimal(logical!, LargeInteger),
            (PhysicalType.FixedLengthByteArray, LogicalKind.Uuid) when leaf.Length == 16 => static value => Uuid(value),
            (PhysicalType.FixedLengthByteArray, LogicalKind.Float16) when leaf.Length == 2 => static value =>
                (double)BinaryPrimitives.ReadHalfLittleEndian(Exactly(value, 2)),
            (PhysicalType.FixedLengthByteArray, LogicalKind.Interval) when leaf.Length == 12 => static value =>
                Times.Interval(Exactly(value, 12)),
            (PhysicalType.ByteArray or PhysicalType.FixedLengthByteArray,
                LogicalKind.Unknown or LogicalKind.Text or LogicalKind.Enum or LogicalKind.Json or LogicalKind.Bson
                or LogicalKind.Geometry or LogicalKind.Geography) => static value => System.Text.Encoding.UTF8.GetString(value),

            _ => throw new MalformedException($"values of type {leaf.Type} cannot be of the kind {logical?.Kind}"),
        };
    }

    static object Integer(long value) => value is >= LeastShared and < MostShared ? SharedIntegers[value - LeastShared] : value;

    // A row has integers of 64 bits with a sign: what is beyond them is kept as text.
    static object Unsigned(ulong value) => value <= long.MaxValue ? Integer((long)value) : value.ToString(CultureInfo.InvariantCulture);

    static int Int32(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadInt32LittleEndian(value);

    static long Int64(ReadOnlySpan<byte> value) => BinaryPrimitives.ReadInt64LittleEndian(value);

    static string Uuid(ReadOnlySpan<byte> value) => new Guid(Exactly(value, 16), bigEndian: true).ToString();

    delegate BigInteger UnscaledReader(ReadOnlySpan<byte> value);

    static ValueConverter OfDecimal(LogicalType logical, UnscaledReader unscaled)
    {
        const int mostDigits = 1000;
        if (logical.Scale is < 0 or > mostDigits)
            throw new MalformedException($"decimals with {logical.Scale} digits after the point; at most {mostDigits} are read");
        return value => Decimal(unscaled(value), logical.Scale);
    }

    static string Decimal(BigInteger unscaled, int scale)
    {
        string digits = BigInteger.Abs(unscaled).ToString(CultureInfo.InvariantCulture);
        string sign = unscaled.Sign < 0 ? "-" : "";
        if (scale == 0) return sign + digits;
        digits = digits.PadLeft(scale + 1, '0');
        return $"{sign}{digits.AsSpan(0, digits.Length - scale)}.{digits.AsSpan(digits.Length - scale)}";
    }

    static BigInteger LargeInteger(ReadOnlySpan<byte> value)
    {
        const int mostBytes = 512;
        return value.Length <= mostBytes
            ? new BigInteger(value, isUnsigned: false, isBigEndian: true)
            : throw new MalformedException($"a decimal of {value.Length} bytes; at most {mostBytes} are read");
    }

    static ReadOnlySpan<byte> Exactly(ReadOnlySpan<byte> value, int length) => value.Length == length
        ? value
        : throw new MalformedException($"a value of {value.Length} bytes where each has {length}");
}

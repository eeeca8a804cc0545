using System.Buffers.Binary;
using System.Globalization;

namespace Bonito.Parquet.Reading;

/// <summary>
/// Dates and times as ISO 8601 text. A fraction of a second is written with the digits of its unit (3, 6 or 9) where it is
/// not zero; what counts in UTC ends in Z. Years beyond 0 to 9999, which the format can hold, have a sign.
/// </summary>
static class Times
{
    const long SecondsPerDay = 86_400;
    // The Julian day of 1 January 1970.
    const long JulianEpoch = 2_440_588;

    public static string Date(long days)
    {
        (long year, int month, int day) = Calendar(days);
        string text = string.Create(CultureInfo.InvariantCulture, $"{Math.Abs(year):0000}-{month:00}-{day:00}");
        return year < 0 ? "-" + text : year > 9999 ? "+" + text : text;
    }

    public static string Time(long value, TimeUnit unit, bool isUtc)
    {
        ulong size = value < 0 ? 0 - (ulong)value : (ulong)value;
        ulong perSecond = (ulong)PerSecond(unit);
        string text = Clock((long)(size / perSecond), (long)(size % perSecond), unit);
        return (value < 0 ? "-" : "") + text + (isUtc ? "Z" : "");
    }

    public static string Timestamp(long value, TimeUnit unit, bool isUtc)
    {
        long perSecond = PerSecond(unit);
        (long seconds, long fraction) = Split(value, perSecond);
        (long days, long ofDay) = Split(seconds, SecondsPerDay);
        return $"{Date(days)}T{Clock(ofDay, fraction, unit)}{(isUtc ? "Z" : "")}";
    }

    /// <summary>The timestamps of old writers, of whatever zone these were in.</summary>
    public static string JulianTimestamp(long nanoseconds, int julianDay)
    {
        (long seconds, long fraction) = Split(nanoseconds, PerSecond(TimeUnit.Nanoseconds));
        (long days, long ofDay) = Split(seconds, SecondsPerDay);
        return $"{Date(julianDay - JulianEpoch + days)}T{Clock(ofDay, fraction, TimeUnit.Nanoseconds)}";
    }

    /// <summary>Months, days and milliseconds, which no number of days or seconds can stand for, as a duration.</summary>
    public static string Interval(ReadOnlySpan<byte> value)
    {
        uint months = BinaryPrimitives.ReadUInt32LittleEndian(value);
        uint days = BinaryPrimitives.ReadUInt32LittleEndian(value[4..]);
        uint milliseconds = BinaryPrimitives.ReadUInt32LittleEndian(value[8..]);
        return string.Create(CultureInfo.InvariantCulture, $"P{months}M{days}DT{milliseconds / 1000}.{milliseconds % 1000:000}S");
    }

    static string Clock(long seconds, long fraction, TimeUnit unit)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:00}:{seconds / 60 % 60:00}:{seconds % 60:00}");
        if (fraction == 0) return text;
        int digits = unit switch { TimeUnit.Milliseconds => 3, TimeUnit.Microseconds => 6, _ => 9 };
        return $"{text}.{fraction.ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0')}";
    }

    // The Gregorian calendar in both directions of time, by counting from the first of March of years whose leap day is last.
    static (long Year, int Month, int Day) Calendar(long days)
    {
        (long era, long dayOfEra) = Split(days + 719_468, 146_097);
        long yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
        long dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
        long month = (5 * dayOfYear + 2) / 153;
        int day = (int)(dayOfYear - (153 * month + 2) / 5 + 1);
        return month < 10
            ? (yearOfEra + era * 400, (int)month + 3, day)
            : (yearOfEra + era * 400 + 1, (int)month - 9, day);
    }

    // Rounds down, so that what is left is never negative.
    static (long Whole, long Left) Split(long value, long by)
    {
        (long whole, long left) = Math.DivRem(value, by);
        return left < 0 ? (whole - 1, left + by) : (whole, left);
    }

    static long PerSecond(TimeUnit unit) => unit switch
    {
        TimeUnit.Milliseconds => 1_000,
        TimeUnit.Microseconds => 1_000_000,
        _ => 1_000_000_000,
    };
}

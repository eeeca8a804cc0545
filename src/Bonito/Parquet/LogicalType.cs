namespace Bonito.Parquet;

/// <summary>What stored values mean.</summary>
public enum LogicalKind
{
    /// <summary>An annotation that is not known here: values are read as they are stored.</summary>
    Unknown,
    /// <summary>UTF-8.</summary>
    Text,
    Enum,
    Json,
    Bson,
    Uuid,
    Decimal,
    Integer,
    Float16,
    Date,
    Time,
    Timestamp,
    Interval,
    /// <summary>Always null; the format calls it unknown.</summary>
    Null,
    List,
    Map,
    /// <summary>The entries of a map, in files of old writers.</summary>
    MapEntries,
    Variant,
    Geometry,
    Geography,
}

public enum TimeUnit
{
    Milliseconds,
    Microseconds,
    Nanoseconds,
}

/// <summary>
/// What the values of a column mean, beyond how they are stored: the newer annotation of the format, or what the older one
/// (the converted type) stands for.
/// </summary>
public sealed record LogicalType(LogicalKind Kind)
{
    /// <summary>Of a decimal: digits in all.</summary>
    public int Precision { get; init; }

    /// <summary>Of a decimal: digits after the point.</summary>
    public int Scale { get; init; }

    /// <summary>Of times and timestamps.</summary>
    public TimeUnit Unit { get; init; }

    /// <summary>Of times and timestamps: they count in UTC; otherwise in whatever zone the reader is thought to be.</summary>
    public bool IsUtc { get; init; }

    /// <summary>Of integers: 8, 16, 32 or 64.</summary>
    public int Bits { get; init; }

    /// <summary>Of integers.</summary>
    public bool IsSigned { get; init; }
}

namespace Bonito.Parquet;

/// <summary>How values are stored; the numbers are those of the format.</summary>
public enum PhysicalType
{
    Boolean = 0,
    Int32 = 1,
    Int64 = 2,
    /// <summary>Twelve bytes: nanoseconds of the day, Julian day. Only timestamps of old writers are stored so.</summary>
    Int96 = 3,
    Float = 4,
    Double = 5,
    ByteArray = 6,
    FixedLengthByteArray = 7,
}

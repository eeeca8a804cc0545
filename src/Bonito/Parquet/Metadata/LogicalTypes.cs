using Bonito.Parquet.Thrift;

namespace Bonito.Parquet.Metadata;

/// <summary>Logical types as the footer stores them: the newer annotation, and the older one that some files have alone.</summary>
static class LogicalTypes
{
    /// <summary>The newer annotation: a union, whose field says which type.</summary>
    public static LogicalType Read(ref CompactReader reader, WireType type)
    {
        CompactReader.Struct(type);
        var logical = new LogicalType(LogicalKind.Unknown);
        short id = 0;
        while (reader.NextField(ref id, out WireType field))
        {
            logical = id switch
            {
                5 => Decimal(ref reader, field),
                7 => Temporal(ref reader, field, LogicalKind.Time),
                8 => Temporal(ref reader, field, LogicalKind.Timestamp),
                10 => Integer(ref reader, field),
                _ => Plain(ref reader, field, id),
            };
        }
        return logical;
    }

    /// <summary>The older annotation, by its number.</summary>
    public static LogicalType OfConverted(int converted, int scale, int precision) => converted switch
    {
        0 => new(LogicalKind.Text),
        1 => new(LogicalKind.Map),
        2 => new(LogicalKind.MapEntries),
        3 => new(LogicalKind.List),
        4 => new(LogicalKind.Enum),
        5 => new(LogicalKind.Decimal) { Scale = scale, Precision = precision },
        6 => new(LogicalKind.Date),
        7 => new(LogicalKind.Time) { Unit = TimeUnit.Milliseconds, IsUtc = true },
        8 => new(LogicalKind.Time) { Unit = TimeUnit.Microseconds, IsUtc = true },
        9 => new(LogicalKind.Timestamp) { Unit = TimeUnit.Milliseconds, IsUtc = true },
        10 => new(LogicalKind.Timestamp) { Unit = TimeUnit.Microseconds, IsUtc = true },
        >= 11 and <= 14 => new(LogicalKind.Integer) { Bits = 8 << (converted - 11) },
        >= 15 and <= 18 => new(LogicalKind.Integer) { Bits = 8 << (converted - 15), IsSigned = true },
        19 => new(LogicalKind.Json),
        20 => new(LogicalKind.Bson),
        21 => new(LogicalKind.Interval),
        _ => new(LogicalKind.Unknown),
    };

    static LogicalType Plain(ref CompactReader reader, WireType field, short id)
    {
        reader.Skip(field);
        return new(id switch
        {
            1 => LogicalKind.Text,
            2 => LogicalKind.Map,
            3 => LogicalKind.List,
            4 => LogicalKind.Enum,
            6 => LogicalKind.Date,
            11 => LogicalKind.Null,
            12 => LogicalKind.Json,
            13 => LogicalKind.Bson,
            14 => LogicalKind.Uuid,
            15 => LogicalKind.Float16,
            16 => LogicalKind.Variant,
            17 => LogicalKind.Geometry,
            18 => LogicalKind.Geography,
            _ => LogicalKind.Unknown,
        });
    }

    static LogicalType Decimal(ref CompactReader reader, WireType type)
    {
        CompactReader.Struct(type);
        int scale = 0, precision = 0;
        short id = 0;
        while (reader.NextField(ref id, out WireType field))
        {
            switch (id)
            {
                case 1: scale = reader.Int32(field); break;
                case 2: precision = reader.Int32(field); break;
                default: reader.Skip(field); break;
            }
        }
        return new(LogicalKind.Decimal) { Scale = scale, Precision = precision };
    }

    static LogicalType Temporal(ref CompactReader reader, WireType type, LogicalKind kind)
    {
        CompactReader.Struct(type);
        bool isUtc = false;
        short unit = 0, id = 0;
        while (reader.NextField(ref id, out WireType field))
        {
            switch (id)
            {
                case 1: isUtc = CompactReader.Boolean(field); break;
                case 2:
                    CompactReader.Struct(field);
                    short member = 0;
                    while (reader.NextField(ref member, out WireType empty))
                    {
                        unit = member;
                        reader.Skip(empty);
                    }
                    break;
                default: reader.Skip(field); break;
            }
        }
        if (unit is < 1 or > 3) throw new MalformedException($"times are counted in a unit that is not known here ({unit})");
        return new(kind) { IsUtc = isUtc, Unit = (TimeUnit)(unit - 1) };
    }

    static LogicalType Integer(ref CompactReader reader, WireType type)
    {
        CompactReader.Struct(type);
        int bits = 0;
        bool isSigned = false;
        short id = 0;
        while (reader.NextField(ref id, out WireType field))
        {
            switch (id)
            {
                case 1: bits = reader.Int32(field); break;
                case 2: isSigned = CompactReader.Boolean(field); break;
                default: reader.Skip(field); break;
            }
        }
        return new(LogicalKind.Integer) { Bits = bits, IsSigned = isSigned };
    }
}

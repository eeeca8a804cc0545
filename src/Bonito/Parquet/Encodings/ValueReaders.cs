using Bonito.Parquet.Metadata;

namespace Bonito.Parquet.Encodings;

/// <summary>Which reader reads the values of a page.</summary>
static class ValueReaders
{
    /// <summary>Bytes of a value of this leaf; 0 where each has a length of its own, or less than a byte.</summary>
    public static int Width(SchemaNode leaf) => leaf.Type switch
    {
        PhysicalType.Int32 or PhysicalType.Float => 4,
        PhysicalType.Int64 or PhysicalType.Double => 8,
        PhysicalType.Int96 => 12,
        PhysicalType.FixedLengthByteArray => leaf.Length,
        _ => 0,
    };

    /// <param name="bytes">The values of the page, to its end.</param>
    public static ValueReader Of(PageEncoding encoding, SchemaNode leaf, ByteWindow bytes)
    {
        int width = Width(leaf);
        return (encoding, leaf.Type) switch
        {
            (PageEncoding.Plain, _) => Plain(leaf, bytes),
            (PageEncoding.Rle, PhysicalType.Boolean) => new RunBooleanReader(bytes),
            (PageEncoding.DeltaBinaryPacked, PhysicalType.Int32 or PhysicalType.Int64) => new DeltaIntegerReader(bytes, width),
            (PageEncoding.DeltaLengthByteArray, PhysicalType.ByteArray) => new DeltaLengthReader(bytes),
            (PageEncoding.DeltaByteArray, PhysicalType.ByteArray or PhysicalType.FixedLengthByteArray) => new DeltaBytesReader(bytes),
            (PageEncoding.ByteStreamSplit, not (PhysicalType.Boolean or PhysicalType.ByteArray or PhysicalType.Int96)) =>
                new ByteStreamSplitReader(bytes, width),
            _ => throw new MalformedException($"the encoding {encoding} of values of type {leaf.Type} is not one that is read"),
        };
    }

    /// <summary>Values as a dictionary holds them too.</summary>
    public static ValueReader Plain(SchemaNode leaf, ByteWindow bytes) => leaf.Type switch
    {
        PhysicalType.Boolean => new PlainBooleanReader(bytes),
        PhysicalType.ByteArray => new PlainBytesReader(bytes),
        _ => new PlainFixedReader(bytes, Width(leaf)),
    };
}

namespace Bonito.Rows.Arrow;

/// <summary>Makes the arrays of a batch's columns, whose buffers it checks to be long enough.</summary>
sealed class ArrowColumns(IReadOnlyDictionary<long, ArrowDictionary> dictionaries, ArrowBudget budget)
{
    /// <exception cref="ArrowFormatException">The batch does not fit the schema.</exception>
    public ArrowArray Next(ArrowField field, ArrowBatch batch, int atLeast)
    {
        int length = batch.NextLength();
        if (length < atLeast) throw new ArrowFormatException($"the column '{field.Name}' has {length} values, expected {atLeast}");
        if (field.Dictionary is not { } key) return Values(field, batch, length);
        var index = new ArrowField(field.Name, ArrowKind.Int, key.Width, key.IsSigned, ArrowUnit.Second, false, 0, []);
        ArrowArray positions = Values(index, batch, length);
        return new DictionaryArray(positions, dictionaries.GetValueOrDefault(key.Id)
            ?? throw new ArrowFormatException($"the dictionary of the column '{field.Name}' is not there before its first use"));
    }

    /// <summary>The values of a dictionary, which a batch of one column holds.</summary>
    public ArrowArray Dictionary(ArrowField field, ArrowBatch batch) => Next(field with { Dictionary = null }, batch, batch.Length);

    ArrowArray Values(ArrowField field, ArrowBatch batch, int length)
    {
        if (field.Kind == ArrowKind.Null) return new NullArray(length);
        ReadOnlyMemory<byte> validity = batch.NextBuffer();
        if (validity.Length > 0) Require(field, validity, (length + 7L) / 8);
        switch (field.Kind)
        {
            case ArrowKind.Bool:
                return new BoolArray(length, validity, Require(field, batch.NextBuffer(), (length + 7L) / 8));
            case ArrowKind.Utf8 or ArrowKind.LargeUtf8 or ArrowKind.Binary or ArrowKind.LargeBinary:
                ArrowOffsets ends = Offsets(field, batch, length);
                return new TextArray(length, validity, ends, batch.NextBuffer(), ArrowConverters.Of(field));
            case ArrowKind.Utf8View or ArrowKind.BinaryView:
                ReadOnlyMemory<byte> views = Require(field, batch.NextBuffer(), length * 16L);
                return new ViewArray(length, validity, views, batch.NextVariadicBuffers(), ArrowConverters.Of(field), budget);
            case ArrowKind.List or ArrowKind.LargeList or ArrowKind.Map:
                ArrowOffsets offsets = Offsets(field, batch, length);
                var lists = new ListArray(length, validity, offsets, Next(field.Children[0], batch, 0), budget);
                return field.Kind == ArrowKind.Map ? new MapArray(lists, HasTextKeys(field)) : lists;
            case ArrowKind.FixedSizeList:
                long items = (long)length * field.Width;
                if (items > int.MaxValue) throw new ArrowFormatException($"the column '{field.Name}' has {items} items in one batch");
                return new FixedListArray(length, validity, field.Width, Next(field.Children[0], batch, (int)items), budget);
            case ArrowKind.Struct:
                string[] names = [.. field.Children.Select(c => c.Name)];
                return new StructArray(length, validity, names, [.. field.Children.Select(child => Next(child, batch, length))]);
            default:
                int width = field.Kind == ArrowKind.FixedSizeBinary ? field.Width : field.Width / 8;
                ReadOnlyMemory<byte> data = Require(field, batch.NextBuffer(), (long)length * width);
                return new FixedArray(length, validity, data, width, ArrowConverters.Of(field));
        }
    }

    static bool HasTextKeys(ArrowField map) =>
        map.Children[0].Children[0].Kind is ArrowKind.Utf8 or ArrowKind.LargeUtf8 or ArrowKind.Utf8View;

    static ArrowOffsets Offsets(ArrowField field, ArrowBatch batch, int length)
    {
        bool large = field.Kind is ArrowKind.LargeUtf8 or ArrowKind.LargeBinary or ArrowKind.LargeList;
        ReadOnlyMemory<byte> offsets = batch.NextBuffer();
        // A column without values may do without offsets.
        if (length > 0) Require(field, offsets, (length + 1L) * (large ? 8 : 4));
        return new ArrowOffsets(offsets, large);
    }

    static ReadOnlyMemory<byte> Require(ArrowField field, ReadOnlyMemory<byte> buffer, long size) => buffer.Length >= size
        ? buffer
        : throw new ArrowFormatException($"a buffer of the column '{field.Name}' has {buffer.Length} bytes, expected {size}");
}

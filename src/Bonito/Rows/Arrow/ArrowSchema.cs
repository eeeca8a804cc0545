namespace Bonito.Rows.Arrow;

/// <summary>Reads the schema that an Arrow stream begins with.</summary>
static class ArrowSchema
{
    const int MaxDepth = 64;
    const int MaxMetadata = 1000;
    // A hostile schema can point at one field, or one name, many times over.
    const int MaxBytes = 1 << 24;
    const int FieldBytes = 64;

    /// <exception cref="ArrowFormatException">Broken, or of a kind that is not read.</exception>
    public static ArrowField[] Read(FlatTable schema)
    {
        if (schema.Short(0) != 0) throw new ArrowFormatException("its numbers are big-endian; only little-endian files are read");
        int left = MaxBytes;
        return [.. schema.Tables(1).Select(field => Field(field, 0, ref left))];
    }

    /// <summary>What a program keeps in the schema under a name of its own; null when there is none.</summary>
    public static string? Metadata(FlatTable schema, string key)
    {
        // A hostile schema can point at one long name many times over.
        foreach (FlatTable pair in schema.Tables(2).Take(MaxMetadata))
        {
            if (pair.Text(0) == key) return pair.Text(1);
        }
        return null;
    }

    static ArrowField Field(FlatTable table, int depth, ref int left)
    {
        if (depth > MaxDepth) throw new ArrowFormatException($"columns stand more than {MaxDepth} deep in each other");
        string name = table.Text(0);
        left -= FieldBytes + name.Length;
        if (left < 0) throw new ArrowFormatException("a schema of too many fields or of too long names");
        var kind = (ArrowKind)table.Byte(2);
        FlatTable[] inner = table.Tables(5);
        var children = new ArrowField[inner.Length];
        for (int i = 0; i < inner.Length; i++) children[i] = Field(inner[i], depth + 1, ref left);
        FlatTable type = table.Table(3) ?? throw new ArrowFormatException($"the column '{name}' has no type");
        ArrowField field = Typed(name, kind, type, children);
        CheckChildren(field);
        return table.Table(4) is { } dictionary ? field with { Dictionary = Key(dictionary) } : field;
    }

    static ArrowField Typed(string name, ArrowKind kind, FlatTable type, ArrowField[] children)
    {
        var field = new ArrowField(name, kind, 0, true, ArrowUnit.Second, false, 0, children);
        return kind switch
        {
            ArrowKind.Null or ArrowKind.Bool or ArrowKind.Struct or ArrowKind.List or ArrowKind.LargeList or ArrowKind.Map
                or ArrowKind.Binary or ArrowKind.LargeBinary or ArrowKind.BinaryView
                or ArrowKind.Utf8 or ArrowKind.LargeUtf8 or ArrowKind.Utf8View => field,
            ArrowKind.Int => field with { Width = OneOf(name, type.Int(0), 8, 16, 32, 64), IsSigned = type.Flag(1) },
            ArrowKind.FloatingPoint => field with { Width = type.Short(0) switch { 0 => 16, 1 => 32, 2 => 64, _ => throw Unknown(name, "precision") } },
            ArrowKind.Decimal => field with { Width = OneOf(name, type.Int(2, 128), 32, 64, 128, 256), Scale = Scale(name, type.Int(1)) },
            ArrowKind.Date => type.Short(0, 1) == 0
                ? field with { Width = 32 }
                : field with { Width = 64, Unit = ArrowUnit.Millisecond },
            ArrowKind.Time => field with { Width = OneOf(name, type.Int(1, 32), 32, 64), Unit = Unit(name, type.Short(0, 1)) },
            ArrowKind.Timestamp => field with { Width = 64, Unit = Unit(name, type.Short(0)), IsUtc = type.Text(1).Length > 0 },
            ArrowKind.Duration => field with { Width = 64, Unit = Unit(name, type.Short(0, 1)) },
            ArrowKind.FixedSizeBinary or ArrowKind.FixedSizeList when type.Int(0) >= 0 => field with { Width = type.Int(0) },
            _ => throw new ArrowFormatException($"the column '{name}' has the type {kind}, which is not read"),
        };
    }

    static void CheckChildren(ArrowField field)
    {
        int expected = field.Kind switch
        {
            ArrowKind.List or ArrowKind.LargeList or ArrowKind.FixedSizeList or ArrowKind.Map => 1,
            ArrowKind.Struct => field.Children.Length,
            _ => 0,
        };
        if (field.Children.Length != expected)
            throw new ArrowFormatException($"the column '{field.Name}' of the type {field.Kind} has {field.Children.Length} parts, expected {expected}");
        if (field.Kind == ArrowKind.Map && field.Children[0] is not { Kind: ArrowKind.Struct, Children.Length: 2 })
            throw new ArrowFormatException($"the map '{field.Name}' has no entries of key and value");
        if (field.Kind == ArrowKind.Map)
            field.Children[0] = field.Children[0] with { Children = [field.Children[0].Children[0] with { Name = "key" }, field.Children[0].Children[1] with { Name = "value" }] };
        if (field.Children.Select(c => c.Name).Distinct().Count() < field.Children.Length)
            throw new ArrowFormatException($"two parts of the column '{field.Name}' have the same name");
    }

    static ArrowDictionaryKey Key(FlatTable dictionary) => dictionary.Table(1) is { } index
        ? new ArrowDictionaryKey(dictionary.Long(0), OneOf("dictionary", index.Int(0), 8, 16, 32, 64), index.Flag(1))
        : new ArrowDictionaryKey(dictionary.Long(0), 32, true);

    static int OneOf(string name, int width, params ReadOnlySpan<int> known) => known.Contains(width) ? width : throw Unknown(name, $"width of {width} bits");

    static int Scale(string name, int scale) => scale is >= -1000 and <= 1000 ? scale : throw Unknown(name, $"scale of {scale} digits");

    static ArrowUnit Unit(string name, short unit) => unit is >= 0 and <= 3 ? (ArrowUnit)unit : throw Unknown(name, "unit");

    static ArrowFormatException Unknown(string name, string what) => new($"the column '{name}' has an unknown {what}");
}

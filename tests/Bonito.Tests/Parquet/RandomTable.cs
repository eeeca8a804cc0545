using Bonito.Parquet;
using Bonito.Rows;

namespace Bonito.Tests.Parquet;

/// <summary>A schema and rows that fit it, from a seed.</summary>
sealed class RandomTable
{
    static readonly string[] Words = ["", "a", "yes", "no", "zwölf", "漢字", "\U0001F41F", "a longer text that comes again and again", "\0", "\uFFFF"];

    readonly Random random;

    public RandomTable(int seed)
    {
        random = new Random(seed);
        Schema = ParquetSchema.Of([.. Enumerable.Range(0, random.Next(1, 5)).Select(i => Column($"c{i}", 0))]);
        Rows = [.. Enumerable.Range(0, random.Next(60)).Select(_ => Row(Schema.Columns))];
    }

    public ParquetSchema Schema { get; }

    public IReadOnlyList<Row> Rows { get; }

    Column Column(string name, int depth)
    {
        bool optional = random.Next(3) > 0;
        return random.Next(depth < 3 ? 7 : 4) switch
        {
            0 => Bonito.Parquet.Column.Text(name, optional),
            1 => Bonito.Parquet.Column.Integer(name, optional),
            2 => Bonito.Parquet.Column.Number(name, optional),
            3 => Bonito.Parquet.Column.Boolean(name, optional),
            4 or 5 => Bonito.Parquet.Column.List(name, Column("element", depth + 1), optional),
            _ => Bonito.Parquet.Column.Struct(
                name, [.. Enumerable.Range(0, random.Next(1, 4)).Select(i => Column($"f{i}", depth + 1))], optional),
        };
    }

    Row Row(IReadOnlyList<Column> columns) => new([.. columns.Select(column => column.Name)], [.. columns.Select(Value)]);

    object? Value(Column column)
    {
        if (column.Optional && random.Next(4) == 0) return null;
        return column.Type switch
        {
            ListType list => Enumerable.Range(0, random.Next(4)).Select(_ => Value(list.Element)).ToArray(),
            StructType type => Row(type.Fields),
            LeafType { Physical: PhysicalType.ByteArray } =>
                random.Next(3) > 0 ? Words[random.Next(Words.Length)] : new string((char)random.Next(32, 0x2000), random.Next(200)),
            LeafType { Physical: PhysicalType.Int64 } => random.Next(2) == 0 ? random.Next(4) : random.NextInt64(long.MinValue, long.MaxValue),
            LeafType { Physical: PhysicalType.Double } => random.Next(3) switch
            {
                0 => (double)random.Next(3),
                1 => BitConverter.Int64BitsToDouble(random.NextInt64()),
                _ => -random.NextDouble(),
            },
            _ => random.Next(2) == 0,
        };
    }
}

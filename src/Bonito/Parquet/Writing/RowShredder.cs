using System.Globalization;
using Bonito.Rows;

namespace Bonito.Parquet.Writing;

/// <summary>
/// Takes rows apart into the entries of leaf columns, whose levels say which of the optional and repeated things above a
/// value are there.
/// </summary>
sealed class RowShredder(ParquetSchema schema, IReadOnlyList<LeafColumn> leaves)
{
    long number;

    /// <param name="row">The row.</param>
    /// <param name="rowNumber">Its number, for errors.</param>
    public void Write(Row row, long rowNumber)
    {
        number = rowNumber;
        Fields(schema.Columns, row, 0, "");
    }

    void Fields(IReadOnlyList<Column> fields, Row row, int repetition, string path)
    {
        int found = 0;
        foreach (Column field in fields)
        {
            if (row.TryGetValue(field.Name, out object? value)) found++;
            Value(field, value, repetition, path + field.Name);
        }
        if (found == row.Count) return;
        string unknown = row.Keys.First(name => fields.All(field => field.Name != name));
        throw Refused(path + unknown, $"there is no such column in the schema; it has {string.Join(", ", fields.Select(field => field.Name))}");
    }

    void Value(Column column, object? value, int repetition, string path)
    {
        if (value is null)
        {
            if (!column.Optional) throw Refused(path, "null in a column that may not be null");
            Nulls(column, repetition, column.DefinitionLevel - 1);
            return;
        }
        switch (column.Type)
        {
            case LeafType:
                if (!leaves[column.Node!.Index].Add(repetition, value)) throw Mismatch(column, value, path);
                break;
            case StructType type:
                Fields(type.Fields, value as Row ?? throw Mismatch(column, value, path), repetition, path + ".");
                break;
            case ListType type:
                if (value is not IReadOnlyList<object?> list) throw Mismatch(column, value, path);
                if (list.Count == 0) Nulls(type.Element, repetition, column.DefinitionLevel);
                for (int i = 0; i < list.Count; i++) Value(type.Element, list[i], i == 0 ? repetition : column.RepetitionLevel, path + "[]");
                break;
        }
    }

    // One entry in every leaf below.
    void Nulls(Column column, int repetition, int definition)
    {
        switch (column.Type)
        {
            case LeafType: leaves[column.Node!.Index].AddNull(repetition, definition); break;
            case StructType type:
                foreach (Column field in type.Fields) Nulls(field, repetition, definition);
                break;
            case ListType type: Nulls(type.Element, repetition, definition); break;
        }
    }

    BonitoException Mismatch(Column column, object value, string path)
    {
        string expected = column.Type switch
        {
            StructType => "a struct",
            ListType => "a list",
            LeafType { Physical: PhysicalType.ByteArray } => "text",
            LeafType { Physical: PhysicalType.Int64 } => "an integer",
            LeafType { Physical: PhysicalType.Boolean } => "true or false",
            _ => "a number",
        };
        string found = value switch
        {
            string => "text",
            long integer => $"the integer {integer.ToString(CultureInfo.InvariantCulture)}",
            double real => $"the number {real.ToString(CultureInfo.InvariantCulture)}",
            bool => "a truth value",
            Row => "a struct",
            IReadOnlyList<object?> => "a list",
            _ => value.GetType().Name,
        };
        return Refused(path, $"{found} where the schema has {expected}");
    }

    BonitoException Refused(string path, string what) => new($"Parquet, row {number}, column '{path}': {what}.");
}

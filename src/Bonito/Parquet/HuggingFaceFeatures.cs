using System.Text;
using System.Text.Json;

namespace Bonito.Parquet;

/// <summary>
/// What Hugging Face's datasets library keeps in a Parquet file of its own to know the columns' types: with it a file loads
/// with the same features everywhere, without it they are inferred.
/// </summary>
public static class HuggingFaceFeatures
{
    /// <summary>Where it stands in <see cref="ParquetFile.KeyValueMetadata"/>.</summary>
    public const string Key = "huggingface";

    /// <summary>The features of a schema that is written, as JSON.</summary>
    public static string Of(ParquetSchema schema)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject("info");
            json.WritePropertyName("features");
            Struct(json, schema.Columns);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    static void Struct(Utf8JsonWriter json, IReadOnlyList<Column> fields)
    {
        json.WriteStartObject();
        foreach (Column field in fields)
        {
            json.WritePropertyName(field.Name);
            Feature(json, field);
        }
        json.WriteEndObject();
    }

    static void Feature(Utf8JsonWriter json, Column column)
    {
        switch (column.Type)
        {
            case StructType type:
                Struct(json, type.Fields);
                break;
            // A list of one feature: the way of writing lists that all versions of the library read as such.
            case ListType list:
                json.WriteStartArray();
                Feature(json, list.Element);
                json.WriteEndArray();
                break;
            case LeafType leaf:
                json.WriteStartObject();
                json.WriteString("dtype", DataType(leaf));
                json.WriteString("_type", "Value");
                json.WriteEndObject();
                break;
            default:
                throw new BonitoException($"Column '{column.Name}' has no feature in Hugging Face's datasets: maps are not known there.");
        }
    }

    static string DataType(LeafType leaf) => leaf switch
    {
        { Physical: PhysicalType.Boolean } => "bool",
        { Physical: PhysicalType.Int64, Logical: null } => "int64",
        { Physical: PhysicalType.Double } => "float64",
        { Physical: PhysicalType.ByteArray, Logical.Kind: LogicalKind.Text } => "string",
        _ => throw new BonitoException($"Values of type {leaf.Physical} have no feature here; it is known for what is written."),
    };
}

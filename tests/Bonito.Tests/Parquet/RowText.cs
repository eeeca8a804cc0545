using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bonito.Rows;

namespace Bonito.Tests.Parquet;

/// <summary>Rows as JSON, to compare them; what JSON cannot hold (NaN, infinities) is text.</summary>
static class RowText
{
    static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Of(Row row) => Node(row)!.ToJsonString(Readable);

    public static string[] Of(IEnumerable<Row> rows) => [.. rows.Select(Of)];

    static JsonNode? Node(object? value) => value switch
    {
        null => null,
        bool truth => truth,
        long integer => integer,
        double number => double.IsFinite(number) ? number : number.ToString(),
        string text => text,
        Row row => new JsonObject(row.Select(pair => KeyValuePair.Create(pair.Key, Node(pair.Value)))),
        IReadOnlyList<object?> list => new JsonArray([.. list.Select(Node)]),
        _ => throw new InvalidOperationException($"A row holds a {value.GetType()}."),
    };
}

using System.Text;
using System.Text.Json;

namespace Bonito.Rows;

/// <summary>Reads JSON values as the values of rows.</summary>
/// <remarks>
/// Integers beyond 64 bits are text, so that no digit is lost. Of a name that an object has twice, the last value
/// counts. Objects that have the names of the one before them at the same place share their names.
/// </remarks>
sealed class JsonValues
{
    public static readonly JsonReaderOptions Options = new() { AllowMultipleValues = true };

    readonly JsonShape root = new();

    /// <summary>The value that the reader stands on the first token of; all of it must be in the reader's bytes.</summary>
    /// <exception cref="JsonException">Not JSON.</exception>
    /// <exception cref="InvalidOperationException">A text is not Unicode: broken UTF-8, or half of a surrogate pair.</exception>
    public object? Read(ref Utf8JsonReader reader) => Value(ref reader, root);

    static object? Value(ref Utf8JsonReader reader, JsonShape shape) => reader.TokenType switch
    {
        JsonTokenType.StartObject => Object(ref reader, shape),
        JsonTokenType.StartArray => Array(ref reader, shape),
        JsonTokenType.String => reader.GetString(),
        JsonTokenType.Number => Number(ref reader),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => null,
    };

    static object Number(ref Utf8JsonReader reader)
    {
        if (reader.TryGetInt64(out long integer)) return integer;
        return reader.ValueSpan.IndexOfAny(".eE"u8) < 0 ? Encoding.ASCII.GetString(reader.ValueSpan) : reader.GetDouble();
    }

    static object?[] Array(ref Utf8JsonReader reader, JsonShape shape)
    {
        var items = new List<object?>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(Value(ref reader, shape));
        return [.. items];
    }

    static Row Object(ref Utf8JsonReader reader, JsonShape shape)
    {
        object?[] values = new object?[shape.Names.Length];
        int count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (count == values.Length || !reader.ValueTextEquals(shape.Keys[count])) return NewObject(ref reader, shape, values, count);
            reader.Read();
            values[count] = Value(ref reader, shape.Inner[count]);
            count++;
        }
        if (count == values.Length) return new Row(shape.Names, values);
        shape.Learn(shape.Names[..count], shape.Inner[..count]);
        return new Row(shape.Names, values[..count]);
    }

    /// <summary>The rest of an object whose names are not those of the one before; the reader stands on the first such name.</summary>
    static Row NewObject(ref Utf8JsonReader reader, JsonShape shape, object?[] known, int count)
    {
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        List<object?> values = [.. known[..count]];
        List<JsonShape> inner = [.. shape.Inner[..count]];
        for (int i = 0; i < count; i++) positions.Add(shape.Names[i], i);
        do
        {
            string name = reader.GetString()!;
            reader.Read();
            if (!positions.TryGetValue(name, out int position))
            {
                positions.Add(name, position = values.Count);
                values.Add(null);
                inner.Add(new JsonShape());
            }
            values[position] = Value(ref reader, inner[position]);
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName);
        shape.Learn([.. positions.OrderBy(p => p.Value).Select(p => p.Key)], [.. inner]);
        return new Row(shape.Names, [.. values]);
    }

    /// <summary>The names of the objects that stand at one place of a document, and the shapes of what stands in them.</summary>
    sealed class JsonShape
    {
        public string[] Names { get; private set; } = [];

        /// <summary>The names in UTF-8, which the reader compares without making texts of them.</summary>
        public byte[][] Keys { get; private set; } = [];

        public JsonShape[] Inner { get; private set; } = [];

        public void Learn(string[] names, JsonShape[] inner) =>
            (Names, Keys, Inner) = (names, [.. names.Select(Encoding.UTF8.GetBytes)], inner);
    }
}

using System.Text.Json;
using System.Text.Unicode;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// Walks the JSON of a file once, front to back, without building a tree: what a header claims costs no memory before it is checked.
/// Every deviation is an <see cref="EngineException"/> with the file and the byte.
/// </summary>
internal ref struct JsonCursor
{
    private readonly string file;
    private readonly long origin;
    private Utf8JsonReader reader;

    /// <param name="file">The file, for messages.</param>
    /// <param name="json">The whole JSON text.</param>
    /// <param name="origin">Where in the file the text starts, for messages.</param>
    public JsonCursor(string file, ReadOnlySpan<byte> json, long origin)
    {
        if (!Utf8.IsValid(json)) throw new EngineException($"{file}: the JSON text is not valid UTF-8. {Remedy}");
        this.file = file;
        this.origin = origin;
        reader = new Utf8JsonReader(json);
    }

    public const string Remedy = "The file is damaged or was not written as the format demands; download or write it again.";

    public void OpenObject(string what)
    {
        Advance();
        Expect(JsonTokenType.StartObject, what, "an object");
    }

    /// <summary>Moves to the next name of the object that was opened last; false at its end.</summary>
    public bool NextName(out string name)
    {
        Advance();
        name = reader.TokenType == JsonTokenType.EndObject ? "" : Text();
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    public string String(string what)
    {
        Advance();
        Expect(JsonTokenType.String, what, "a string");
        return Text();
    }

    /// <summary>An array of at most <paramref name="capacity"/> integers, none negative.</summary>
    public long[] Counts(string what, int capacity)
    {
        Advance();
        Expect(JsonTokenType.StartArray, what, "an array");
        var counts = new List<long>();
        while (Advance() != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out long count) || count < 0)
                throw Unexpected(what, $"integers from 0 to {long.MaxValue}");
            if (counts.Count == capacity) throw Unexpected(what, $"at most {capacity} numbers");
            counts.Add(count);
        }
        return [.. counts];
    }

    public void SkipValue()
    {
        Advance();
        int depth = reader.CurrentDepth;
        if (reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        while (Advance() is not (JsonTokenType.EndObject or JsonTokenType.EndArray) || reader.CurrentDepth > depth) { }
    }

    /// <summary>Makes sure that nothing but white space follows.</summary>
    public void End()
    {
        try
        {
            reader.Read();
        }
        catch (JsonException e)
        {
            throw Malformed(e);
        }
    }

    public readonly EngineException Duplicate(string what, string name) =>
        new($"{file}: {what} {ErrorText.Quote(name)} appears twice (second time at byte {Position}). {Remedy}");

    private readonly long Position => origin + reader.TokenStartIndex;

    private JsonTokenType Advance()
    {
        try
        {
            // The reader itself refuses a text that ends early, so false cannot happen inside a value.
            reader.Read();
            return reader.TokenType;
        }
        catch (JsonException e)
        {
            throw Malformed(e);
        }
    }

    private readonly EngineException Malformed(JsonException e) =>
        new($"{file}: not valid JSON near byte {origin + reader.BytesConsumed}: {e.Message} {Remedy}", e);

    private readonly void Expect(JsonTokenType type, string what, string expected)
    {
        if (reader.TokenType != type) throw Unexpected(what, expected);
    }

    private readonly EngineException Unexpected(string what, string expected) =>
        new($"{file}: {what}: expected {expected}, got {Token()} at byte {Position}. {Remedy}");

    private readonly string Token() => reader.TokenType switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        _ => ErrorText.Quote(reader.ValueSpan),
    };

    private readonly string Text()
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // Escapes such as \ud800 alone are valid JSON, but no text.
            throw new EngineException($"{file}: the string at byte {Position} holds half of a surrogate pair. {Remedy}", e);
        }
    }
}

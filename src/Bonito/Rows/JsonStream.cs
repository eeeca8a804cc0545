using System.Text.Json;

namespace Bonito.Rows;

/// <summary>Walks through JSON of any length, token by token or value by value; held is one value at a time.</summary>
sealed class JsonStream(SourceStream stream)
{
    readonly JsonValues values = new();
    byte[] buffer = new byte[1 << 16];
    int start;
    int end;
    bool ended;
    bool begun;
    JsonReaderState state = new(JsonValues.Options);
    long linesPassed = 1;
    int tokenEnd;
    JsonReaderState behindToken;

    /// <summary>The line, from 1, on which the token that <see cref="Peek"/> found starts.</summary>
    public long Line { get; private set; } = 1;

    /// <summary>The name, when <see cref="Peek"/> found one.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The kind of the next token, which stays the next one; <see cref="JsonTokenType.None"/> at the end.</summary>
    /// <exception cref="BonitoException">Broken JSON, or the stream cannot be read.</exception>
    public JsonTokenType Peek()
    {
        while (true)
        {
            try
            {
                var reader = new Utf8JsonReader(buffer.AsSpan(start, end - start), ended, state);
                if (begun && reader.Read())
                {
                    Line = linesPassed + buffer.AsSpan(start, (int)reader.TokenStartIndex).Count((byte)'\n');
                    (tokenEnd, behindToken) = (start + (int)reader.BytesConsumed, reader.CurrentState);
                    if (reader.TokenType == JsonTokenType.PropertyName) Name = reader.GetString()!;
                    return reader.TokenType;
                }
                if (ended) return JsonTokenType.None;
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                throw Broken(e);
            }
            Fill();
        }
    }

    /// <summary>Passes the token that <see cref="Peek"/> found.</summary>
    public void Pass()
    {
        linesPassed += buffer.AsSpan(start, tokenEnd - start).Count((byte)'\n');
        (start, state) = (tokenEnd, behindToken);
    }

    /// <summary>The whole value that starts with the token that <see cref="Peek"/> found, which is passed.</summary>
    /// <exception cref="BonitoException">Broken JSON, or larger than a row may be.</exception>
    public object? Value()
    {
        while (true)
        {
            try
            {
                ReadOnlySpan<byte> bytes = buffer.AsSpan(start, end - start);
                var reader = new Utf8JsonReader(bytes, ended, state);
                if (reader.Read() && reader.TrySkip())
                {
                    (tokenEnd, behindToken) = (start + (int)reader.BytesConsumed, reader.CurrentState);
                    reader = new Utf8JsonReader(bytes, ended, state);
                    reader.Read();
                    object? value = values.Read(ref reader);
                    Pass();
                    return value;
                }
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                throw Broken(e);
            }
            Fill();
        }
    }

    /// <summary>Passes the whole value that starts with the token that <see cref="Peek"/> found, without holding it.</summary>
    public void Skip()
    {
        int depth = 0;
        do
        {
            depth += Peek() switch
            {
                JsonTokenType.StartObject or JsonTokenType.StartArray => 1,
                JsonTokenType.EndObject or JsonTokenType.EndArray => -1,
                _ => 0,
            };
            Pass();
        }
        while (depth > 0);
    }


    void Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }
        if (end == buffer.Length)
        {
            if (end >= RowLimits.RowBytes)
                throw new BonitoException($"{stream.Name}:{Line}: a value of more than {RowLimits.RowBytesText}; expected smaller ones. If the rows stand deeper in the document, name their path.");
            Array.Resize(ref buffer, buffer.Length * 2);
        }
        int read = stream.Content.Read(buffer, end, buffer.Length - end);
        ended = read == 0;
        end += read;
        if (begun || (end < 3 && !ended)) return;
        begun = true;
        if (buffer.AsSpan(0, end).StartsWith("\uFEFF"u8)) start = 3;
    }

    BonitoException Broken(Exception error) =>
        JsonErrors.Broken($"{stream.Name}:{(error is JsonException { LineNumber: { } line } ? line + 1 : Line)}", error);
}

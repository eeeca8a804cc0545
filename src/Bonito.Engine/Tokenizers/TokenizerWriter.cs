using System.Text.Encodings.Web;
using System.Text.Json;

namespace Bonito.Engine.Tokenizers;

/// <summary>Writes <c>tokenizer.json</c> in the form that every version of Hugging Face <c>tokenizers</c> reads.</summary>
internal static class TokenizerWriter
{
    private static readonly JsonWriterOptions Options =
        new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Write(TokenizerFile file, string path)
    {
        string temporary = $"{path}.{Path.GetRandomFileName()}";
        try
        {
            using (FileStream stream = File.Create(temporary))
            {
                using (var json = new Utf8JsonWriter(stream, Options))
                    Write(file, json);
                stream.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"Cannot write the tokenizer {path}: {e.Message}", e);
        }
        finally
        {
            if (File.Exists(temporary))
                File.Delete(temporary);
        }
    }

    private static void Write(TokenizerFile file, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        Write(file.Settings, json);
        json.WriteStartArray("added_tokens");
        foreach (AddedToken token in file.AddedTokens)
            Write(token, json);
        json.WriteEndArray();
        WriteModel(file, json);
        json.WriteEndObject();
    }

    private static void Write(IEnumerable<(string Name, JsonElement Value)> settings, Utf8JsonWriter json)
    {
        foreach ((string name, JsonElement value) in settings)
        {
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
    }

    private static void Write(AddedToken token, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteNumber("id", token.Id);
        json.WriteString("content", token.Content);
        json.WriteBoolean("single_word", token.SingleWord);
        json.WriteBoolean("lstrip", token.LeftStrip);
        json.WriteBoolean("rstrip", token.RightStrip);
        json.WriteBoolean("normalized", token.Normalized);
        json.WriteBoolean("special", token.Special);
        json.WriteEndObject();
    }

    private static void WriteModel(TokenizerFile file, Utf8JsonWriter json)
    {
        json.WriteStartObject("model");
        Write(file.ModelSettings, json);
        json.WriteStartObject("vocab");
        string[] tokens = new string[file.Vocabulary.Values.Max() + 1];
        foreach ((string token, int id) in file.Vocabulary.OrderBy(entry => entry.Value))
        {
            tokens[id] = token;
            json.WriteNumber(token, id);
        }

        json.WriteEndObject();
        json.WriteStartArray("merges");
        // The older form, which everybody reads; it cannot say a token that holds a space.
        bool asText = !file.Merges.Any(merge => tokens[merge.Result].Contains(' '));
        foreach (Merge merge in file.Merges)
            Write(tokens[merge.Pair.Left], tokens[merge.Pair.Right], asText, json);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(string left, string right, bool asText, Utf8JsonWriter json)
    {
        if (asText)
        {
            json.WriteStringValue($"{left} {right}");
            return;
        }

        json.WriteStartArray();
        json.WriteStringValue(left);
        json.WriteStringValue(right);
        json.WriteEndArray();
    }
}

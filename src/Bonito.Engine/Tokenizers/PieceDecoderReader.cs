using System.Text.Json;

namespace Bonito.Engine.Tokenizers;

/// <summary>Reads the field <c>decoder</c> of a <c>tokenizer.json</c> whose tokens are pieces of text with visible spaces.</summary>
internal static class PieceDecoderReader
{
    private const string Known =
        "Metaspace, or a Sequence of Replace (\"\u2581\" by \" \"), ByteFallback, Fuse and perhaps Strip (one \" \" at the start)";

    /// <summary>Whether decoded text loses the one space that it begins with.</summary>
    /// <remarks>The Metaspace decoder of Hugging Face takes all spaces of the first token off; here one, so that text comes back as it was.</remarks>
    public static bool Read(JsonElement decoder, TokenizerJson json)
    {
        json.Expect(!TokenizerJson.IsNothing(decoder), "decoder", Known, decoder);
        List<(JsonElement Component, string Field)> steps = json.Steps(decoder, "decoder", "decoders");
        string[] types = [.. steps.Select(step => json.TypeOf(step.Component, step.Field))];
        switch (types)
        {
            case ["Metaspace"]:
                {
                    JsonElement step = steps[0].Component;
                    bool never = step.TryGetProperty("prepend_scheme", out JsonElement scheme)
                        ? json.Text(scheme, "decoder.prepend_scheme") == "never"
                        : !json.Flag(step, "decoder.", "add_prefix_space", otherwise: true);
                    return !never;
                }

            case ["Replace", "ByteFallback", "Fuse"]:
            case ["Replace", "ByteFallback", "Fuse", "Strip"]:
                {
                    (JsonElement replace, string field) = steps[0];
                    bool spaces = json.StringPattern(replace, field + ".") == "\u2581" &&
                        json.Text(json.Member(replace, field + ".", "content"), field + ".content") == " ";
                    json.Expect(spaces, field, "Replace of \"\u2581\" by \" \"", replace);
                    if (types.Length == 3)
                        return false;
                    (JsonElement strip, field) = steps[3];
                    bool one = json.Text(json.Member(strip, field + ".", "content"), field + ".content") == " " &&
                        Number(strip, field, "start") == 1 && Number(strip, field, "stop") == 0;
                    json.Expect(one, field, "Strip of one \" \" at the start", strip);
                    return true;
                }

            default:
                throw json.Trouble("decoder", Known, TokenizerJson.Excerpt(decoder));
        }

        double Number(JsonElement parent, string field, string name)
        {
            JsonElement value = json.Member(parent, field + ".", name);
            json.Expect(value.ValueKind == JsonValueKind.Number, $"{field}.{name}", "a number", value);
            return value.GetDouble();
        }
    }
}

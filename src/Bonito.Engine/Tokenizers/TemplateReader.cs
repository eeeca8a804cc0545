using System.Text.Json;

namespace Bonito.Engine.Tokenizers;

/// <summary>Reads the field <c>post_processor</c> of a <c>tokenizer.json</c>: which tokens begin and end a sequence.</summary>
internal static class TemplateReader
{
    public static (List<int> Beginning, List<int> End) Read(JsonElement processor, Func<string, int?> idOf, TokenizerJson json)
    {
        var beginning = new List<int>();
        var end = new List<int>();
        if (TokenizerJson.IsNothing(processor))
            return (beginning, end);
        foreach ((JsonElement step, string field) in json.Steps(processor, "post_processor", "processors"))
        {
            string type = json.TypeOf(step, field);
            if (type == "ByteLevel")
                continue; // It says where tokens lie in the text and adds none.
            if (type != "TemplateProcessing")
                throw json.Trouble(field, "ByteLevel, TemplateProcessing or a Sequence of them", TokenizerJson.Excerpt(step));
            if (beginning.Count + end.Count > 0)
                throw json.Trouble(field, "one template", "a second one");
            ReadTemplate(step, field);
        }

        return (beginning, end);

        void ReadTemplate(JsonElement template, string field)
        {
            bool behind = false;
            JsonElement[] pieces = json.Items(template, field + ".", "single");
            for (int i = 0; i < pieces.Length; i++)
            {
                string place = $"{field}.single[{i}]";
                json.Expect(pieces[i].ValueKind == JsonValueKind.Object, place, "an object", pieces[i]);
                if (pieces[i].TryGetProperty("SpecialToken", out JsonElement special))
                    (behind ? end : beginning).AddRange(IdsOf(template, special, field, place));
                else if (pieces[i].TryGetProperty("Sequence", out _) && !behind)
                    behind = true;
                else
                    throw json.Trouble(place, "a SpecialToken, or the Sequence once", TokenizerJson.Excerpt(pieces[i]));
            }

            json.Expect(behind, field + ".single", "the Sequence once", template);
        }

        IEnumerable<int> IdsOf(JsonElement template, JsonElement special, string field, string place)
        {
            json.Expect(special.ValueKind == JsonValueKind.Object, place + ".SpecialToken", "an object", special);
            string name = json.Text(json.Member(special, place + ".SpecialToken.", "id"), place + ".SpecialToken.id");
            // The template says itself which ids a name stands for.
            if (template.TryGetProperty("special_tokens", out JsonElement tokens) && tokens.ValueKind == JsonValueKind.Object &&
                tokens.TryGetProperty(name, out JsonElement definition) && definition.ValueKind == JsonValueKind.Object)
            {
                string ids = $"{field}.special_tokens[\"{name}\"].";
                return json.Items(definition, ids, "ids").Select(id => json.Id(id, ids + "ids"));
            }

            return [idOf(name) ?? throw json.Trouble(place + ".SpecialToken.id", "a token of the file", $"\"{name}\"")];
        }
    }
}

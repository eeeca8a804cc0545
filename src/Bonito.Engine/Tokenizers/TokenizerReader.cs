using System.Text.Json;

namespace Bonito.Engine.Tokenizers;

/// <summary>Reads vocabulary, merges and added tokens of a <c>tokenizer.json</c>; <see cref="PipelineReader"/> reads what is to be done with them.</summary>
internal sealed class TokenizerReader
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    private readonly string path;
    private readonly TokenizerJson json;

    private TokenizerReader(string path)
    {
        this.path = path;
        json = new TokenizerJson(path);
    }

    public static TokenizerFile Read(string path)
    {
        try
        {
            using FileStream stream = File.OpenRead(path);
            using JsonDocument document = JsonDocument.Parse(stream, Options);
            return new TokenizerReader(path).Read(document.RootElement);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"Cannot read the tokenizer {path}: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new EngineException($"Cannot read the tokenizer {path}: it is not JSON: {e.Message}", e);
        }
        catch (InvalidOperationException e)
        {
            // The parser accepts escaped lone surrogates and throws this where such text is first looked at.
            throw new EngineException($"Cannot read the tokenizer {path}: it holds text that is not Unicode: {e.Message}", e);
        }
    }

    private TokenizerFile Read(JsonElement root)
    {
        json.Expect(root.ValueKind == JsonValueKind.Object, "the file", "a JSON object", root);
        JsonElement model = json.Member(root, "", "model");
        // The oldest files leave the type out; vocab and merges together mean BPE.
        json.Expect(model.ValueKind == JsonValueKind.Object, "model", "an object", model);
        if (model.TryGetProperty("type", out JsonElement type))
            json.Expect(json.Text(type, "model.type") == "BPE", "model.type", "\"BPE\"", type);
        Dictionary<string, int> vocabulary = ReadVocabulary(json.Member(model, "model.", "vocab"));
        List<Merge> merges = ReadMerges(json.Member(model, "model.", "merges"), vocabulary);
        List<AddedToken> added = ReadAddedTokens(root, vocabulary);
        return new TokenizerFile(
            path, vocabulary, merges, Ranks: null, added,
            Others(root, "added_tokens", "model"), Others(model, "vocab", "merges"));
    }

    private Dictionary<string, int> ReadVocabulary(JsonElement vocab)
    {
        json.Expect(vocab.ValueKind == JsonValueKind.Object, "model.vocab", "an object of tokens and ids", vocab);
        var ids = new Dictionary<string, int>(vocab.GetPropertyCount(), StringComparer.Ordinal);
        var tokens = new Dictionary<int, string>(vocab.GetPropertyCount());
        foreach (JsonProperty entry in vocab.EnumerateObject())
        {
            string token = entry.Name;
            int id = json.Id(entry.Value, $"model.vocab[\"{token}\"]");
            ids.Add(token, id);
            if (!tokens.TryAdd(id, token))
                throw json.Trouble($"model.vocab[\"{token}\"]", "an id of its own", $"{id}, which is \"{tokens[id]}\"");
        }

        return ids;
    }

    private List<Merge> ReadMerges(JsonElement merges, Dictionary<string, int> vocabulary)
    {
        json.Expect(merges.ValueKind == JsonValueKind.Array, "model.merges", "an array", merges);
        var read = new MergeList(vocabulary, merges.GetArrayLength());
        foreach (JsonElement merge in merges.EnumerateArray())
        {
            string field = $"model.merges[{read.Merges.Count}]";
            (string left, string right) = ReadMerge(merge, field);
            if (read.Add(left, right) is { } trouble)
                throw json.Trouble(field, trouble.Expected, $"{TokenizerJson.Excerpt(merge)}, {trouble.Got}");
        }

        return read.Merges;
    }

    /// <summary>A merge is "left right" in files up to 2024 and ["left", "right"] in later ones.</summary>
    private (string Left, string Right) ReadMerge(JsonElement merge, string field)
    {
        string[] parts = merge.ValueKind switch
        {
            JsonValueKind.String => json.Text(merge, field).Split(' '),
            JsonValueKind.Array when merge.EnumerateArray().All(part => part.ValueKind == JsonValueKind.String) =>
                [.. merge.EnumerateArray().Select(part => json.Text(part, field))],
            _ => [],
        };
        bool good = parts.Length == 2 && parts.All(part => part.Length > 0);
        json.Expect(good, field, "\"left right\" or [\"left\", \"right\"]", merge);
        return (parts[0], parts[1]);
    }

    private List<AddedToken> ReadAddedTokens(JsonElement root, Dictionary<string, int> vocabulary)
    {
        var read = new List<AddedToken>();
        if (!root.TryGetProperty("added_tokens", out JsonElement tokens) || tokens.ValueKind == JsonValueKind.Null)
            return read;
        json.Expect(tokens.ValueKind == JsonValueKind.Array, "added_tokens", "an array", tokens);

        var tokenOf = vocabulary.ToDictionary(entry => entry.Value, entry => entry.Key);
        var contents = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement token in tokens.EnumerateArray())
        {
            string field = $"added_tokens[{read.Count}]";
            json.Expect(token.ValueKind == JsonValueKind.Object, field, "an object", token);
            int id = json.Id(json.Member(token, field + ".", "id"), field + ".id");
            string content = json.Text(json.Member(token, field + ".", "content"), field + ".content");
            if (content.Length == 0 || !contents.Add(content))
                throw json.Trouble(field + ".content", "text that no other added token has", $"\"{content}\"");
            if (vocabulary.TryGetValue(content, out int known) && known != id)
                throw json.Trouble(field + ".id", $"{known}, the id of \"{content}\" in model.vocab", $"{id}");
            if (!tokenOf.TryAdd(id, content) && tokenOf[id] != content)
                throw json.Trouble(field + ".id", "an id of its own", $"{id}, which is \"{tokenOf[id]}\"");
            bool Flag(string name) => json.Flag(token, field + ".", name, otherwise: false);
            read.Add(new AddedToken(
                id, content, Flag("special"), Flag("normalized"), Flag("single_word"), Flag("lstrip"), Flag("rstrip")));
        }

        return read;
    }

    private static (string, JsonElement)[] Others(JsonElement parent, params string[] read) =>
        [.. parent.EnumerateObject().Where(field => !read.Contains(field.Name)).Select(field => (field.Name, field.Value.Clone()))];
}

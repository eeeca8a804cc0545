using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace Bonito.Engine.Tokenizers;

/// <summary>
/// Reads <c>tokenizer.json</c> strictly: whatever would encode differently here than elsewhere is refused by name.
/// </summary>
internal sealed class TokenizerReader
{
    private static readonly JsonDocumentOptions Options = new() { AllowDuplicateProperties = false };

    private readonly string _path;

    private TokenizerReader(string path) => _path = path;

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
        Expect(root.ValueKind == JsonValueKind.Object, "the file", "a JSON object", root);
        CheckNothing(root, "normalizer", "null (text is encoded as it is)");
        bool addPrefixSpace = ReadPreTokenizer(Member(root, "", "pre_tokenizer"));
        JsonElement decoder = Member(root, "", "decoder");
        Expect(IsA("ByteLevel", decoder), "decoder.type", "\"ByteLevel\"", decoder);

        JsonElement model = Member(root, "", "model");
        CheckModel(model);
        Dictionary<string, int> vocabulary = ReadVocabulary(Member(model, "model.", "vocab"));
        List<Merge> merges = ReadMerges(Member(model, "model.", "merges"), vocabulary);
        List<AddedToken> added = ReadAddedTokens(root, vocabulary);
        return new TokenizerFile(
            vocabulary, merges, added, Flag(model, "model.", "ignore_merges", otherwise: false), addPrefixSpace,
            Others(root, "added_tokens", "model"), Others(model, "vocab", "merges"));
    }

    private bool ReadPreTokenizer(JsonElement preTokenizer)
    {
        const string Field = "pre_tokenizer";
        if (IsA("ByteLevel", preTokenizer))
        {
            bool useRegex = Flag(preTokenizer, Field + ".", "use_regex", otherwise: true);
            Expect(useRegex, Field + ".use_regex", "true (or a Split by the regular expression of GPT-2 before it)", preTokenizer);
            return Flag(preTokenizer, Field + ".", "add_prefix_space", otherwise: false);
        }

        // The same thing spelled out: a Split by the regular expression, then the bytes.
        Expect(IsSpelledOut(preTokenizer), Field,
            "ByteLevel, or a Sequence of Split (Isolated, by the regular expression of GPT-2) and ByteLevel (use_regex and add_prefix_space false)",
            preTokenizer);
        return false;
    }

    private bool IsSpelledOut(JsonElement preTokenizer) =>
        IsA("Sequence", preTokenizer) &&
        preTokenizer.TryGetProperty("pretokenizers", out JsonElement steps) &&
        steps.ValueKind == JsonValueKind.Array && steps.GetArrayLength() == 2 &&
        IsA("Split", steps[0]) && IsA("ByteLevel", steps[1]) &&
        steps[0].TryGetProperty("pattern", out JsonElement pattern) &&
        pattern.ValueKind == JsonValueKind.Object &&
        pattern.TryGetProperty("Regex", out JsonElement regex) && IsText(regex, WordScanner.Pattern) &&
        steps[0].TryGetProperty("behavior", out JsonElement behavior) && IsText(behavior, "Isolated") &&
        !Flag(steps[0], "pre_tokenizer.pretokenizers[0].", "invert", otherwise: false) &&
        !Flag(steps[1], "pre_tokenizer.pretokenizers[1].", "use_regex", otherwise: true) &&
        !Flag(steps[1], "pre_tokenizer.pretokenizers[1].", "add_prefix_space", otherwise: false);

    private void CheckModel(JsonElement model)
    {
        // The oldest files leave the type out; vocab and merges together mean BPE. An unk_token may stand there: every
        // byte has a token, so it is never used.
        Expect(model.ValueKind == JsonValueKind.Object, "model", "an object", model);
        if (model.TryGetProperty("type", out JsonElement type))
            Expect(IsText(type, "BPE"), "model.type", "\"BPE\"", type);
        CheckNothing(model, "dropout", "null", "model.");
        CheckNothing(model, "continuing_subword_prefix", "null", "model.");
        CheckNothing(model, "end_of_word_suffix", "null", "model.");
        bool byteFallback = Flag(model, "model.", "byte_fallback", otherwise: false);
        Expect(!byteFallback, "model.byte_fallback", "false", model);
    }

    private Dictionary<string, int> ReadVocabulary(JsonElement vocab)
    {
        Expect(vocab.ValueKind == JsonValueKind.Object, "model.vocab", "an object of tokens and ids", vocab);
        var ids = new Dictionary<string, int>(vocab.GetPropertyCount(), StringComparer.Ordinal);
        var tokens = new Dictionary<int, string>(vocab.GetPropertyCount());
        foreach (JsonProperty entry in vocab.EnumerateObject())
        {
            string token = entry.Name;
            int id = ReadId(entry.Value, $"model.vocab[\"{token}\"]");
            ids.Add(token, id);
            if (!tokens.TryAdd(id, token))
                throw Trouble($"model.vocab[\"{token}\"]", "an id of its own", $"{id}, which is \"{tokens[id]}\"");
        }

        for (int value = 0; value < 256; value++)
        {
            string token = ByteAlphabet.ToCharacter((byte)value).ToString();
            if (!ids.ContainsKey(token))
                throw Trouble("model.vocab", "a token for each of the 256 bytes", $"none for byte 0x{value:X2} (\"{token}\")");
        }

        return ids;
    }

    private List<Merge> ReadMerges(JsonElement merges, Dictionary<string, int> vocabulary)
    {
        Expect(merges.ValueKind == JsonValueKind.Array, "model.merges", "an array", merges);
        var read = new List<Merge>(merges.GetArrayLength());
        var ranks = new Dictionary<Pair, int>(merges.GetArrayLength());
        foreach (JsonElement merge in merges.EnumerateArray())
        {
            string field = $"model.merges[{read.Count}]";
            (string left, string right) = ReadMerge(merge, field);
            var pair = new Pair(IdOf(left), IdOf(right));
            if (!ranks.TryAdd(pair, read.Count))
                throw Trouble(field, "each pair once", $"the pair of merges[{ranks[pair]}] again: {Excerpt(merge)}");
            read.Add(new Merge(pair, IdOf(left + right)));

            int IdOf(string token) => vocabulary.TryGetValue(token, out int id)
                ? id
                : throw Trouble(field, "tokens of model.vocab", $"{Excerpt(merge)}, but \"{token}\" is not there");
        }

        return read;
    }

    /// <summary>A merge is "left right" in files up to 2024 and ["left", "right"] in later ones.</summary>
    private (string Left, string Right) ReadMerge(JsonElement merge, string field)
    {
        string[] parts = merge.ValueKind switch
        {
            JsonValueKind.String => Text(merge, field).Split(' '),
            JsonValueKind.Array when merge.EnumerateArray().All(part => part.ValueKind == JsonValueKind.String) =>
                [.. merge.EnumerateArray().Select(part => Text(part, field))],
            _ => [],
        };
        bool good = parts.Length == 2 && parts.All(part => part.Length > 0 && !part.Contains(' '));
        Expect(good, field, "\"left right\" or [\"left\", \"right\"]", merge);
        return (parts[0], parts[1]);
    }

    private List<AddedToken> ReadAddedTokens(JsonElement root, Dictionary<string, int> vocabulary)
    {
        var read = new List<AddedToken>();
        if (!root.TryGetProperty("added_tokens", out JsonElement tokens) || tokens.ValueKind == JsonValueKind.Null)
            return read;
        Expect(tokens.ValueKind == JsonValueKind.Array, "added_tokens", "an array", tokens);

        var tokenOf = vocabulary.ToDictionary(entry => entry.Value, entry => entry.Key);
        var contents = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonElement token in tokens.EnumerateArray())
        {
            string field = $"added_tokens[{read.Count}]";
            Expect(token.ValueKind == JsonValueKind.Object, field, "an object", token);
            int id = ReadId(Member(token, field + ".", "id"), field + ".id");
            string content = Text(Member(token, field + ".", "content"), field + ".content");
            foreach (string unsupported in (string[])["single_word", "lstrip", "rstrip"])
                Expect(!Flag(token, field + ".", unsupported, otherwise: false), $"{field}.{unsupported}", "false", token);
            if (content.Length == 0 || !contents.Add(content))
                throw Trouble(field + ".content", "text that no other added token has", $"\"{content}\"");
            if (vocabulary.TryGetValue(content, out int known) && known != id)
                throw Trouble(field + ".id", $"{known}, the id of \"{content}\" in model.vocab", $"{id}");
            if (!tokenOf.TryAdd(id, content) && tokenOf[id] != content)
                throw Trouble(field + ".id", "an id of its own", $"{id}, which is \"{tokenOf[id]}\"");
            read.Add(new AddedToken(id, content,
                Flag(token, field + ".", "special", otherwise: false), Flag(token, field + ".", "normalized", otherwise: false)));
        }

        return read;
    }

    private int ReadId(JsonElement value, string field)
    {
        bool good = value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out int id) && id is >= 0 and < TokenizerFile.IdLimit;
        Expect(good, field, $"an id from 0 to {TokenizerFile.IdLimit - 1}", value);
        return value.GetInt32();
    }

    private bool Flag(JsonElement parent, string prefix, string name, bool otherwise)
    {
        if (!parent.TryGetProperty(name, out JsonElement value))
            return otherwise;
        Expect(value.ValueKind is JsonValueKind.True or JsonValueKind.False, prefix + name, "true or false", value);
        return value.GetBoolean();
    }

    /// <summary>A field that must be absent, null, empty or zero.</summary>
    private void CheckNothing(JsonElement parent, string name, string expected, string prefix = "")
    {
        if (parent.TryGetProperty(name, out JsonElement value))
        {
            bool nothing = value.ValueKind == JsonValueKind.Null || IsText(value, "") ||
                (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number == 0);
            Expect(nothing, prefix + name, expected, value);
        }
    }

    private JsonElement Member(JsonElement parent, string prefix, string name) =>
        parent.TryGetProperty(name, out JsonElement value) ? value : throw Trouble(prefix + name, "a value", "no such field");

    private static (string, JsonElement)[] Others(JsonElement parent, params string[] read) =>
        [.. parent.EnumerateObject().Where(field => !read.Contains(field.Name)).Select(field => (field.Name, field.Value.Clone()))];

    private static bool IsA(string type, JsonElement component) =>
        component.ValueKind == JsonValueKind.Object &&
        component.TryGetProperty("type", out JsonElement value) && IsText(value, type);

    private static bool IsText(JsonElement value, string text) =>
        value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private string Text(JsonElement value, string field)
    {
        Expect(value.ValueKind == JsonValueKind.String, field, "text", value);
        return value.GetString()!;
    }

    private void Expect([DoesNotReturnIf(false)] bool condition, string field, string expected, JsonElement got)
    {
        if (!condition)
            throw Trouble(field, expected, Excerpt(got));
    }

    private EngineException Trouble(string field, string expected, string got) =>
        new($"Cannot read the tokenizer {_path}: {field}: expected {expected}, got {got}.");

    private static string Excerpt(JsonElement value)
    {
        const int Limit = 200;
        string text = value.GetRawText().ReplaceLineEndings(" ");
        return text.Length <= Limit ? text : text[..Limit] + "...";
    }
}

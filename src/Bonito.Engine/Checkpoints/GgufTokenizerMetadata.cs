using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Checkpoints;

/// <summary>
/// The tokenizer of a Hugging Face folder (<c>tokenizer.json</c>, <c>tokenizer_config.json</c>) as metadata of a GGUF file: byte-level BPE
/// as model <c>gpt2</c>, SentencePiece's BPE with bytes to fall back on as model <c>llama</c>.
/// </summary>
internal static class GgufTokenizerMetadata
{
    private const string Prefix = "tokenizer.ggml.";

    /// <param name="folder">With a <c>tokenizer.json</c>.</param>
    /// <param name="rows">V, the rows of the embedding: the file must have a token for each.</param>
    /// <exception cref="EngineException">The files cannot be read, or hold a tokenizer that GGUF has no words for.</exception>
    public static void Add(string folder, int rows, IDictionary<string, object> metadata)
    {
        string path = Path.Combine(folder, "tokenizer.json");
        try
        {
            JsonNode root = Read(path) ?? throw Bad(path, "expected an object");
            AddTokens(path, root, rows, metadata);
            string configPath = Path.Combine(folder, "tokenizer_config.json");
            JsonNode? config = File.Exists(configPath) ? Read(configPath) : null;
            if (((bool?)config?["add_bos_token"] ?? StartsWithToken(root["post_processor"])) is bool begin) metadata.Add(Prefix + "add_bos_token", begin);
            if ((bool?)config?["add_eos_token"] is bool end) metadata.Add(Prefix + "add_eos_token", end);
            if (config?["chat_template"] is JsonValue template && template.TryGetValue(out string? text)) metadata.Add("tokenizer.chat_template", text);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            // Fields of another kind than the format gives them.
            throw Bad(path, $"not as the format demands: {e.Message}");
        }
    }

    private static void AddTokens(string path, JsonNode root, int rows, IDictionary<string, object> metadata)
    {
        JsonObject model = root["model"] as JsonObject ?? throw Bad(path, "expected an object 'model'");
        JsonObject vocabulary = model["vocab"] as JsonObject ?? throw Bad(path, "expected an object 'model.vocab', as byte-pair encoding has");
        if ((string?)model["type"] is not (null or "BPE")) throw Bad(path, $"expected the model BPE, got {ErrorText.Quote((string)model["type"]!)}, which GGUF files of these architectures do not have");
        bool sentencePiece = (bool?)model["byte_fallback"] == true;
        string? pre = sentencePiece ? "default" : PreTokenizers.NameOf(root["pre_tokenizer"]);
        if (pre is null) throw Bad(path, "its pre_tokenizer is none of those that GGUF files have names for here (GPT-2's, Llama 3's, Qwen2's, SmolLM's)");

        string[] tokens = [.. Enumerable.Range(0, rows).Select(id => string.Create(CultureInfo.InvariantCulture, $"[PAD{id}]"))];
        int[] types = [.. Enumerable.Repeat((int)PieceType.Unused, rows)];
        void Set(string token, int id, PieceType type)
        {
            if ((uint)id >= (uint)rows) throw Bad(path, $"token {ErrorText.Quote(token)} has the id {id}, but the model has {rows} rows");
            tokens[id] = token;
            types[id] = (int)type;
        }
        string? unknown = (string?)model["unk_token"];
        foreach ((string token, JsonNode? id) in vocabulary)
            Set(token, (int)id!, token == unknown ? PieceType.Unknown : sentencePiece && IsByte(token) ? PieceType.Byte : PieceType.Normal);
        foreach (JsonNode? added in root["added_tokens"]?.AsArray() ?? [])
        {
            string token = (string)added!["content"]!;
            Set(token, (int)added["id"]!, token == unknown ? PieceType.Unknown : (bool?)added["special"] == true ? PieceType.Control : PieceType.UserDefined);
        }

        string[] merges = [.. (model["merges"]?.AsArray() ?? []).Select(merge => merge is JsonArray pair ? $"{(string)pair[0]!} {(string)pair[1]!}" : (string)merge!)];
        metadata.Add(Prefix + "model", sentencePiece ? "llama" : "gpt2");
        metadata.Add(Prefix + "pre", pre);
        metadata.Add(Prefix + "tokens", tokens);
        if (sentencePiece)
        {
            metadata.Add(Prefix + "scores", Scores(tokens, types, merges));
            metadata.Add(Prefix + "add_space_prefix", HasPrepend(root["normalizer"]) || (string?)root["pre_tokenizer"]?["type"] == "Metaspace");
        }
        metadata.Add(Prefix + "token_type", types);
        if (!sentencePiece) metadata.Add(Prefix + "merges", merges);
        if (unknown is not null && Array.IndexOf(tokens, unknown) is >= 0 and int unknownId) metadata.Add(Prefix + "unknown_token_id", (uint)unknownId);
    }

    /// <summary>The earlier a token can be merged the higher its score; what never results from a merge comes last.</summary>
    private static float[] Scores(string[] tokens, int[] types, string[] merges)
    {
        var ranks = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < merges.Length; i++) ranks.TryAdd(merges[i].Remove(merges[i].IndexOf(' ', StringComparison.Ordinal), 1), i);
        return [.. tokens.Select((token, id) => types[id] != (int)PieceType.Normal ? 0f : -ranks.GetValueOrDefault(token, merges.Length))];
    }

    private static bool IsByte(string token) =>
        token is ['<', '0', 'x', _, _, '>'] && byte.TryParse(token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _);

    private static bool HasPrepend(JsonNode? normalizer) =>
        (string?)normalizer?["type"] == "Prepend" || ((string?)normalizer?["type"] == "Sequence" && normalizer["normalizers"]!.AsArray().Any(HasPrepend));

    /// <summary>Whether texts get a token in front, as far as the template says; null where there is none.</summary>
    private static bool? StartsWithToken(JsonNode? processor) => (string?)processor?["type"] switch
    {
        "TemplateProcessing" => processor["single"]?.AsArray() is [JsonObject first, ..] && first.ContainsKey("SpecialToken"),
        "Sequence" => processor["processors"]!.AsArray().Select(StartsWithToken).FirstOrDefault(starts => starts is not null),
        _ => null,
    };

    private static JsonNode? Read(string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EngineException($"{path}: cannot be read: {e.Message.TrimEnd('.')}. Check that the file exists and may be read.", e);
        }
        catch (JsonException e)
        {
            throw new EngineException($"{path}: not valid JSON: {e.Message}", e);
        }
    }

    private static EngineException Bad(string path, string problem) => new($"{path}: {problem}. The tokenizer cannot be written into a GGUF file.");
}

using System.Text.Json;

namespace Bonito.Engine.Tokenizers;

/// <summary>Reads what a tokenizer file does with text. Whatever would encode differently here than elsewhere is refused by name.</summary>
internal sealed class PipelineReader
{
    private readonly TokenizerFile file;
    private readonly TokenizerJson json;
    private readonly HashSet<int> special;

    private PipelineReader(TokenizerFile file)
    {
        this.file = file;
        json = new TokenizerJson(file.Source);
        special = [.. file.AddedTokens.Where(token => token.Special).Select(token => token.Id)];
    }

    public static Pipeline Read(TokenizerFile file)
    {
        try
        {
            return new PipelineReader(file).Read();
        }
        catch (InvalidOperationException e)
        {
            // The parser accepts escaped lone surrogates and throws this where such text is first looked at.
            throw new EngineException($"Cannot read the tokenizer {file.Source}: it holds text that is not Unicode: {e.Message}", e);
        }
    }

    private Pipeline Read()
    {
        foreach (string unsupported in (string[])["dropout", "continuing_subword_prefix", "end_of_word_suffix"])
            ExpectNothing(unsupported);
        Normalizer? normalizer = NormalizerReader.Read(file.Setting("normalizer"), json);
        (List<int> beginning, List<int> end) = TemplateReader.Read(file.Setting("post_processor"), IdOf, json);
        var merges = new MergeTable(file.Merges, file.Ranks, special);
        JsonElement preTokenizer = file.Setting("pre_tokenizer");
        List<(JsonElement Component, string Field)> steps =
            TokenizerJson.IsNothing(preTokenizer) ? [] : json.Steps(preTokenizer, "pre_tokenizer", "pretokenizers");
        TokenModel model = steps.Any(step => json.TypeOf(step.Component, step.Field) == "ByteLevel")
            ? ByteLevel(steps, merges)
            : Pieces(steps, preTokenizer, merges);
        return new Pipeline(normalizer, model, beginning, end);
    }

    private ByteLevelModel ByteLevel(List<(JsonElement Component, string Field)> steps, MergeTable merges)
    {
        (JsonElement last, string field) = steps[^1];
        string prefix = field + ".";
        json.Expect(json.TypeOf(last, field) == "ByteLevel", field, "ByteLevel as the last step", last);
        bool addPrefixSpace = json.Flag(last, prefix, "add_prefix_space", otherwise: false);
        bool useRegex = json.Flag(last, prefix, "use_regex", otherwise: true);
        WordScanner? words = steps.Count switch
        {
            1 when useRegex => WordScanner.Gpt2,
            2 when json.TypeOf(steps[0].Component, steps[0].Field) == "Digits" && useRegex => Digits(steps[0].Component, steps[0].Field),
            2 when json.TypeOf(steps[0].Component, steps[0].Field) == "Split" && !useRegex => Split(steps[0].Component, steps[0].Field),
            _ => null,
        };
        if (words is null)
        {
            throw json.Trouble("pre_tokenizer",
                "ByteLevel with use_regex, Digits before it, or a Split before ByteLevel without use_regex", TokenizerJson.Excerpt(file.Setting("pre_tokenizer")));
        }

        json.Expect(steps.Count == 1 || !addPrefixSpace, prefix + "add_prefix_space", "false behind another step", last);
        JsonElement decoder = file.Setting("decoder");
        json.Expect(!TokenizerJson.IsNothing(decoder) && json.Steps(decoder, "decoder", "decoders") is [var only] && json.TypeOf(only.Component, only.Field) == "ByteLevel",
            "decoder.type", "\"ByteLevel\"", decoder);
        json.Expect(!ModelFlag("byte_fallback"), "model.byte_fallback", "false", file.ModelSetting("byte_fallback"));
        for (int value = 0; value < 256; value++)
        {
            string token = ByteAlphabet.ToCharacter((byte)value).ToString();
            if (!file.Vocabulary.ContainsKey(token))
                throw json.Trouble("model.vocab", "a token for each of the 256 bytes", $"none for byte 0x{value:X2} (\"{token}\")");
        }

        return new ByteLevelModel(words, addPrefixSpace, ModelFlag("ignore_merges"), file.Vocabulary, merges, special);
    }

    private WordScanner Digits(JsonElement step, string field)
    {
        json.Expect(json.Flag(step, field + ".", "individual_digits", otherwise: false), field + ".individual_digits", "true", step);
        return WordScanner.Gpt2DigitsApart;
    }

    private WordScanner Split(JsonElement step, string field)
    {
        string prefix = field + ".";
        JsonElement pattern = json.Member(step, prefix, "pattern");
        bool isRegex = pattern.ValueKind == JsonValueKind.Object && pattern.TryGetProperty("Regex", out JsonElement regex) && regex.ValueKind == JsonValueKind.String;
        json.Expect(isRegex, prefix + "pattern", "{\"Regex\": ...}", pattern);
        string expression = pattern.GetProperty("Regex").GetString()!;
        if (!WordScanner.ByExpression.TryGetValue(expression, out WordScanner? words))
            throw json.Trouble(prefix + "pattern", "the expression of GPT-2, Llama 3 or Qwen2, the ones that are known here", $"the expression {expression}");

        // The expressions match all of a text, so that keeping the matches is as good as isolating them.
        string behavior = json.Text(json.Member(step, prefix, "behavior"), prefix + "behavior");
        bool invert = json.Flag(step, prefix, "invert", otherwise: false);
        json.Expect((behavior, invert) is ("Isolated", false) or ("Removed", true), prefix + "behavior", "\"Isolated\"", step);
        return words;
    }

    private PieceModel Pieces(List<(JsonElement Component, string Field)> steps, JsonElement preTokenizer, MergeTable merges)
    {
        Metaspace? metaspace = null;
        if (steps.Count > 0)
        {
            bool isMetaspace = steps.Count == 1 && json.TypeOf(steps[0].Component, steps[0].Field) == "Metaspace";
            json.Expect(isMetaspace, "pre_tokenizer", "ByteLevel, a Sequence that ends with it, Metaspace or null", preTokenizer);
            metaspace = ReadMetaspace(steps[0].Component, steps[0].Field);
        }

        json.Expect(!ModelFlag("ignore_merges"), "model.ignore_merges", "false without ByteLevel", file.ModelSetting("ignore_merges"));
        bool byteFallback = ModelFlag("byte_fallback");
        JsonElement name = file.ModelSetting("unk_token");
        int? unknown = null;
        if (!TokenizerJson.IsNothing(name))
            unknown = IdOf(json.Text(name, "model.unk_token")) ?? throw json.Trouble("model.unk_token", "a token of the file", TokenizerJson.Excerpt(name));
        bool allBytes = byteFallback && Enumerable.Range(0, 256).All(value => file.Vocabulary.ContainsKey(ByteToken.Of((byte)value)));
        if (unknown is null && !allBytes)
            throw json.Trouble("model.unk_token", "an unknown token, or byte_fallback with the tokens <0x00> to <0xFF>", "neither, so that some text could not be encoded");
        var settings = new PieceSettings(byteFallback, unknown, ModelFlag("fuse_unk"), metaspace, PieceDecoderReader.Read(file.Setting("decoder"), json));
        return new PieceModel(settings, file, merges, special);
    }

    private Metaspace ReadMetaspace(JsonElement step, string field)
    {
        string prefix = field + ".";
        string space = json.Text(json.Member(step, prefix, "replacement"), prefix + "replacement");
        json.Expect(space == Metaspace.Space.ToString(), prefix + "replacement", $"\"{Metaspace.Space}\"", step);
        PrependScheme prepend;
        if (step.TryGetProperty("prepend_scheme", out JsonElement scheme))
        {
            prepend = json.Text(scheme, prefix + "prepend_scheme") switch
            {
                "always" => PrependScheme.Always,
                "first" => PrependScheme.First,
                "never" => PrependScheme.Never,
                _ => throw json.Trouble(prefix + "prepend_scheme", "\"always\", \"first\" or \"never\"", TokenizerJson.Excerpt(scheme)),
            };
        }
        else
        {
            prepend = json.Flag(step, prefix, "add_prefix_space", otherwise: true) ? PrependScheme.Always : PrependScheme.Never;
        }

        return new Metaspace(prepend, json.Flag(step, prefix, "split", otherwise: true));
    }

    private int? IdOf(string token) =>
        file.AddedTokens.FirstOrDefault(added => added.Content == token)?.Id ?? (file.Vocabulary.TryGetValue(token, out int id) ? id : null);

    private bool ModelFlag(string name)
    {
        JsonElement value = file.ModelSetting(name);
        if (TokenizerJson.IsNothing(value))
            return false;
        json.Expect(value.ValueKind is JsonValueKind.True or JsonValueKind.False, "model." + name, "true or false", value);
        return value.GetBoolean();
    }

    /// <summary>A field of the model that must be absent, null, empty or zero.</summary>
    private void ExpectNothing(string name)
    {
        JsonElement value = file.ModelSetting(name);
        bool nothing = TokenizerJson.IsNothing(value) || (value.ValueKind == JsonValueKind.String && value.GetString() == "") ||
            (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && number == 0);
        json.Expect(nothing, "model." + name, "null", value);
    }
}

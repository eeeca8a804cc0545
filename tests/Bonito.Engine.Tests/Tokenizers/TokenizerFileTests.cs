using System.Text.Json.Nodes;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Tests.Tokenizers;

public class TokenizerFileTests
{
    [Fact]
    public void A_saved_tokenizer_loads_as_it_was()
    {
        using var folder = new TemporaryFolder();
        Tokenizer trained = Samples.Train(700);
        trained.Save(folder.File("tokenizer.json"));
        Tokenizer loaded = Tokenizer.Load(folder.File("tokenizer.json"));

        Assert.Equal(trained.VocabularySize, loaded.VocabularySize);
        Assert.Equal(trained.AddedTokens, loaded.AddedTokens);
        Assert.Equal(
            Enumerable.Range(0, trained.VocabularySize).Select(trained.IdToToken),
            Enumerable.Range(0, trained.VocabularySize).Select(loaded.IdToToken));
        Samples.ForAll(Samples.Texts(), text => Assert.Equal(trained.Encode(text), loaded.Encode(text)));

        loaded.Save(folder.File("again.json"));
        Assert.Equal(File.ReadAllBytes(folder.File("tokenizer.json")), File.ReadAllBytes(folder.File("again.json")));
        Assert.Equal(2, Directory.GetFiles(folder.Path).Length);
    }

    [Fact]
    public void A_saved_file_has_the_fields_that_hugging_face_reads()
    {
        using var folder = new TemporaryFolder();
        Samples.Train().Save(folder.File("tokenizer.json"));
        JsonNode root = JsonNode.Parse(File.ReadAllText(folder.File("tokenizer.json")))!;

        Assert.Equal("1.0", (string?)root["version"]);
        Assert.Equal("ByteLevel", (string?)root["pre_tokenizer"]!["type"]);
        foreach (string component in (string[])["pre_tokenizer", "post_processor", "decoder"])
        {
            foreach (string flag in (string[])["add_prefix_space", "trim_offsets", "use_regex"])
                Assert.NotNull(root[component]![flag]);
        }

        Assert.Equal("BPE", (string?)root["model"]!["type"]);
        Assert.Equal(0, (int?)root["model"]!["vocab"]!["<s>"]);
        Assert.Equal(400, root["model"]!["vocab"]!.AsObject().Count);
        Assert.Equal(400 - 258, root["model"]!["merges"]!.AsArray().Count);
        JsonNode special = root["added_tokens"]![1]!;
        Assert.Equal(
            """{"id":1,"content":"</s>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}""",
            special.ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
    }

    [Fact]
    public void Both_forms_of_merges_and_of_the_words_mean_the_same()
    {
        using var folder = new TemporaryFolder();
        JsonObject oldForm = SavedFile(folder);
        JsonObject newForm = SavedFile(folder);
        JsonArray merges = oldForm["model"]!["merges"]!.AsArray();
        newForm["model"]!["merges"] = new JsonArray(
            [.. merges.Select(merge => new JsonArray([.. ((string)merge!).Split(' ').Select(part => (JsonNode)part)]))]);
        newForm["pre_tokenizer"] = SpelledOutWords();

        Tokenizer first = Tokenizer.Load(folder.Write("old.json", oldForm));
        Tokenizer second = Tokenizer.Load(folder.Write("new.json", newForm));
        Assert.Equal(first.Encode(Samples.Text), second.Encode(Samples.Text));
    }

    [Fact]
    public void What_only_other_programs_read_survives_loading_and_saving()
    {
        using var folder = new TemporaryFolder();
        JsonObject file = SavedFile(folder);
        file["post_processor"] = JsonNode.Parse("""{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}]}""");
        file["padding"] = JsonNode.Parse("""{"strategy":"BatchLongest","pad_id":1}""");
        file["model"]!["unk_token"] = "<s>";
        Tokenizer.Load(folder.Write("tokenizer.json", file)).Save(folder.File("saved.json"));
        Assert.True(JsonNode.DeepEquals(file, JsonNode.Parse(File.ReadAllText(folder.File("saved.json")))));
    }

    [Fact]
    public void Add_prefix_space_adds_a_space_where_there_is_none()
    {
        using var folder = new TemporaryFolder();
        JsonObject file = SavedFile(folder);
        file["pre_tokenizer"]!["add_prefix_space"] = true;
        Tokenizer plain = Samples.Train();
        Tokenizer prefixing = Tokenizer.Load(folder.Write("tokenizer.json", file));
        Assert.Equal(plain.Encode(" the crates"), prefixing.Encode("the crates"));
        Assert.Equal(plain.Encode(" the crates"), prefixing.Encode(" the crates"));
        Assert.Empty(prefixing.Encode(""));
    }

    [Fact]
    public void Ignore_merges_takes_a_word_that_is_a_token_whole()
    {
        using var folder = new TemporaryFolder();
        JsonObject file = TestFiles.Json([.. TestFiles.Bytes(), "ab", "cab"], ["a b"]);
        Assert.Equal(['c', 256, '!', 'c', 256, 'a'], Tokenizer.Load(folder.Write("tokenizer.json", file)).Encode("cab!caba"));
        file["model"]!["ignore_merges"] = true;
        Assert.Equal([257, '!', 'c', 256, 'a'], Tokenizer.Load(folder.Write("tokenizer.json", file)).Encode("cab!caba"));
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public void A_file_that_would_encode_otherwise_is_refused_by_field(string pointer, string? value, string message)
    {
        using var folder = new TemporaryFolder();
        JsonObject file = SavedFile(folder);
        JsonNode parent = file;
        string[] steps = pointer.Split('/');
        foreach (string step in steps[..^1])
            parent = parent is JsonArray array ? array[int.Parse(step)]! : parent[step]!;
        if (value is null)
            parent.AsObject().Remove(steps[^1]);
        else if (parent is JsonArray items)
            items[int.Parse(steps[^1])] = JsonNode.Parse(value);
        else
            parent[steps[^1]] = JsonNode.Parse(value);

        string path = folder.Write("bad.json", file);
        string found = Assert.Throws<EngineException>(() => Tokenizer.Load(path)).Message;
        Assert.StartsWith($"Cannot read the tokenizer {path}: ", found, StringComparison.Ordinal);
        Assert.Contains(message, found, StringComparison.Ordinal);
    }

    public static TheoryData<string, string?, string> Malformed() => new()
    {
        { "normalizer", """{"type":"Nmt"}""", "normalizer: expected NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Prepend, Replace of a string, or a Sequence of them, got {\"type\":\"Nmt\"}" },
        { "normalizer", """{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Replace","pattern":{"Regex":"a+"},"content":"b"}]}""", "normalizer.normalizers[1].pattern: expected {\"String\": ...}" },
        { "pre_tokenizer", "null", "model.unk_token: expected an unknown token, or byte_fallback" },
        { "pre_tokenizer", """{"type":"Whitespace"}""", "pre_tokenizer: expected ByteLevel, a Sequence that ends with it, Metaspace or null, got {\"type\":\"Whitespace\"}" },
        { "pre_tokenizer", """{"type":"Metaspace","replacement":"_"}""", "pre_tokenizer.replacement: expected \"\u2581\"" },
        { "pre_tokenizer", """{"type":"Metaspace","replacement":"\u2581","prepend_scheme":"last"}""", "pre_tokenizer.prepend_scheme: expected" },
        { "pre_tokenizer", """{"type":"Sequence","pretokenizers":[{"type":"Split","pattern":{"Regex":"\\w+"},"behavior":"Isolated"},{"type":"ByteLevel","use_regex":false}]}""", "got the expression \\w+" },
        { "pre_tokenizer/use_regex", "false", "pre_tokenizer: expected ByteLevel with use_regex" },
        { "post_processor", """{"type":"BertProcessing"}""", "post_processor: expected ByteLevel, TemplateProcessing" },
        { "post_processor", """{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<x>"}},{"Sequence":{}}]}""", "post_processor.single[0].SpecialToken.id: expected a token of the file, got \"<x>\"" },
        { "post_processor", """{"type":"TemplateProcessing","single":[]}""", "post_processor.single: expected the Sequence once" },
        { "pre_tokenizer/add_prefix_space", "1", "pre_tokenizer.add_prefix_space: expected true or false, got 1" },
        { "decoder/type", "\"WordPiece\"", "decoder.type: expected \"ByteLevel\"" },
        { "model", "[]", "model: expected an object, got []" },
        { "model/type", "\"WordPiece\"", "model.type: expected \"BPE\", got \"WordPiece\"" },
        { "model/dropout", "0.1", "model.dropout: expected null, got 0.1" },
        { "model/byte_fallback", "true", "model.byte_fallback: expected false" },
        { "model/continuing_subword_prefix", "\"##\"", "model.continuing_subword_prefix: expected null, got \"##\"" },
        { "model/end_of_word_suffix", "\"</w>\"", "model.end_of_word_suffix" },
        { "model/vocab", null, "model.vocab: expected a value" },
        { "model/vocab", "{}", "model.merges[0]: expected tokens of the vocabulary" },
        { "model/vocab/A", null, "none for byte 0x41 (\"A\")" },
        { "model/vocab/A", "-1", "model.vocab[\"A\"]: expected an id from 0 to 16777215, got -1" },
        { "model/vocab/A", "2147483647", "model.vocab[\"A\"]" },
        { "model/vocab/A", "\"x\"", "model.vocab[\"A\"]: expected an id" },
        { "model/vocab/A", "1.5", "model.vocab[\"A\"]: expected an id" },
        { "model/vocab/new", "2", "model.vocab[\"new\"]: expected an id of its own, got 2, which is \"!\"" },
        { "model/merges", "{}", "model.merges: expected an array" },
        { "model/merges/3", "\"a\"", "model.merges[3]: expected \"left right\" or [\"left\", \"right\"], got \"a\"" },
        { "model/merges/3", "\"a b c\"", "model.merges[3]" },
        { "model/merges/3", "[\"a\"]", "model.merges[3]" },
        { "model/merges/3", "[\"a\", 1]", "model.merges[3]" },
        { "model/merges/3", "\"a unknown\"", "model.merges[3]: expected tokens of the vocabulary, got \"a unknown\", but \"unknown\" is not there" },
        { "model/merges/3", "\"! !\"", "but \"!!\" is not there" },
        { "added_tokens", "7", "added_tokens: expected an array, got 7" },
        { "added_tokens/0", "\"<s>\"", "added_tokens[0]: expected an object" },
        { "added_tokens/0/id", null, "added_tokens[0].id: expected a value" },
        { "added_tokens/0/id", "5", "added_tokens[0].id: expected 0, the id of \"<s>\" in model.vocab, got 5" },
        { "added_tokens/0/content", "\"\"", "added_tokens[0].content: expected text that no other added token has" },
        { "added_tokens/0/content", "\"<x>\"", "added_tokens[0].id: expected an id of its own, got 0, which is \"<s>\"" },
        { "added_tokens/1/content", "\"<s>\"", "added_tokens[1].content" },
        { "added_tokens/1/lstrip", "1", "added_tokens[1].lstrip: expected true or false" },
    };

    [Theory]
    [InlineData("", "not JSON")]
    [InlineData("{\"model\":", "not JSON")]
    [InlineData("{\"model\":1,\"model\":2}", "Duplicate property")]
    [InlineData("[]", "the file: expected a JSON object, got []")]
    [InlineData("\u0000\u0001\u0002", "not JSON")]
    public void A_file_that_is_no_tokenizer_is_refused(string content, string message)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder.File("tokenizer.json"), content);
        Assert.Contains(message, Assert.Throws<EngineException>(() => Tokenizer.Load(folder.File("tokenizer.json"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_that_is_not_unicode_is_refused()
    {
        using var folder = new TemporaryFolder();
        string good = SavedFile(folder).ToJsonString();
        string path = folder.File("tokenizer.json");
        foreach ((string from, string to) in (ReadOnlySpan<(string, string)>)[("\"A\":", "\"\\ud800\":"), ("\"type\":\"BPE\"", "\"type\":\"\\ud800\""), ("\"content\":\"", "\"content\":\"\\udc00")])
        {
            Assert.Contains(from, good, StringComparison.Ordinal);
            File.WriteAllText(path, good.Replace(from, to, StringComparison.Ordinal));
            string message = Assert.Throws<EngineException>(() => Tokenizer.Load(path)).Message;
            Assert.Contains("not Unicode", message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_file_damaged_anywhere_loads_or_is_refused_but_never_fails_otherwise()
    {
        using var folder = new TemporaryFolder();
        SavedFile(folder);
        byte[] good = File.ReadAllBytes(folder.File("tokenizer.json"));
        string path = folder.File("damaged.json");
        var random = new Random(11);
        int refused = 0;
        for (int round = 0; round < 300; round++)
        {
            byte[] damaged = (byte[])good.Clone();
            for (int change = 0; change < 3; change++)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            File.WriteAllBytes(path, round % 3 == 0 ? damaged[..random.Next(damaged.Length)] : damaged);
            try
            {
                Tokenizer.Load(path);
            }
            catch (EngineException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 100, 300);
    }

    [Fact]
    public void Missing_files_and_folders_are_named()
    {
        using var folder = new TemporaryFolder();
        string missing = folder.File("none/tokenizer.json");
        Assert.Contains(missing, Assert.Throws<EngineException>(() => Tokenizer.Load(missing)).Message, StringComparison.Ordinal);
        Assert.Contains(missing, Assert.Throws<EngineException>(() => Samples.Train().Save(missing)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_save_that_fails_leaves_nothing_behind()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.File("tokenizer.json"));
        Assert.Throws<EngineException>(() => Samples.Train().Save(folder.File("tokenizer.json")));
        Assert.Empty(Directory.GetFiles(folder.Path));
    }

    private static JsonObject SavedFile(TemporaryFolder folder)
    {
        Samples.Train().Save(folder.File("tokenizer.json"));
        return JsonNode.Parse(File.ReadAllText(folder.File("tokenizer.json")))!.AsObject();
    }

    private static JsonNode SpelledOutWords() => JsonNode.Parse("""
        {
          "type": "Sequence",
          "pretokenizers": [
            {
              "type": "Split",
              "pattern": {"Regex": "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"},
              "behavior": "Isolated",
              "invert": false
            },
            {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}
          ]
        }
        """)!;
}

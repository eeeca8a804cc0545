using System.Text.Json.Nodes;
using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Tests.Tokenizers;

/// <summary>Tokenizers over characters with byte fallback, in the forms in which files of Llama 2 and Mistral say them.</summary>
public class PieceTests
{
    private const string Prepend = """{"type":"Sequence","normalizers":[{"type":"Prepend","prepend":"▁"},{"type":"Replace","pattern":{"String":" "},"content":"▁"}]}""";
    private const string Decoder = """{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""";

    // Equal scores, ways to make a piece that overlap, runs of spaces: what makes the order of merges matter.
    private static readonly (string Piece, float Score)[] Pieces =
    [
        ("▁", -90), ("a", -91), ("b", -92), ("c", -93), ("é", -94), ("🐟", -95), ("ab", -1), ("bc", -2), ("aa", -2), ("▁a", -3), ("▁▁", -3),
        ("aaa", -4), ("abc", -5), ("▁ab", -5), ("▁▁▁", -6), ("aba", -6), ("cab", -6), ("▁▁▁▁", -7), ("bcab", -7), ("éa", -8), ("🐟🐟", -8), ("▁abc", -9),
    ];

    private static readonly string[] Special = ["<unk>", "<s>", "</s>"];

    private static readonly string[] Tokens =
        [.. Special, .. Enumerable.Range(0, 256).Select(value => $"<0x{value:X2}>"), .. Pieces.Select(piece => piece.Piece)];

    [Fact]
    public void Scores_give_the_ids_of_merging_the_best_pair_again_and_again()
    {
        Tokenizer tokenizer = Tokenizer.Create(Gguf());
        var random = new Random(3);
        string[] alphabet = ["a", "a", "b", "b", "c", "é", "🐟", " ", " ", "x", "\n", "天", "\u0301"];
        foreach (int length in Enumerable.Range(1, 150).Concat([400, 600]))
        {
            string text = string.Concat(Enumerable.Range(0, length).Select(_ => random.GetItems(alphabet, 1)[0]));
            int[] expected = SlowEncode("▁" + text.Replace(' ', '▁'));
            Assert.Equal(expected, tokenizer.Encode(text));
            Assert.Equal(text, tokenizer.Decode(expected));
        }
    }

    [Fact]
    public void Merges_of_a_file_give_the_ids_of_the_scores()
    {
        using var folder = new TemporaryFolder();
        // Where pieces have equal scores a list of merges has to put one before the other; here none have.
        string[] order = [.. Pieces.OrderByDescending(piece => piece.Score).Select(piece => piece.Piece)];
        Tokenizer scored = Tokenizer.Create(Gguf() with { Scores = [.. Tokens.Select(token => -(float)Array.IndexOf(order, token))] });
        Tokenizer merged = Tokenizer.Load(folder.Write("tokenizer.json", Json(Prepend, "null")));
        Samples.ForAll(Samples.Texts(), text =>
        {
            string mixed = text.Replace('e', 'a').Replace('t', 'b').Replace('r', 'c');
            int[] ids = scored.Encode(mixed);
            Assert.Equal(ids, merged.Encode(mixed));
            Assert.Equal(mixed, merged.Decode(ids));
            var decoder = new StreamingDecoder(scored);
            Assert.Equal(mixed, string.Concat(ids.Select(decoder.Push)) + decoder.Flush());
        });
    }

    [Theory]
    [InlineData("always", "ab ab|▁ab ▁ab", " ab|▁ab", "<s>ab|<s> ▁ab")]
    [InlineData("first", "ab ab|▁ab ▁ab", " ab|▁ab", "<s>ab|<s> ab")]
    [InlineData("never", "ab ab|ab ▁ab", " ab|▁ab", "<s>ab|<s> ab")]
    public void A_space_is_put_before_text_as_the_scheme_says(string scheme, params string[] cases)
    {
        using var folder = new TemporaryFolder();
        Tokenizer tokenizer = Tokenizer.Load(folder.Write("tokenizer.json", Json("null",
            $$"""{"type":"Metaspace","replacement":"▁","prepend_scheme":"{{scheme}}","split":false}""")));
        foreach (string[] pair in cases.Select(entry => entry.Split('|')))
            Assert.Equal(pair[1], string.Join(' ', tokenizer.Encode(pair[0], allowSpecial: true).Select(tokenizer.IdToToken)));
    }

    [Fact]
    public void Splitting_at_spaces_leaves_one_space_to_a_token()
    {
        using var folder = new TemporaryFolder();
        Tokenizer split = Tokenizer.Load(folder.Write("tokenizer.json", Json("null", """{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""")));
        Assert.Equal("▁ab ▁ ▁ ▁a", string.Join(' ', split.Encode("ab   a").Select(split.IdToToken)));
        Tokenizer whole = Tokenizer.Load(folder.Write("tokenizer.json", Json(Prepend, "null")));
        Assert.Equal("▁ab ▁▁ ▁a", string.Join(' ', whole.Encode("ab   a").Select(whole.IdToToken)));
    }

    [Fact]
    public void The_template_says_what_begins_and_ends_a_sequence()
    {
        using var folder = new TemporaryFolder();
        JsonObject file = Json(Prepend, "null");
        file["post_processor"] = JsonNode.Parse("""
            {"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}},{"SpecialToken":{"id":"end","type_id":0}}],
             "pair":[],"special_tokens":{"<s>":{"id":"<s>","ids":[1],"tokens":["<s>"]},"end":{"id":"end","ids":[2],"tokens":["</s>"]}}}
            """);
        Tokenizer tokenizer = Tokenizer.Load(folder.Write("tokenizer.json", file));
        Assert.Equal([1, .. tokenizer.Encode("ab"), 2], tokenizer.EncodeSequence("ab"));
        Assert.Equal("ab", tokenizer.Decode(tokenizer.EncodeSequence("ab")));
        Assert.Equal([1], Tokenizer.Create(Gguf()).Beginning);
        Assert.Empty(Tokenizer.Create(Gguf() with { AddBosToken = false }).Beginning);
        Assert.Equal([2], Tokenizer.Create(Gguf() with { AddEosToken = true }).End);
    }

    [Fact]
    public void Without_bytes_unknown_characters_become_the_unknown_token()
    {
        using var folder = new TemporaryFolder();
        JsonObject file = Json(Prepend, "null");
        file["model"]!["byte_fallback"] = false;
        Assert.Equal("▁a <unk> <unk> b", Spell(file));
        file["model"]!["fuse_unk"] = true;
        Assert.Equal("▁a <unk> b", Spell(file));

        string Spell(JsonObject json)
        {
            Tokenizer tokenizer = Tokenizer.Load(folder.Write("tokenizer.json", json));
            return string.Join(' ', tokenizer.Encode("axyb").Select(tokenizer.IdToToken));
        }
    }

    [Fact]
    public void User_defined_pieces_are_taken_from_the_text_first()
    {
        GgufVocabulary vocabulary = Gguf();
        Tokenizer tokenizer = Tokenizer.Create(vocabulary with
        {
            Tokens = [.. vocabulary.Tokens, "<|crate|>", "▁▁▁▁▁"],
            Scores = [.. vocabulary.Scores!, 0, 0],
            Types = [.. vocabulary.Types!, 4, 4],
        });
        int first = vocabulary.Tokens.Count;
        Assert.Equal([.. tokenizer.Encode("ab"), first, .. tokenizer.Encode("ab"), first + 1, .. tokenizer.Encode("c")], tokenizer.Encode("ab<|crate|>ab     c"));
    }

    [Theory]
    [InlineData("bert", "model: expected \"llama\"")]
    [InlineData("t5", "got \"t5\"")]
    public void A_model_of_another_kind_is_refused(string model, string message) =>
        Assert.Contains(message, Refusal(Gguf() with { Model = model }), StringComparison.Ordinal);

    [Fact]
    public void Values_that_do_not_make_a_tokenizer_are_refused_by_key()
    {
        GgufVocabulary good = Gguf();
        Assert.Contains("tokenizer.ggml.scores: expected a score for each token, got none", Refusal(good with { Scores = null }), StringComparison.Ordinal);
        Assert.Contains("tokenizer.ggml.scores: expected", Refusal(good with { Scores = [1] }), StringComparison.Ordinal);
        Assert.Contains("tokenizer.ggml.token_type: expected", Refusal(good with { Types = [1] }), StringComparison.Ordinal);
        Assert.Contains("token_type[0]: expected a type from 1 to 6, got 9", Refusal(good with { Types = [9, .. good.Types!.Skip(1)] }), StringComparison.Ordinal);
        Assert.Contains("BOS token to be a control piece, got id 70", Refusal(good with { BosTokenId = 70 }), StringComparison.Ordinal);
        Assert.Contains("piece 1: expected text that no other piece has", Refusal(good with { Tokens = ["<s>", .. good.Tokens.Skip(1)] }), StringComparison.Ordinal);
        GgufVocabulary bytes = good with { Model = "gpt2", Tokens = TestFiles.Bytes(), Scores = null, Types = null, Merges = [] };
        Assert.Equal(['a', 'b'], Tokenizer.Create(bytes with { AddBosToken = false }).Encode("ab"));
        Assert.Contains("tokenizer.ggml.pre: expected", Refusal(bytes with { Pre = "tekken" }), StringComparison.Ordinal);
        Assert.Contains("tokenizer.ggml.merges: expected", Refusal(bytes with { Merges = null }), StringComparison.Ordinal);
        Assert.Contains("merges[0]: expected \"left right\", got \"a\"", Refusal(bytes with { Merges = ["a"] }), StringComparison.Ordinal);
        Assert.Contains("but \"aa\" is not there", Refusal(bytes with { Merges = ["a a"] }), StringComparison.Ordinal);
        Assert.Contains("bos_token_id: expected the id of a control token", Refusal(bytes with { AddBosToken = true }), StringComparison.Ordinal);
    }

    private static string Refusal(GgufVocabulary vocabulary) => Assert.Throws<EngineException>(() => Tokenizer.Create(vocabulary)).Message;

    private static GgufVocabulary Gguf() => new()
    {
        Source = "test",
        Model = "llama",
        Tokens = Tokens,
        Scores = [.. Enumerable.Repeat(0f, 259), .. Pieces.Select(piece => piece.Score)],
        Types = [2, 3, 3, .. Enumerable.Repeat(6, 256), .. Enumerable.Repeat(1, Pieces.Length)],
        BosTokenId = 1,
        EosTokenId = 2,
    };

    private static JsonObject Json(string normalizer, string preTokenizer)
    {
        var scores = Pieces.ToDictionary(piece => piece.Piece, piece => piece.Score);
        IEnumerable<string> merges = Pieces.OrderByDescending(piece => piece.Score).SelectMany(piece => Enumerable.Range(1, piece.Piece.Length - 1)
            .Select(cut => (Left: piece.Piece[..cut], Right: piece.Piece[cut..]))
            .Where(pair => scores.ContainsKey(pair.Left) && scores.ContainsKey(pair.Right)))
            .Select(pair => $"{pair.Left} {pair.Right}");
        JsonObject file = TestFiles.Json(Tokens, [.. merges], [.. Special.Select((token, id) => TestFiles.Added(id, token, special: true))]);
        file["normalizer"] = JsonNode.Parse(normalizer);
        file["pre_tokenizer"] = JsonNode.Parse(preTokenizer);
        file["decoder"] = JsonNode.Parse(Decoder);
        file["model"]!["byte_fallback"] = true;
        file["model"]!["unk_token"] = "<unk>";
        return file;
    }

    /// <summary>By the definition: of all neighbours that make a piece, those with the best score, the leftmost first.</summary>
    private static int[] SlowEncode(string text)
    {
        var scores = Pieces.ToDictionary(piece => piece.Piece, piece => piece.Score);
        List<string> symbols = [.. text.EnumerateRunes().Select(rune => rune.ToString())];
        while (true)
        {
            int best = Enumerable.Range(0, symbols.Count - 1)
                .Where(i => scores.ContainsKey(symbols[i] + symbols[i + 1]))
                .OrderByDescending(i => scores[symbols[i] + symbols[i + 1]]).ThenBy(i => i)
                .FirstOrDefault(-1);
            if (best < 0)
                break;
            symbols[best] += symbols[best + 1];
            symbols.RemoveAt(best + 1);
        }

        return [.. symbols.SelectMany(symbol => scores.ContainsKey(symbol)
            ? [Array.IndexOf(Tokens, symbol)]
            : System.Text.Encoding.UTF8.GetBytes(symbol).Select(value => 3 + value))];
    }
}

using Bonito.Engine.Tokenizers;

namespace Bonito.Engine.Tests.Tokenizers;

public class TokenizerTests
{
    private static readonly Tokenizer Trained = Samples.Train();

    [Fact]
    public void Every_text_round_trips() =>
        Samples.ForAll(Samples.Texts(), text => Assert.Equal(text, Trained.Decode(Trained.Encode(text))));

    [Fact]
    public void Encoding_equals_merging_the_lowest_rank_first_for_short_and_long_words()
    {
        // Letters only, so that a text is one word; 64 bytes is where the algorithm changes.
        Tokenizer tokenizer = BpeTrainer.Train(["abracadabra", "abracabad", "aaaaaaa", "cadabbba"], 300, [], minFrequency: 1);
        var random = new Random(7);
        foreach (int length in Enumerable.Range(1, 130).Append(1000))
        {
            string word = string.Concat(Enumerable.Range(0, length).Select(_ => "abcdr"[random.Next(5)]));
            Assert.Equal(SlowEncode(tokenizer, word), tokenizer.Encode(word).Select(id => tokenizer.IdToToken(id)!));
        }
    }

    [Fact]
    public void A_very_long_word_does_not_take_quadratic_time()
    {
        Tokenizer tokenizer = BpeTrainer.Train(["abababab", "abababab"], 300, []);
        string word = string.Concat(Enumerable.Repeat("ab", 100_000));
        int[] ids = tokenizer.Encode(word);
        Assert.Equal(25_000, ids.Length);
        Assert.Equal(word, tokenizer.Decode(ids));
    }

    [Fact]
    public void Special_tokens_in_text_are_text_unless_allowed()
    {
        const string Text = "end</s> <s>again</s>";
        Assert.DoesNotContain(Trained.Encode(Text), id => id < 2);
        Assert.Equal(Text, Trained.Decode(Trained.Encode(Text)));

        int[] ids = Trained.Encode(Text, allowSpecial: true);
        Assert.Equal([1, 0, 1], ids.Where(id => id < 2));
        Assert.Equal(Text, Trained.Decode(ids, skipSpecial: false));
        Assert.Equal("end again", Trained.Decode(ids));
    }

    [Fact]
    public void Added_tokens_are_matched_leftmost_and_longest_and_keep_their_bytes()
    {
        using var folder = new TemporaryFolder();
        Tokenizer tokenizer = Tokenizer.Load(folder.Write("tokenizer.json", TestFiles.Json(
            TestFiles.Bytes(), [],
            TestFiles.Added(256, "<|a|>", special: false), TestFiles.Added(257, "<|a|>é", special: false),
            TestFiles.Added(258, "\n  ", special: false), TestFiles.Added(300, "<|a|>é!", special: true))));

        Assert.Equal(301, tokenizer.VocabularySize);
        Assert.Equal([256, 'x', 257, '!', 258, ' '], tokenizer.Encode("<|a|>x<|a|>é!\n   "));
        Assert.Equal([300, 256], tokenizer.Encode("<|a|>é!<|a|>", allowSpecial: true));
        Assert.Equal("<|a|>x<|a|>é!\n   ", tokenizer.Decode(tokenizer.Encode("<|a|>x<|a|>é!\n   ")));
        Assert.Equal(257, tokenizer.TokenToId("<|a|>é"));
        Assert.Equal("\n  ", tokenizer.IdToToken(258));
        Assert.Null(tokenizer.IdToToken(259));
        Assert.Null(tokenizer.IdToToken(301));
        Assert.Null(tokenizer.IdToToken(-1));
        Assert.Null(tokenizer.TokenToId("nothing like this"));
        Assert.Equal(
            [new AddedToken(256, "<|a|>", false), new(257, "<|a|>é", false), new(258, "\n  ", false), new(300, "<|a|>é!", true)],
            tokenizer.AddedTokens);
    }

    [Fact]
    public void Merges_of_a_file_that_spell_a_special_token_do_not_apply()
    {
        using var folder = new TemporaryFolder();
        Tokenizer tokenizer = Tokenizer.Load(folder.Write("tokenizer.json", TestFiles.Json(
            [.. TestFiles.Bytes(), "EN", "END"], ["E N", "EN D"], TestFiles.Added(257, "END", special: true))));
        Assert.Equal([256, 'D'], tokenizer.Encode("END"));
        Assert.Equal([257], tokenizer.Encode("END", allowSpecial: true));
    }

    [Fact]
    public void Bytes_that_are_not_text_become_replacement_characters()
    {
        using var folder = new TemporaryFolder();
        Tokenizer tokenizer = Tokenizer.Load(folder.Write("tokenizer.json", TestFiles.Json(TestFiles.Bytes(), [])));
        Assert.Equal("a\uFFFD\uFFFDb", tokenizer.Decode(['a', 0xFF, 0xE2, 0x82, 'b']));
        Assert.Equal("a\uFFFD\uFFFDb", tokenizer.Decode(tokenizer.Encode("a\uDC00\uD800b")));
    }

    [Fact]
    public void An_id_without_a_token_is_an_error_that_names_it()
    {
        var e = Assert.Throws<EngineException>(() => Trained.Decode([5, 400]));
        Assert.Contains("token id 400", e.Message, StringComparison.Ordinal);
        Assert.Throws<EngineException>(() => Trained.Decode([-1]));
    }

    [Fact]
    public void Encoding_appends_to_the_list()
    {
        List<int> ids = [0];
        Trained.Encode("the harbour", ids);
        Trained.Encode("", ids);
        Assert.Equal([0, .. Trained.Encode("the harbour")], ids);
    }

    [Fact]
    public void Threads_share_a_tokenizer()
    {
        Tokenizer tokenizer = Samples.Train();
        string[] texts = [.. Enumerable.Range(0, 2000).Select(i => $"{Samples.Text[(i % 300)..]} number {i * 7919} {i}")];
        int[][] expected = [.. texts.Select(text => Samples.Train().Encode(text)).Take(20)];
        int[][] found = new int[texts.Length][];
        Parallel.For(0, texts.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => found[i] = tokenizer.Encode(texts[i]));
        Assert.Equal(expected, found[..20]);
        Assert.All(texts.Zip(found), entry => Assert.Equal(entry.First, tokenizer.Decode(entry.Second)));
    }

    private static List<string> SlowEncode(Tokenizer tokenizer, string word)
    {
        List<string> tokens = [.. word.Select(c => c.ToString())];
        while (true)
        {
            // In a trained vocabulary the ids of joined tokens rise with the rank of their merge.
            var best = Enumerable.Range(0, tokens.Count - 1)
                .Select(i => (Id: tokenizer.TokenToId(tokens[i] + tokens[i + 1]), At: i))
                .Where(pair => pair.Id is not null)
                .OrderBy(pair => pair.Id).ThenBy(pair => pair.At)
                .FirstOrDefault();
            if (best.Id is null)
                return tokens;
            tokens[best.At] += tokens[best.At + 1];
            tokens.RemoveAt(best.At + 1);
        }
    }
}

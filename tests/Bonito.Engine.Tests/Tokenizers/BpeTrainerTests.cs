using Bonito.Engine.Tokenizers;
using FsCheck;
using FsCheck.Fluent;

namespace Bonito.Engine.Tests.Tokenizers;

public class BpeTrainerTests
{
    /// <summary>
    /// "hug" x 10, "pug" x 5, "pun" x 12, "bun" x 4, "hugs" x 5, each a text of its own. By hand: u g = 20 is the most
    /// frequent, then u n = 16, then h ug = 15, then p un = 12, then p ug = 5 before hug s = 5 (p has the lower id).
    /// </summary>
    [Fact]
    public void The_beginning_of_a_sequence_is_in_the_file()
    {
        string path = Path.GetTempFileName();
        BpeTrainer.Train(["ab ab ab"], 260, ["</s>", "<s>"], "<s>").Save(path);

        Assert.Equal([1], Tokenizer.Load(path).Beginning);
        Assert.Empty(BpeTrainer.Train(["ab ab ab"], 260, ["</s>", "<s>"]).Beginning);
        EngineException refused = Assert.Throws<EngineException>(() => BpeTrainer.Train([], 260, ["<s>"], "<bos>"));
        Assert.Contains("'<bos>', is not one of the special tokens: <s>", refused.Message, StringComparison.Ordinal);
        File.Delete(path);
    }

    [Fact]
    public void Merges_are_those_computed_by_hand()
    {
        (string Word, int Count)[] corpus = [("hug", 10), ("pug", 5), ("pun", 12), ("bun", 4), ("hugs", 5)];
        IEnumerable<string> texts = corpus.SelectMany(entry => Enumerable.Repeat(entry.Word, entry.Count));
        Tokenizer tokenizer = BpeTrainer.Train(texts, 1000, ["<s>"], minFrequency: 5);

        Assert.Equal(["ug", "un", "hug", "pun", "pug", "hugs"], Learned(tokenizer));
        Assert.Equal(263, tokenizer.VocabularySize);
        Assert.Equal(["b", "ug", "pug", "hugs"], tokenizer.Encode("bugpughugs").Select(tokenizer.IdToToken));
    }

    [Fact]
    public void Ids_are_special_tokens_then_bytes_in_code_point_order_then_merges()
    {
        Tokenizer tokenizer = BpeTrainer.Train(["ab ab ab"], 260, ["<s>", "</s>"]);
        string[] bytes = [.. TestFiles.Bytes().Order(StringComparer.Ordinal)];
        Assert.Equal(["<s>", "</s>", .. bytes, "ab", "Ġab"], Enumerable.Range(0, 260).Select(tokenizer.IdToToken));
    }

    [Fact]
    public void Overlapping_pairs_are_merged_from_the_left()
    {
        Tokenizer tokenizer = BpeTrainer.Train(["aaaaa", "aaaaa"], 258, []);
        // After aa aa a: "aa a" and "aa aa" are equally frequent, and a has the lower id.
        Assert.Equal(["aa", "aaa"], Learned(tokenizer));
        Assert.Equal(["aa", "aaa"], tokenizer.Encode("aaaaa").Select(tokenizer.IdToToken));
    }

    [Fact]
    public void Training_equals_counting_everything_again_for_every_merge() =>
        Prop.ForAll(
            Arb.From(Gen.OneOf(Samples.Texts(), Gen.Elements("a", "b", "c", " ").ListOf().Select(parts => string.Concat(parts)))),
            text => Assert.Equal(SlowMerges(text, minFrequency: 2, limit: 40), Learned(BpeTrainer.Train([text], 256 + 40, []))))
        .QuickCheckThrowOnFailure();

    [Fact]
    public void Neither_threads_nor_the_order_of_texts_change_the_result()
    {
        string[] lines = [.. Enumerable.Range(0, 40).SelectMany(_ => Samples.Text.Split('\n'))];
        string[] expected = Learned(BpeTrainer.Train(lines, 600, [], threads: 1));
        Assert.True(expected.Length > 300);
        for (int threads = 2; threads <= 8; threads++)
            Assert.Equal(expected, Learned(BpeTrainer.Train(lines.Reverse(), 600, [], threads: threads)));
    }

    [Fact]
    public void A_special_token_is_never_learned_from_text()
    {
        Tokenizer tokenizer = BpeTrainer.Train(Enumerable.Repeat("stop stopping", 50), 400, ["stop", "Ġstop"]);
        Assert.Equal(["st", "op"], tokenizer.Encode("stop").Select(tokenizer.IdToToken));
        Assert.DoesNotContain(tokenizer.Encode("stop stopping stop"), id => id < 2);
        Assert.Equal([0], tokenizer.Encode("stop", allowSpecial: true));
    }

    [Fact]
    public void Texts_without_frequent_pairs_give_a_smaller_vocabulary()
    {
        Assert.Equal(256, BpeTrainer.Train([], 8192, []).VocabularySize);
        Assert.Equal(256, BpeTrainer.Train(["abc", ""], 8192, []).VocabularySize);
        Assert.Equal(258, BpeTrainer.Train(["abc", ""], 8192, [], minFrequency: 1).VocabularySize);
    }

    [Fact]
    public void What_reading_the_texts_throws_reaches_the_caller_as_it_is()
    {
        static IEnumerable<string> Texts()
        {
            yield return "a";
            throw new EngineException("corpus.jsonl, line 2: not JSON");
        }

        var e = Assert.Throws<EngineException>(() => BpeTrainer.Train(Texts(), 300, []));
        Assert.Equal("corpus.jsonl, line 2: not JSON", e.Message);
    }

    [Theory]
    [InlineData(257, "it takes 258 (2 special tokens and 256 bytes)", "<s>", "</s>")]
    [InlineData(int.MaxValue, "to 16777216", "<s>")]
    [InlineData(300, "special token \"<s>\"", "<s>", "<s>")]
    [InlineData(300, "special token \"\"", "")]
    [InlineData(300, "special token \"a\"", "a")]
    public void Impossible_vocabularies_are_refused(int size, string message, params string[] special) =>
        Assert.Contains(message, Assert.Throws<EngineException>(() => BpeTrainer.Train(["text"], size, special)).Message, StringComparison.Ordinal);

    private static string[] Learned(Tokenizer tokenizer) =>
        [.. Enumerable.Range(256 + tokenizer.AddedTokens.Count, tokenizer.VocabularySize - 256 - tokenizer.AddedTokens.Count).Select(id => tokenizer.IdToToken(id)!)];

    /// <summary>The definition, word by word and pair by pair; words come from a tokenizer that merges everything.</summary>
    private static List<string> SlowMerges(string text, int minFrequency, int limit)
    {
        Tokenizer whole = BpeTrainer.Train([text], 100_000, [], minFrequency: 1, threads: 1);
        string[] alphabet = TestFiles.Bytes();
        List<string> order = [.. alphabet.Order(StringComparer.Ordinal)];
        List<List<string>> words =
            [.. whole.Encode(text).Select(id => whole.IdToToken(id)!.Select(c => c.ToString()).ToList())];
        var learned = new List<string>();
        while (learned.Count < limit)
        {
            var best = words
                .SelectMany(word => word.Zip(word.Skip(1)))
                .GroupBy(pair => pair)
                .Where(group => group.Count() >= minFrequency)
                .OrderByDescending(group => group.Count())
                .ThenBy(group => order.IndexOf(group.Key.First))
                .ThenBy(group => order.IndexOf(group.Key.Second))
                .FirstOrDefault();
            if (best is null)
                break;
            foreach (List<string> word in words)
            {
                for (int i = 0; i + 1 < word.Count; i++)
                {
                    if ((word[i], word[i + 1]) == best.Key)
                    {
                        word[i] += word[i + 1];
                        word.RemoveAt(i + 1);
                    }
                }
            }

            learned.Add(best.Key.First + best.Key.Second);
            order.Add(learned[^1]);
        }

        return learned;
    }
}

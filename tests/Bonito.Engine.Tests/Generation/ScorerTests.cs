using Bonito.Engine.Autograd;
using Bonito.Engine.Generation;
using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;
using Bonito.Engine.Tests.Kernels;

namespace Bonito.Engine.Tests.Generation;

public sealed class ScorerTests : IDisposable
{
    readonly Llama model = TinyModel.Create(window: 700);

    public void Dispose() => model.Dispose();

    [Fact]
    public void Scores_are_those_of_a_plain_forward()
    {
        List<Continuation[]> groups = Groups();
        ContinuationScore[][] scores = Score(groups);

        Assert.Equal(groups.Count, scores.Length);
        for (int g = 0; g < groups.Count; g++)
        {
            Assert.Equal(groups[g], scores[g].Select(s => s.Continuation));
            foreach (ContinuationScore score in scores[g])
            {
                double[] plain = Plain(score.Continuation);
                Assert.Equal(plain.Length, score.LogProbabilities.Length);
                // A logarithm of a sum of 300 exponentials in float32; measured 1e-6.
                for (int i = 0; i < plain.Length; i++) Assert.Equal(plain[i], score.LogProbabilities[i], 1e-5);
                Assert.Equal(plain.Sum(), score.Sum, 1e-5 * plain.Length);
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(5, 3)]
    [InlineData(64, 2)]
    public void Batch_size_threads_and_company_change_no_bit(int batchSize, int threads)
    {
        List<Continuation[]> groups = Groups();
        ContinuationScore[][] expected = Score(groups), together = Score(groups, batchSize, threads);
        for (int g = 0; g < groups.Count; g++)
            for (int i = 0; i < groups[g].Length; i++)
            {
                Expect.SameBits(expected[g][i].LogProbabilities, together[g][i].LogProbabilities, $"group {g}, continuation {i}");
                if (batchSize == 1) Expect.SameBits(expected[g][i].LogProbabilities, Score([[groups[g][i]]])[0][0].LogProbabilities, $"group {g}, continuation {i} alone");
            }
    }

    [Fact]
    public void What_continuations_share_is_computed_once()
    {
        int[] prompt = Ids(1, 600);
        Continuation[] letters = [.. Enumerable.Range(10, 20).Select(id => new Continuation([.. prompt, id], 600))];
        Continuation[] words = [.. Enumerable.Range(10, 20).Select(id => new Continuation([.. prompt, id, id + 1, id + 2], 600))];

        // The output after the prompt's last token scores every choice of one token.
        Assert.Equal(600, TokensOf(letters));
        Assert.Equal(600 + 20 * 2, TokensOf(words));
    }

    [Fact]
    public void Continuations_may_differ_before_they_begin()
    {
        Continuation[] group = [new([0, 5, 6, 7, 8], 4), new([0, 5, 9, 8], 2), new([0, 5, 6, 7, 8], 4), new([0, 5, 6, 7, 8, 9], 1)];
        ContinuationScore[] scores = Score([group])[0];

        for (int i = 0; i < group.Length; i++) Expect.SameBits(Score([[group[i]]])[0][0].LogProbabilities, scores[i].LogProbabilities, $"continuation {i}");
        Expect.SameBits(scores[0].LogProbabilities, scores[2].LogProbabilities, "the same twice");
        Assert.Equal(2 + 2 + 1 + 2 + 3, TokensOf(group));
    }

    [Fact]
    public void Probabilities_of_all_tokens_sum_to_one()
    {
        int[] prompt = Ids(3, 9);
        ContinuationScore[] all = Score([[.. Enumerable.Range(0, model.Config.VocabSize).Select(id => new Continuation([.. prompt, id], 9))]])[0];

        Assert.Equal(1, all.Sum(score => Math.Exp(score.Sum)), 1e-5);
    }

    [Fact]
    public void Groups_are_pulled_as_there_is_room()
    {
        int pulled = 0;
        using WorkerPool pool = new(1);
        using Scorer scorer = new(model, pool, 2);
        IEnumerable<Continuation[]> Endless()
        {
            for (; ; pulled++) yield return [new Continuation([0, 5, 6], 1)];
        }

        Assert.Equal(3, scorer.Score(Endless(), TestContext.Current.CancellationToken).Take(3).Count());
        Assert.InRange(pulled, 3, 6);
    }

    [Fact]
    public void What_cannot_be_scored_is_refused()
    {
        Assert.Contains("no continuations", Refused([]), StringComparison.Ordinal);
        Assert.Contains("at least one token", Refused([new Continuation([1, 2], 0)]), StringComparison.Ordinal);
        Assert.Contains("at least one token", Refused([new Continuation([1, 2], 2)]), StringComparison.Ordinal);
        Assert.Contains("window of 700 takes 701", Refused([new Continuation(Ids(1, 702), 1)]), StringComparison.Ordinal);
        Assert.Contains("Token id 100000 is outside", Refused([new Continuation([1, 2, 100_000], 1)]), StringComparison.Ordinal);
        Assert.Contains("Token id -1 is outside", Refused([new Continuation([1, -1, 2], 2)]), StringComparison.Ordinal);
        Assert.Equal(700, Score([[new Continuation(Ids(1, 701), 1)]])[0][0].LogProbabilities.Length);
    }

    [Fact]
    public void It_stops_when_it_is_told_to()
    {
        using WorkerPool pool = new(1);
        using Scorer scorer = new(model, pool, 2);
        Assert.Throws<OperationCanceledException>(() => scorer.Score([[new Continuation([0, 5, 6], 1)]], new CancellationToken(canceled: true)).Count());
    }

    [Theory]
    [InlineData("the cat", " sat")]
    [InlineData("the cat ", "sat")]
    [InlineData("the cat sa", "t")]
    [InlineData("the cat\n", "the dog")]
    [InlineData("", "the dog")]
    public void A_prompt_and_its_continuation_are_encoded_as_one_text(string prompt, string text)
    {
        Continuation c = Continuation.Encode(TinyModel.Tokenizer, prompt, text, begin: true, end: 1);

        Assert.Equal([0, .. TinyModel.Tokenizer.Encode(prompt + text), 1], c.Ids);
        string before = TinyModel.Tokenizer.Decode(c.Ids.AsSpan(0, c.Start));
        Assert.StartsWith(before, prompt.TrimEnd(), StringComparison.Ordinal);
        // As much of the prompt as can be told apart.
        Assert.False(prompt.TrimEnd().StartsWith(TinyModel.Tokenizer.Decode(c.Ids.AsSpan(0, c.Start + 1)), StringComparison.Ordinal));
    }

    [Fact]
    public void A_continuation_has_tokens_and_follows_some()
    {
        Assert.Contains("The prompt has no tokens", Assert.Throws<EngineException>(() => Continuation.Encode(TinyModel.Tokenizer, " ", "the", false, null)).Message, StringComparison.Ordinal);
        Assert.Contains("The continuation has no tokens", Assert.Throws<EngineException>(() => Continuation.Encode(TinyModel.Tokenizer, "the", "", true, null)).Message, StringComparison.Ordinal);
        Assert.Equal(1, Continuation.Encode(TinyModel.Tokenizer, "", "", true, 1).Start);
    }

    /// <summary>Choices of one prompt, of several lengths, single sequences, and prompts that take several steps.</summary>
    static List<Continuation[]> Groups()
    {
        List<Continuation[]> groups = [];
        for (int g = 0; g < 9; g++)
        {
            int length = g switch { 3 => 640, 6 => 520, _ => 3 + 17 * g };
            int[] prompt = Ids(g, length);
            groups.Add([.. Enumerable.Range(0, g == 4 ? 13 : 1 + g % 4).Select(i => new Continuation([.. prompt, .. Ids(100 * g + i, 1 + (i * 7 + g) % 20)], length))]);
        }
        return groups;
    }

    static int[] Ids(int seed, int count)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(2, TinyModel.Tokenizer.VocabularySize))];
    }

    ContinuationScore[][] Score(IEnumerable<Continuation[]> groups, int batchSize = 4, int threads = 1)
    {
        using WorkerPool pool = new(threads);
        using Scorer scorer = new(model, pool, batchSize);
        return [.. scorer.Score(groups, TestContext.Current.CancellationToken).Select(scores => scores.ToArray())];
    }

    long TokensOf(Continuation[] group)
    {
        using WorkerPool pool = new(1);
        using Scorer scorer = new(model, pool, 4);
        Assert.Single(scorer.Score([group], TestContext.Current.CancellationToken));
        return scorer.Tokens;
    }

    string Refused(Continuation[] group) => Assert.Throws<EngineException>(() => Score([group])).Message;

    /// <summary>One sequence by itself, all logits, softmax in double precision.</summary>
    double[] Plain(Continuation c)
    {
        using WorkerPool pool = new(1);
        using Ops ops = new(pool);
        using KvCache cache = new(model.Config, ops.Gemm.Kernel, 1, c.Ids.Length);
        TokenBatch batch = new();
        batch.Add(0, 0, c.Ids.AsSpan(..^1));
        Tensor logits = model.Logits(ops, model.Forward(ops, batch, cache));
        return [.. Enumerable.Range(c.Start, c.Ids.Length - c.Start).Select(i => LogProbability.Reference(logits.Row(i - 1), c.Ids[i]))];
    }
}

using Bonito.Engine.Generation;

namespace Bonito.Engine.Tests.Generation;

public sealed class SamplerTests
{
    [Theory]
    [InlineData(1, 1, 0, 1)]
    [InlineData(7, 1, 0, 1)]
    [InlineData(7, 0.5, 0, 0.6)]
    [InlineData(50, 1, 0, 0.9)]
    [InlineData(50, 2, 10, 1)]
    [InlineData(50, 0.7, 10, 0.8)]
    [InlineData(50, 1000, 0, 0.5)]
    [InlineData(400, 1, 0, 0.95)]
    [InlineData(400, 0.5, 400, 0.95)]
    [InlineData(400, 1, 1000, 1)]
    [InlineData(400, 0.001, 0, 1)]
    [InlineData(400, 1, 0, 1e-6)]
    [InlineData(400, 1, 1, 1)]
    public void Tokens_are_drawn_as_often_as_their_probabilities_say(int vocabulary, float temperature, int topK, float topP)
    {
        const int Draws = 20_000;
        Random source = new(vocabulary);
        // Rounded, so that there are equal logits.
        float[] logits = [.. Enumerable.Range(0, vocabulary).Select(_ => MathF.Round((source.NextSingle() - 0.5f) * 60) / 10)];
        SamplingOptions options = new() { Temperature = temperature, TopK = topK, TopP = topP };
        options.Validate();
        double[] expected = Probabilities(logits, options);

        Sampler sampler = new(vocabulary);
        RandomStream random = new(1, "draws", 0);
        int[] counts = new int[vocabulary];
        float[] scratch = new float[vocabulary];
        for (int i = 0; i < Draws; i++)
        {
            logits.CopyTo(scratch, 0);
            counts[sampler.Sample(scratch, options, ref random)]++;
        }

        double statistic = 0, rareExpected = 0;
        int cells = 0, rare = 0;
        for (int i = 0; i < vocabulary; i++)
        {
            if (expected[i] == 0) Assert.True(counts[i] == 0, $"token {i} is outside the nucleus and was drawn {counts[i]} times");
            double wanted = expected[i] * Draws;
            if (wanted < 8)
            {
                rareExpected += wanted;
                rare += counts[i];
                continue;
            }
            statistic += Math.Pow(counts[i] - wanted, 2) / wanted;
            cells++;
        }
        Assert.InRange(rare, rareExpected - 5 * Math.Sqrt(rareExpected) - 1, rareExpected + 5 * Math.Sqrt(rareExpected) + 1);
        // Chi-square with n degrees of freedom: mean n, variance 2n; the seed is fixed, so this cannot fail by chance later.
        Assert.True(statistic <= cells + 5 * Math.Sqrt(2 * cells), $"chi-square {statistic} for {cells} cells");
    }

    [Fact]
    public void The_nucleus_is_the_smallest_set_that_reaches_top_p_and_equal_tokens_enter_by_id()
    {
        // Probabilities 1/2, 1/4, 1/8, 1/8, in this order by id 3, 0, 1 and 2.
        float[] logits = [MathF.Log(2), 0, 0, MathF.Log(4)];
        foreach ((float topP, int[] nucleus) in new (float, int[])[] { (0.3f, [3]), (0.49f, [3]), (0.51f, [0, 3]), (0.74f, [0, 3]), (0.76f, [0, 1, 3]), (0.88f, [0, 1, 2, 3]), (1, [0, 1, 2, 3]) })
            Assert.Equal(nucleus, Drawn(logits, new SamplingOptions { Temperature = 1, TopP = topP }));
        Assert.Equal([0, 1, 3], Drawn(logits, new SamplingOptions { Temperature = 1, TopP = 1, TopK = 3 }));
        // After top-k 2 the probabilities are 2/3 and 1/3.
        Assert.Equal([3], Drawn(logits, new SamplingOptions { Temperature = 1, TopP = 0.6f, TopK = 2 }));
        Assert.Equal([0, 3], Drawn(logits, new SamplingOptions { Temperature = 1, TopP = 0.7f, TopK = 2 }));
    }

    [Fact]
    public void Greedy_takes_the_likeliest_and_of_equals_the_lowest_id_and_draws_nothing()
    {
        SamplingOptions options = new() { Temperature = 0 };
        RandomStream random = new(1, "", 0), untouched = random;
        float[] logits = new float[100];
        logits.AsSpan().Fill(-3);
        logits[97] = logits[41] = logits[63] = 2.5f;
        Assert.Equal(41, new Sampler(100).Sample(logits, options, ref random));
        Assert.Equal(untouched.Next(), random.Next());
    }

    [Fact]
    public void Impossible_tokens_are_never_drawn()
    {
        float[] logits = new float[40];
        logits.AsSpan().Fill(float.NegativeInfinity);
        logits[7] = 1;
        logits[30] = 1;
        foreach (SamplingOptions options in (SamplingOptions[])[new() { Temperature = 1, TopP = 1 }, new() { Temperature = 1, TopP = 0.999f }, new() { Temperature = 1, TopP = 1, TopK = 10 }])
            Assert.Equal([7, 30], Drawn(logits, options));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    public void Logits_that_are_not_finite_are_an_error(float bad)
    {
        foreach (float temperature in (float[])[0, 1])
            for (int at = 0; at < 40; at++)
            {
                float[] logits = new float[40];
                logits[at] = bad;
                RandomStream random = new(1, "", 0);
                Assert.Throws<EngineException>(() => new Sampler(40).Sample(logits, new SamplingOptions { Temperature = temperature }, ref random));
            }
    }

    [Fact]
    public void Random_streams_are_uniform_and_differ_by_each_of_their_parts()
    {
        RandomStream random = new(0, "", 0);
        int[] counts = new int[64];
        for (int i = 0; i < 64_000; i++) counts[(int)(random.NextDouble() * 64)]++;
        Assert.True(counts.Sum(c => Math.Pow(c - 1000, 2) / 1000) < 63 + 5 * Math.Sqrt(126));
        ulong[] starts =
        [
            .. from seed in (int[])[-1, 0, 1]
               from key in (string[])["", "\0", "\0\0", "a", "b", "ab", "ba"]
               from sample in (int[])[0, 1, 2, 97]
               select new RandomStream(seed, key, sample).Next(),
        ];
        Assert.Equal(starts.Length, starts.Distinct().Count());
    }

    [Fact]
    public void A_random_stream_stays_what_it_is()
    {
        // Written down when the generator was made: datasets must be reproducible with later versions.
        RandomStream random = new(42, "doc.txt/0/qa", 1);
        Assert.Equal([11478413440441198630UL, 1002031021163417749UL], [random.Next(), random.Next()]);
    }

    static int[] Drawn(float[] logits, SamplingOptions options)
    {
        Sampler sampler = new(logits.Length);
        RandomStream random = new(3, "", 0);
        SortedSet<int> drawn = [];
        for (int i = 0; i < 400; i++) drawn.Add(sampler.Sample((float[])logits.Clone(), options, ref random));
        return [.. drawn];
    }

    // Sorts everything, in double precision.
    static double[] Probabilities(float[] logits, SamplingOptions options)
    {
        double max = logits.Max();
        double[] weights = [.. logits.Select(l => Math.Exp((l - max) / options.Temperature))];
        int[] ranked = [.. Enumerable.Range(0, logits.Length).OrderByDescending(i => weights[i]).ThenBy(i => i)];
        if (options.TopK > 0) ranked = [.. ranked.Take(options.TopK)];
        double total = ranked.Sum(i => weights[i]), sum = 0;
        List<int> nucleus = [];
        foreach (int id in ranked)
        {
            nucleus.Add(id);
            sum += weights[id];
            if (sum >= options.TopP * total * (1 - 1e-6)) break;
        }
        double[] probabilities = new double[logits.Length];
        foreach (int id in nucleus) probabilities[id] = weights[id] / sum;
        return probabilities;
    }
}

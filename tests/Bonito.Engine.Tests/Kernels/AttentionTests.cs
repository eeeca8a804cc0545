using Bonito.Engine.Kernels;
using Bonito.Engine.Models;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Kernels;

/// <summary>
/// Attention over whole batches against <see cref="Attention.Reference"/>, one query at a time: several sequences with and without a
/// past, grouped heads, head widths on both sides of the panels, blocks of queries on both sides of their limits, windows.
/// </summary>
public sealed unsafe class AttentionTests
{
    public static TheoryData<string, int, int, int, int> Cases
    {
        get
        {
            TheoryData<string, int, int, int, int> cases = [];
            foreach (string path in KernelPaths.All.Select(k => k.Name))
                foreach ((int heads, int keyValueHeads, int width, int window) in new[] { (4, 2, 6, int.MaxValue), (3, 3, 16, int.MaxValue), (2, 1, 34, int.MaxValue), (4, 1, 2, int.MaxValue), (2, 2, 64, int.MaxValue), (2, 1, 6, 1), (6, 2, 8, 9), (3, 1, 34, 40), (2, 2, 4, 142) })
                    cases.Add(path, heads, keyValueHeads, width, window);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_output_equals_the_formula(string path, int heads, int keyValueHeads, int width, int window)
    {
        MicroKernel kernel = KernelPaths.Named(path);
        Random random = new(heads * 1000 + width);
        using WorkerPool pool = new(3);
        using Attention attention = new(pool, kernel);
        // Positions 0 to 142 in all: past + new tokens of each of four sequences, in three rounds, in an order other than the slots'.
        int[][] rounds = [[1, 17, 60, 5], [15, 1, 57, 3], [1, 1, 25, 0]];
        int[] slots = [2, 0, 3, 1];
        LlamaConfig config = Shape(heads, keyValueHeads, width);
        using KvCache cache = new(config, kernel, 4, 150);
        List<float>[] keys = [[], [], [], []], values = [[], [], [], []];
        int[] past = new int[4];
        foreach (int[] counts in rounds)
        {
            TokenBatch batch = new();
            for (int s = 0; s < 4; s++)
                if (counts[s] > 0) batch.Add(slots[s], past[s], new int[counts[s]]);
            using GuardedFloats q = GuardedFloats.Random(random, batch.Rows * heads * width, 2), k = GuardedFloats.Random(random, batch.Rows * keyValueHeads * width, 2);
            using GuardedFloats v = GuardedFloats.Random(random, batch.Rows * keyValueHeads * width, 2), o = new(batch.Rows * heads * width), logSums = new(batch.Rows * heads);
            attention.Forward(q.Data, k.Data, v.Data, batch, cache, 0, heads, window, o.Data, logSums.Data);

            int row = 0;
            for (int s = 0; s < 4; s++)
                for (int t = 0; t < counts[s]; t++, row++)
                {
                    keys[s].AddRange(k.Values.Slice(row * keyValueHeads * width, keyValueHeads * width).ToArray());
                    values[s].AddRange(v.Values.Slice(row * keyValueHeads * width, keyValueHeads * width).ToArray());
                    past[s]++;
                    int first = (int)Math.Max(0, (long)past[s] - window);
                    for (int h = 0; h < heads; h++)
                    {
                        int group = h / (heads / keyValueHeads);
                        float[] expected = new float[width];
                        Attention.Reference(q.Values.Slice((row * heads + h) * width, width), OfHead(keys[s], group).AsSpan(first * width), OfHead(values[s], group).AsSpan(first * width), expected);
                        // Scores up to 16 rounded to 1e-6 or so turn into relative errors of the weights; values are at most 2.
                        Expect.Close(expected, o.Values.Slice((row * heads + h) * width, width), 2e-5, 0, $"sequence {s}, position {past[s] - 1}, head {h}");
                    }
                }
        }

        float[] OfHead(List<float> rows, int group) =>
            [.. Enumerable.Range(0, rows.Count / (keyValueHeads * width)).SelectMany(t => rows.Skip((t * keyValueHeads + group) * width).Take(width))];
    }

    [Fact]
    public void Log_sums_are_the_logarithms_of_the_softmax_denominators()
    {
        const int Heads = 2, Width = 6, Count = 40;
        using WorkerPool pool = new(2);
        using Attention attention = new(pool, MicroKernel.Best);
        using KvCache cache = new(Shape(Heads, Heads, Width), MicroKernel.Best, 1, Count);
        TokenBatch batch = new();
        batch.Add(0, 0, new int[Count]);
        Random random = new(7);
        using GuardedFloats q = GuardedFloats.Random(random, Count * Heads * Width, 2), k = GuardedFloats.Random(random, Count * Heads * Width, 2);
        using GuardedFloats v = GuardedFloats.Random(random, Count * Heads * Width, 2), o = new(Count * Heads * Width), logSums = new(Count * Heads);
        attention.Forward(q.Data, k.Data, v.Data, batch, cache, 0, Heads, int.MaxValue, o.Data, logSums.Data);
        for (int t = 0; t < Count; t++)
            for (int h = 0; h < Heads; h++)
            {
                double sum = 0;
                for (int j = 0; j <= t; j++)
                {
                    double score = 0;
                    for (int d = 0; d < Width; d++) score += (double)q.Values[(t * Heads + h) * Width + d] * k.Values[(j * Heads + h) * Width + d];
                    sum += Math.Exp(score / Math.Sqrt(Width));
                }
                Assert.Equal(Math.Log(sum), logSums.Values[t * Heads + h], 3e-6);
            }
    }

    /// <summary>What earlier owners of a slot left in the cache is never read, be it NaN.</summary>
    [Fact]
    public void A_slot_is_used_again_without_a_trace_of_its_past()
    {
        const int Heads = 2, Width = 6;
        using WorkerPool pool = new(2);
        using Attention attention = new(pool, MicroKernel.Best);
        using KvCache used = new(Shape(Heads, 1, Width), MicroKernel.Best, 1, 100), fresh = new(Shape(Heads, 1, Width), MicroKernel.Best, 1, 100);
        TokenBatch longer = new(), shorter = new();
        longer.Add(0, 0, new int[100]);
        shorter.Add(0, 0, new int[33]);
        using GuardedFloats poison = new(100 * Heads * Width), o = new(100 * Heads * Width);
        poison.Values.Fill(float.NaN);
        attention.Forward(poison.Data, poison.Data, poison.Data, longer, used, 0, Heads, int.MaxValue, o.Data, null);

        Random random = new(9);
        using GuardedFloats q = GuardedFloats.Random(random, 33 * Heads * Width), k = GuardedFloats.Random(random, 33 * Width), v = GuardedFloats.Random(random, 33 * Width);
        using GuardedFloats expected = new(33 * Heads * Width), actual = new(33 * Heads * Width);
        attention.Forward(q.Data, k.Data, v.Data, shorter, fresh, 0, Heads, int.MaxValue, expected.Data, null);
        attention.Forward(q.Data, k.Data, v.Data, shorter, used, 0, Heads, int.MaxValue, actual.Data, null);
        Expect.SameBits(expected.Values, actual.Values, "used slot");
        Assert.DoesNotContain(actual.ToArray(), float.IsNaN);
    }

    /// <summary>Large scores saturate the softmax; the maximum is taken out first, so that none overflows.</summary>
    [Fact]
    public void Huge_scores_pick_the_best_key()
    {
        using WorkerPool pool = new(1);
        using Attention attention = new(pool, MicroKernel.Best);
        using KvCache cache = new(Shape(1, 1, 2), MicroKernel.Best, 1, 3);
        TokenBatch batch = new();
        batch.Add(0, 0, new int[3]);
        using GuardedFloats q = new([1e3f, 0, 1e3f, 0, 1e3f, 0]), k = new([1e3f, 0, -1e3f, 0, 2e3f, 0]), v = new([1f, 2, 3, 4, 5, 6]), o = new(6);
        attention.Forward(q.Data, k.Data, v.Data, batch, cache, 0, 1, int.MaxValue, o.Data, null);
        Expect.SameBits([1, 2, 1, 2, 5, 6], o.Values, "outputs");
    }

    static LlamaConfig Shape(int heads, int keyValueHeads, int width) => new()
    {
        VocabSize = 1,
        HiddenSize = heads * width,
        IntermediateSize = 1,
        NumHiddenLayers = 1,
        NumAttentionHeads = heads,
        NumKeyValueHeads = keyValueHeads,
        MaxPositionEmbeddings = 150,
    };
}

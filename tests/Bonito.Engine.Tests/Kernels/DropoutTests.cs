using Bonito.Engine.Kernels;
using Bonito.Engine.Tensors;

namespace Bonito.Engine.Tests.Kernels;

public sealed unsafe class DropoutTests
{
    [Theory]
    [InlineData(0.1f, 1)]
    [InlineData(0.5f, 3)]
    [InlineData(0.9f, 2)]
    public void Values_are_kept_where_the_reference_keeps_them(float rate, int threads)
    {
        const int rows = 37, width = 83;
        ulong key = Dropout.Key(41, 7);
        using WorkerPool pool = new(threads);
        using Arena arena = new();
        Tensor x = arena.Tensor(rows, width), y = arena.Tensor(rows, width), dx = arena.Tensor(rows, width);
        for (int i = 0; i < x.Count; i++) (x.Data[i], dx.Data[i]) = (i + 1, 1);
        Dropout.Forward(pool, x.Data, rows, width, key, rate, y.Data);
        Dropout.Backward(pool, x.Data, rows, width, key, rate, dx.Data);
        float factor = 1 / (1 - rate);
        for (int row = 0; row < rows; row++)
            for (int column = 0; column < width; column++)
            {
                int i = row * width + column;
                float expected = Dropout.Keeps(key, row, column, rate) ? (i + 1) * factor : 0;
                Assert.Equal(expected, y.Data[i]);
                Assert.Equal(1 + expected, dx.Data[i]);
            }
        Dropout.Forward(pool, x.Data, rows, width, key, rate, x.Data);
        Expect.SameBits(y.Values, x.Values, "in place");
    }

    /// <summary>The share of each row and column, and of pairs of neighbours, within five standard deviations of independent draws.</summary>
    [Theory]
    [InlineData(0.05f)]
    [InlineData(0.5f)]
    public void Masks_look_like_independent_draws(float rate)
    {
        const int size = 1000;
        ulong key = Dropout.Key(1, 0), other = Dropout.Key(1, 1);
        int kept = 0, right = 0, below = 0, beside = 0;
        for (int row = 0; row < size; row++)
        {
            int ofRow = 0, ofColumn = 0;
            for (int column = 0; column < size; column++)
            {
                if (Dropout.Keeps(key, column, row, rate)) ofColumn++;
                if (!Dropout.Keeps(key, row, column, rate)) continue;
                ofRow++;
                if (Dropout.Keeps(key, row, column + 1, rate)) right++;
                if (Dropout.Keeps(key, row + 1, column, rate)) below++;
                if (Dropout.Keeps(other, row, column, rate)) beside++;
            }
            Within(ofRow, size, 1 - rate, $"row {row}");
            Within(ofColumn, size, 1 - rate, $"column {row}");
            kept += ofRow;
        }
        Within(kept, size * size, 1 - rate, "all");
        foreach ((int pairs, string what) in new[] { (right, "neighbours in a row"), (below, "neighbours in a column"), (beside, "layers") })
            Within(pairs, kept, 1 - rate, what);
    }

    [Fact]
    public void Passes_and_layers_have_keys_of_their_own()
    {
        ulong[] keys = [.. Enumerable.Range(0, 100).SelectMany(pass => Enumerable.Range(0, 100).Select(place => Dropout.Key((ulong)pass, place)))];
        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    static void Within(int count, int of, double probability, string what)
    {
        double deviations = (count - of * probability) / Math.Sqrt(of * probability * (1 - probability));
        Assert.True(Math.Abs(deviations) < 5, $"{what}: {count} of {of} kept, {deviations:F1} standard deviations from {probability}");
    }
}

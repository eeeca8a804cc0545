using Bonito.Engine.Kernels;

namespace Bonito.Engine.Tests.Kernels;

public sealed unsafe class PackingTests
{
    static readonly int[] Sizes = [1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 100];

    /// <summary>Widths up to more than two panels beyond the rows: what is past them must be zero, whatever was there.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_size_and_width_is_packed_exactly(bool transposed)
    {
        Random random = new(1);
        foreach (int rows in Sizes)
            foreach (int depth in Sizes)
                foreach (int extra in new[] { 0, 1, 5, 8, 70 })
                {
                    int width = rows + extra, stride = (transposed ? rows : depth) + 2;
                    using GuardedFloats source = GuardedFloats.Random(random, (transposed ? depth : rows) * stride - 2), packed = new(depth * width);
                    packed.Values.Fill(float.NaN);
                    float[] expected = new float[depth * width];
                    for (int k = 0; k < depth; k++)
                        for (int i = 0; i < rows; i++) expected[k * width + i] = source.Values[transposed ? k * stride + i : i * stride + k];
                    Packing.Pack(new Operand(source.Data, stride, transposed), rows, depth, packed.Data, width);
                    Expect.SameBits(expected, packed.Values, $"{rows} rows, depth {depth}, width {width}");
                }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_operand_starts_anywhere(bool transposed)
    {
        const int Stride = 11;
        using GuardedFloats values = GuardedFloats.Random(new Random(2), 5 * Stride);
        Operand whole = new(values.Data, Stride, transposed);
        Assert.Equal(values.Values[transposed ? 4 * Stride + 3 : 3 * Stride + 4], *whole.At(3, 4).Data);
        Assert.Equal(*whole.At(3, 4).Data, *whole.At(2, 1).At(1, 3).Data);
        Assert.Equal(transposed, whole.At(1, 1).Transposed);
        Assert.Equal(Stride, whole.At(1, 1).Stride);
    }
}
